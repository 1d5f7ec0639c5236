"""The page to take along: everything escaped, every figure from the report."""

import os

import pytest

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import prepare
from fingercount.diagnosis.html_report import to_html
from fingercount.evaluation.evaluator import evaluate
from fingercount.models.loading import load_model
from tests.conftest import SESSIONS, draw


@pytest.fixture
def page(hands, tmp_path):
    dataset = Dataset.create(tmp_path / "mine")
    for label in ("one", "two"):
        for i in range(4):
            dataset.add(draw(label, i), label, SESSIONS[i % 2])
    if os.name != "nt":  # put there by hand: no page lets one type it
        (dataset.root / "two").rename(dataset.root / "one & <b>only")
    model = load_model("hands")
    report = evaluate(model, dataset)
    return report, dataset, to_html(model, dataset, prepare(model, dataset, report))


def test_the_figures_are_the_reports(page):
    report, dataset, words = page
    assert f"{report.right} of\n  {report.n} photos" in words
    assert dataset.fingerprint() in words and "Looked for and not found" in words
    wrong = [item for item in report.items if not item.right]
    assert f"Wrong answers: {len(wrong)}" in words


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_labels_name_is_text(page):
    *_, words = page
    assert "<b>only" not in words and "one &amp; &lt;b&gt;only" in words


def test_it_stands_alone(page):
    *_, words = page
    assert 'src="data:image/jpeg;base64,' in words
    assert (
        "<script" not in words
        and "//" not in words.replace("data:image/jpeg;base64,", "").split("<style>")[0]
    )


def test_a_photo_that_is_gone_by_then_is_left_out(hands, tmp_path):
    dataset = Dataset.create(tmp_path / "mine")
    for label in ("one", "two"):
        for i in range(3):
            dataset.add(draw(label, i), label, SESSIONS[0])
    model = load_model("hands")
    report = evaluate(model, dataset)
    case = prepare(model, dataset, report)
    for photo in dataset.photos():
        (dataset.root / photo.path).unlink()
    assert "Confusion matrix" in to_html(model, dataset, case)
