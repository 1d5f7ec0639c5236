"""A few steps are tried out with little; a whole run takes all there is."""

import pytest

from fingercount.pretraining.amounts import CALIBRATION, QUANTIZATION, Amounts, amounts, spread
from fingercount.pretraining.recipe import Recipe

WHOLE = Amounts(None, None, 2500, CALIBRATION, QUANTIZATION)


@pytest.mark.parametrize("steps", [None, 100, 101], ids=["none", "all-of-them", "more"])
def test_a_whole_run_takes_all(steps):
    assert amounts(Recipe(), steps) == WHOLE


def test_a_few_steps_take_what_they_can_use():
    assert amounts(Recipe(epochs=1), 4) == Amounts(256, 103, 4, 64, 16)
    assert amounts(Recipe(epochs=1, renders=2), 4).renders == 2
    assert amounts(Recipe(epochs=1, renders=0), 4).renders == 0


def test_many_short_epochs_are_no_less_exact_than_a_whole_run():
    many = amounts(Recipe(epochs=40), 50)
    assert (many.calibration, many.quantization) == (CALIBRATION, QUANTIZATION)


def test_of_each_kind_its_share_is_kept_and_one_at_least():
    items = ["a"] * 60 + ["b"] * 39 + ["c"]
    few = spread(items, 10, cell=str)
    assert few == ["a"] * 6 + ["b"] * 4 + ["c"]
    numbers = spread(range(100), 4, cell=lambda n: "all")
    assert numbers == [0, 25, 50, 75]


@pytest.mark.parametrize("n", [None, 3, 4])
def test_few_items_all_stay(n):
    assert spread([3, 1, 2], n, cell=str) == [3, 1, 2]
