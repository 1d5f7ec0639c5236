"""What a threshold costs, counted by hand."""

import pytest

from fingercount.evaluation.report import PhotoResult, Report
from fingercount.evaluation.thresholds import STEPS, cost_at, costs

CLASSES = ["one", "two", "none"]


def item(actual: str, *probabilities: float) -> PhotoResult:
    predicted = CLASSES[probabilities.index(max(probabilities))]
    return PhotoResult("p", actual, predicted, "", probabilities, "s")


def report(*items: PhotoResult) -> Report:
    return Report("m", "d", "test", CLASSES, list(items))


MEASURED = report(
    item("one", 0.9, 0.1, 0.0),
    item("one", 0.45, 0.5, 0.05),
    item("two", 0.3, 0.7, 0.0),
    item("two", 0.2, 0.2, 0.6),
    item("none", 0.55, 0.3, 0.15),
    item("none", 0.1, 0.1, 0.8),
)


@pytest.mark.parametrize(
    "threshold, answered, right, counted",
    [(0.0, 3, 2, 1), (0.6, 2, 2, 0), (0.8, 1, 1, 0), (0.95, 0, 0, 0)],
)
def test_costs_are_counted(threshold, answered, right, counted):
    cost = cost_at(MEASURED, CLASSES, threshold)
    assert (cost.hands, cost.empty) == (4, 2)
    assert (cost.answered, cost.right, cost.counted) == (answered, right, counted)


def test_a_higher_threshold_never_answers_more():
    rows = costs(MEASURED, CLASSES)
    assert [row.threshold for row in rows] == list(STEPS)
    given = [row.answered + row.counted for row in rows]
    assert given == sorted(given, reverse=True)


def test_the_sentence_names_the_shares():
    words = cost_at(MEASURED, CLASSES, 0.0).sentence
    assert "75% of 4 photos with a hand" in words
    assert "50.0% of its answers are right" in words
    assert "1 of 2 without a hand get a number" in words
    assert "no photo of a hand" in cost_at(report(item("none", 0, 0, 1)), CLASSES, 0.5).sentence
    assert cost_at(MEASURED, CLASSES, 0.95).accuracy is None
