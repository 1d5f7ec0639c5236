"""Plain figures, against known numbers."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from fingercount.evaluation.metrics import (
    calibration_error,
    confusion_matrix,
    per_class,
    sign_test,
    wilson,
)


def test_rows_are_actual_and_columns_predicted():
    matrix = confusion_matrix(["one", "one", "two"], ["two", "two", "two"], ["one", "two"])
    assert matrix.tolist() == [[0, 2], [0, 1]]


def test_counts_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    actual, said = (list(rng.choice(["a", "b", "c"], 50)) for _ in range(2))
    for classes in (["a", "b", "c"], ["c", "a"]):  # the second leaves some photos out
        expected = metrics.confusion_matrix(actual, said, labels=classes)
        assert np.array_equal(confusion_matrix(actual, said, classes), expected)
    assert confusion_matrix([], [], ["a", "b"]).tolist() == [[0, 0], [0, 0]]


def test_nothing_of_nothing_is_none_not_zero():
    figures = per_class(np.array([[3, 0, 0], [2, 0, 0], [0, 0, 0]]), ["a", "b", "c"])
    assert figures["b"] == {"n": 2, "precision": None, "recall": 0.0, "f1": 0.0}
    assert figures["c"] == {"n": 0, "precision": None, "recall": None, "f1": None}


@pytest.mark.parametrize(
    "right, n, low, high",
    [
        (8, 10, 0.4901625, 0.9433178),
        (0, 5, 0.0, 0.4344825),
        (5, 5, 0.5655175, 1.0),
        (720, 750, 0.9435, 0.9718),
    ],
)
def test_wilson_against_known_numbers(right, n, low, high):
    assert wilson(right, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("n", [1, 2, 7, 30, 997, 20_000])
def test_intervals_and_chances_are_those_of_scipy(n):
    for part in {0, 1, n // 3, n // 2, n - 1, n}:
        expected = binomtest(part, n)
        interval = expected.proportion_ci(0.95, method="wilson")
        assert wilson(part, n) == pytest.approx((interval.low, interval.high), abs=1e-15)
        assert sign_test(part, n - part) == pytest.approx(expected.pvalue, rel=1e-9)
    assert sign_test(0, 0) == 1


def test_wilson_of_nothing_is_nothing():
    assert wilson(0, 0) is None


def test_calibration_error_is_the_gap_between_confidence_and_truth():
    sure = np.full(4, 0.95)
    assert calibration_error(sure, np.array([1, 1, 1, 0], bool)) == pytest.approx(0.95 - 0.75)
    assert calibration_error(np.ones(4), np.ones(4, bool)) == 0
    # Two bins of two photos: gaps of 0.05 and 0.45.
    mixed = calibration_error(np.array([0.95, 0.95, 0.55, 0.55]), np.ones(4, bool))
    assert mixed == pytest.approx((0.05 + 0.45) / 2)
    assert calibration_error(np.zeros(0), np.zeros(0, bool)) == 0
