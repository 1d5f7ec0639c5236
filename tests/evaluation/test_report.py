"""What a report holds, and how it is written."""

import pytest

from fingercount.evaluation.report import PhotoResult, Report, to_csv


def test_the_csv_says_what_a_model_without_none_leaves_for_no_hand():
    told = {"a": (0.6, 0.1), "b": (0.0, 1.0)}
    items = [PhotoResult(path, "one", "one", "one", said, "s") for path, said in told.items()]
    rows = to_csv(Report("m", "d", "test", ["one", "two"], items), ["one", "two"]).splitlines()
    assert rows[0].endswith("p(one),p(two),p(no hand)")
    assert [float(row.rsplit(",", 1)[1]) for row in rows[1:]] == pytest.approx([0.3, 0])
    assert "no hand" not in to_csv(Report("m", "d", "test", ["one", "none"], []), ["one", "none"])
