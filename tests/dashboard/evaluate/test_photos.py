"""What stands below a photo on Evaluate."""

import pytest

from fingercount.evaluation.report import PhotoResult


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_a_caption_ranks_the_probabilities():
    from components.evaluate.photos import caption

    item = PhotoResult("a", "two", "two", "two", (0.3, 0.61, 0.086, 0.004), "s")
    assert caption(item, ["one", "two", "three", "four"]) == "two 61% · one 30% · three 9%"
    assert caption(PhotoResult("a", "b", "b", "b", (0.001, 0.999), "s"), ["a", "b"]) == "b 100%"
