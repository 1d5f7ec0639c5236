"""What is said of many values of one setting."""

import pytest

from fingercount.training.sweep import Tried


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize(
    "right, words",
    [
        pytest.param((39, 38, 40), "it hardly matters.", id="all-alike"),
        pytest.param((10, 38, 40), "do not tell it apart from 2.", id="two-alike"),
        pytest.param((10, 11, 40), "validation photos (95 % interval 91% to 100%).", id="one"),
    ],
)
def test_the_outcome_says_what_is_chance(right, words):
    from components.train.sweep import outcome

    tried = [Tried(value, n, 40) for value, n in zip((1, 2, 3), right)]
    said = outcome(tried, "batch size")
    assert said.startswith("Best: a batch size of 3, right on 100.0% of 40")
    assert said.endswith(words)


def test_the_setting_that_is_tried_begins_where_its_slider_stands():
    from components.train.sweep import value_now

    from fingercount.training.settings import Settings

    assert value_now(Settings(lr=0.01), "lr") == 0.01
    assert value_now(Settings.make(rotation=40), "rotation") == 40
