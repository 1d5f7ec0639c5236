"""What a click on a clip's timeline means."""

import pytest

from fingercount.live.clip_counts import Stretch

FOUND = [Stretch(0, 1, "two", 2, 0.9), Stretch(1, 2, "one", 1, 0.9)]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize(
    "numbers, wanted",
    [([1], FOUND[1]), ([0], FOUND[0]), ([], None), ([2], None), ([-1], None), (["1"], None)],
)
def test_a_click_means_a_stretch_that_there_is(numbers, wanted):
    from components.live.clip import chosen

    assert chosen(numbers, FOUND) == wanted
