"""What a person is told."""

import numpy as np
import pytest

from fingercount.models.decision import answer_of, no_hand, words_of


@pytest.mark.parametrize(
    "probabilities, threshold, answer",
    [
        pytest.param([0.7, 0.2, 0.1], 0.6, "two", id="sure"),
        pytest.param([0.5, 0.4, 0.1], 0.6, "not sure", id="under"),
        pytest.param([0.6, 0.3, 0.1], 0.6, "two", id="just"),
        pytest.param([0.3, 0.3, 0.4], 0.6, "none", id="no-hand-needs-no-certainty"),
        pytest.param([0.45, 0.4, 0.15], 0.0, "two", id="no-threshold"),
        pytest.param([0.7, 0.05, 0.25], 0.6, "not sure", id="perhaps-no-hand"),
    ],
)
def test_answer_is_a_class_none_or_not_sure(probabilities, threshold, answer):
    assert answer_of(np.array(probabilities), ["two", "one", "none"], threshold) == answer


@pytest.mark.parametrize(
    "probabilities, answer",
    [
        pytest.param([0.9, 0.09], "two", id="a-hand"),
        pytest.param([0.6, 0.1], "not sure", id="perhaps-none"),
        pytest.param([0.05, 0.02], "none", id="no-hand"),
    ],
)
def test_what_is_missing_to_one_says_that_there_is_no_hand(probabilities, answer):
    assert answer_of(np.array(probabilities), ["two", "one"], 0.5) == answer


def test_no_hand_is_the_class_or_what_is_missing():
    assert no_hand(np.array([0.7, 0.3]), ["one", "none"]) == pytest.approx(0.3)
    assert no_hand(np.array([0.6, 0.3]), ["one", "two"]) == pytest.approx(0.1)
    assert no_hand(np.float32([0.6, 0.4000001]), ["one", "two"]) == 0


def test_words_of_labels_that_are_no_number():
    assert words_of("thumbs up") == "thumbs up"
    assert words_of("ten") == "10" and words_of("zero") == "0"
    assert words_of("none") == "no hand" and words_of("not sure") == "not sure"
