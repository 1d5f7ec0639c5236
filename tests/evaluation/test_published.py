"""The figures a model brings with it: kept without photos, shown only for its own weights."""

import json

import numpy as np
import pytest

from fingercount.evaluation.published import (
    read_measured,
    summarize,
    write_measured,
)
from fingercount.evaluation.report import PhotoResult, Report

CLASSES = ["one", "two", "none"]


def item(actual, probabilities, answer):
    predicted = CLASSES[int(np.argmax(probabilities))]
    return PhotoResult("p.jpg", actual, predicted, answer, tuple(probabilities), "s")


ITEMS = [
    item("one", (0.9, 0.1, 0.0), "one"),
    item("one", (0.4, 0.3, 0.3), "not sure"),
    item("two", (0.7, 0.2, 0.1), "one"),
    item("two", (0.0, 0.1, 0.9), "none"),
    item("none", (0.0, 0.0, 1.0), "none"),
    item("none", (0.0, 0.8, 0.2), "two"),
]


REPORT = Report("hands", "set", "all", CLASSES, ITEMS)


@pytest.fixture
def measured():
    return summarize(REPORT, "Walls", "Two people.")


def test_a_summary_says_what_the_report_says(measured):
    assert (measured.n, measured.right) == (6, 3)
    assert (measured.accuracy, measured.interval) == (REPORT.accuracy, REPORT.interval)
    assert measured.per_class == REPORT.per_class
    assert measured.refused == 0.5, "one is not sure, one is taken for no hand"
    assert measured.none_counted == 0.5


def test_without_hands_or_without_none_there_is_no_such_share():
    hands = summarize(Report("m", "d", "all", CLASSES, ITEMS[:4]), "a", "b")
    others = summarize(Report("m", "d", "all", CLASSES, ITEMS[4:]), "a", "b")
    assert hands.none_counted is None and others.refused is None


def test_it_is_read_as_it_was_written(measured, tmp_path):
    write_measured(tmp_path / "report.json", "ab", [measured])
    (again,) = read_measured(tmp_path, "ab")
    assert again.to_json() == measured.to_json()
    assert "p.jpg" not in (tmp_path / "report.json").read_text(), "no photo is named"


def test_figures_of_other_weights_are_not_shown(measured, tmp_path):
    write_measured(tmp_path / "report.json", "ab", [measured])
    assert read_measured(tmp_path, "cd") == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda report: "{torn",
        lambda report: "[]",
        lambda report: json.dumps({**report, "format": 2}),
        lambda report: json.dumps({**report, "sets": [{"name": "x"}]}),
        lambda report: json.dumps({**report, "sets": [{**report["sets"][0], "confusion": [[1]]}]}),
        lambda report: json.dumps({**report, "sets": None}),
    ],
    ids=["torn", "a-list", "another-format", "a-field-missing", "another-matrix", "no-sets"],
)
def test_a_damaged_file_is_left_out(measured, tmp_path, damage):
    path = tmp_path / "report.json"
    write_measured(path, "ab", [measured])
    path.write_text(damage(json.loads(path.read_text())))
    assert read_measured(tmp_path, "ab") == []


def test_a_model_need_not_bring_any(tmp_path):
    assert read_measured(tmp_path, "ab") == []


@pytest.mark.parametrize("text", ["[" * 100_000, '{"format": 1, "weights": "w", "sets": [1]}'])
def test_what_is_no_report_is_left_out(tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    assert read_measured(tmp_path, "w") == []
