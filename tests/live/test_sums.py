"""What two hands show together."""

import pytest

from fingercount.live.sums import label_of_sum, sum_of, words_of_sum


@pytest.mark.parametrize(
    "left, right, count, label, words",
    [
        ("three", "five", 8, "three + five", "3 + 5 = 8"),
        ("five", "three", 8, "five + three", "5 + 3 = 8"),
        ("zero", "zero", 0, "zero + zero", "0 + 0 = 0"),
        ("2", "Three", 5, "2 + Three", "2 + 3 = 5"),
        ("three", "none", 3, "three", "3"),
        ("none", "zero", 0, "zero", "0"),
        ("none", "none", None, "none", "no hand"),
        ("three", "not sure", None, "three + not sure", "3 + not sure"),
        ("not sure", "none", None, "not sure", "not sure"),
        ("not sure", "not sure", None, "not sure + not sure", "not sure + not sure"),
        ("thumbs up", "one", None, "thumbs up + one", "thumbs up + 1"),
    ],
)
def test_two_answers_together(left, right, count, label, words):
    assert sum_of(left, right) == count
    assert label_of_sum(left, right) == label
    assert words_of_sum(left, right) == words
