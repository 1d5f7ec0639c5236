"""What Evaluate says of a report, as plain functions."""

import csv
import io

import pytest

from fingercount.evaluation.report import PhotoResult, Report

CLASSES = ["one", "two", "three"]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def item(number, actual, predicted, confidence, **options):
    rest = (1 - confidence) / 2
    row = tuple(confidence if label == predicted else rest for label in CLASSES)
    return PhotoResult(f"{actual}/{number}.jpg", actual, predicted, predicted, row, "s1", **options)


@pytest.fixture
def report():
    items = [
        item(1, "two", "two", 0.9),
        item(2, "two", "one", 0.6),
        item(3, "two", "three", 0.8),
        item(4, "two", "one", 0.7, seen="train"),
        item(5, "one", "two", 0.55),
    ]
    return Report("mine", "hands", "test", CLASSES, items)


def test_headline_says_n_sessions_and_interval(report):
    from components.evaluate.report import headline

    assert headline(report) == (
        "**20.0%** right: 1 of 5 photos from 1 session. 95 % interval: 3.6% to 62.4%."
    )


def test_what_can_be_shown_stands_surest_first(report):
    from components.evaluate.photo_source import ordered, sources

    found = {
        s.key: s for s in sources(report, "two", ("two", "one"), [], ["a", "gone"], {}, {}, {"a"})
    }
    assert found["missed"].paths == ["two/3.jpg", "two/4.jpg", "two/2.jpg"]
    assert found["mistaken"].paths == ["one/5.jpg"]
    assert found["cell"].paths == ["two/4.jpg", "two/2.jpg"]
    assert next(iter(found)) == "lasso" and found["lasso"].paths == ["a"]
    assert found["wrong"].title == "All wrong answers"
    items = {item.path: item for item in report.items}
    by_loss = ordered(found["label"], items, CLASSES, "loss")
    assert by_loss == ["two/3.jpg", "two/4.jpg", "two/2.jpg", "two/1.jpg"]
    assert ordered(found["label"], items, CLASSES, "unsure")[0] == "two/2.jpg"


def test_photos_that_became_wrong_have_a_source_of_their_own(report):
    from components.evaluate.photo_source import sources

    changes = {"right": report.items[:1], "wrong": report.items[1:2]}
    found = sources(report, "two", None, [], [], changes, {}, set())
    assert len({source.key for source in found}) == len(found)
    assert next(s for s in found if s.title == "Newly wrong").paths == ["two/2.jpg"]


def test_class_table_names_precision_and_recall(report):
    from components.evaluate.report import class_table

    rows = class_table(report).set_index("class")
    assert rows.loc["two", "photos"] == 4
    assert rows.loc["two", "recall"] == 0.25 and rows.loc["two", "precision"] == 0.5
    assert rows.loc["two", "recall interval"] == "5 to 70 %"
    assert rows.loc["two", "precision interval"] == "9 to 91 %"
    assert rows.loc["three", "recall interval"] == ""
    assert rows["recall"].isna().tolist() == [False, False, True], "0/0 is no number"


def test_it_starts_at_two_where_that_fails_else_where_most_do(report):
    from components.evaluate.report import first_class

    assert first_class(report) == "two"
    others = [item(1, "two", "two", 0.9), item(2, "one", "three", 0.9), item(3, "one", "one", 0.9)]
    assert first_class(Report("mine", "hands", "test", CLASSES, others)) == "one"
    assert first_class(Report("mine", "hands", "test", CLASSES, others[:1])) == "two"
    assert first_class(Report("mine", "hands", "test", ["a", "b"], [])) == "a"


def test_the_csv_has_a_row_per_photo_and_a_column_per_class(report):
    from components.evaluate.report import to_csv

    rows = list(csv.DictReader(io.StringIO(to_csv(report, CLASSES))))
    assert len(rows) == 5
    assert rows[3]["path"] == "two/4.jpg" and rows[3]["seen in training"] == "train"
    assert float(rows[3]["p(one)"]) == pytest.approx(0.7)
    assert rows[0]["actual"] == "two" and rows[4]["predicted"] == "two"
