"""Rows of features lie in one array, and are handed out without a copy where that is possible."""

import numpy as np
import pytest

from fingercount.models.feature_rows import FeatureRows


@pytest.fixture
def rows():
    """Four rows of three numbers: a is 0, b is 1, ..."""
    filled = FeatureRows(3)
    filled.reserve("abcd")
    for number, key in enumerate("abcd"):
        filled[key] = np.full(3, number, np.float32)
    return filled


def test_rows_that_follow_each_other_are_no_copy(rows):
    assert np.shares_memory(rows.take(list("abc")), rows.take(list("bcd")))
    assert rows.take(list("bc")).tolist() == [[1, 1, 1], [2, 2, 2]]


@pytest.mark.parametrize("keys", ["ca", "aa", "acd"])
def test_other_rows_come_in_the_order_asked_for(rows, keys):
    taken = rows.take(list(keys))
    assert taken[:, 0].tolist() == ["abcd".index(key) for key in keys]
    assert not np.shares_memory(taken, rows.take(list("abcd")))


def test_none_is_an_empty_array(rows):
    assert rows.take([]).shape == (0, 3)


def test_a_place_without_a_row_is_not_there(rows):
    rows.reserve("e")
    assert "d" in rows and "e" not in rows and "f" not in rows
    with pytest.raises(KeyError):
        rows.take(["e"])


def test_what_is_there_stays_when_more_comes(rows):
    rows.reserve(f"k{number}" for number in range(100))
    rows["k99"] = np.full(3, 7, np.float32)
    assert rows.take(list("abcd"))[:, 0].tolist() == [0, 1, 2, 3]
    assert rows.take(["k99"])[0].tolist() == [7, 7, 7]


def test_there_is_room_for_those_that_come_later():
    rows = FeatureRows(3, more=10)
    rows.reserve("ab")
    rows["a"] = np.zeros(3, np.float32)
    before = rows.take(["a"])
    rows.reserve("cdefgh")
    assert np.shares_memory(before, rows.take(["a"]))
