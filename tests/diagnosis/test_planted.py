"""Causes planted in real photos, if some lie beside the repository: found, and not made up."""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import explain, prepare
from fingercount.diagnosis.reason import Focus
from fingercount.evaluation.evaluator import evaluate
from fingercount.models.loading import load_model
from fingercount.paths import REPO
from fingercount.training.events import Finished
from fingercount.training.trainer import train

PHOTOS = REPO.parent / "shared" / "hands"
SET = "train/subhih"
PER_LABEL = 60
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (PHOTOS / "manifest.csv").is_file(),
        reason="needs real photos of hands in ../shared/hands",
    ),
]


@pytest.fixture(scope="module")
def cases():
    """The benchmark that plants the causes."""
    sys.path.insert(0, str(REPO / "benchmarks"))
    import cases

    yield cases
    sys.path.remove(str(REPO / "benchmarks"))


def made(cases, case: str, folder: Path, models: Path, monkeypatch):
    """Plant a case and train on it; return (the case worked out, contents of swapped photos)."""
    shipped = REPO / "models" / "hands"
    if not (shipped / "card.json").is_file():
        pytest.skip("needs the model that ships")
    models.mkdir()
    (models / "hands").symlink_to(shipped, target_is_directory=True)
    monkeypatch.setenv("FINGERCOUNT_MODELS", str(models))
    rng = np.random.default_rng((0, cases.CASES.index(case)))
    rows = cases.choose(cases.read(PHOTOS, SET), PER_LABEL, rng)
    rows, swapped = cases.plant(case, rows, rng)
    cases.write(folder, rows)
    dataset = Dataset.create(folder)
    *_, finished = train(dataset, "planted", cases.SETTINGS)
    assert isinstance(finished, Finished)
    model = load_model("planted")
    report = evaluate(model, dataset, "test")
    return prepare(model, dataset, report).precompute(), {file.read_bytes() for file in swapped}


def test_swapped_labels_are_the_first_suspects(cases, tmp_path, monkeypatch):
    it, swapped = made(cases, "labels", tmp_path / "photos", tmp_path / "models", monkeypatch)
    assert len(swapped) == round(0.08 * 2 * PER_LABEL)
    first = it.label_suspects[: 2 * len(swapped)]
    hits = sum((tmp_path / "photos" / it.paths[n]).read_bytes() in swapped for n, *_ in first)
    assert hits >= 0.8 * len(swapped)
    told = next(reason for reason in explain(it, Focus("two")) if reason.name == "labels")
    assert told.found, told.sentence
    assert Counter(item.note for item in told.items).most_common(1)[0][0].startswith("looks like")


def test_where_nothing_is_wrong_no_reason_is_claimed(cases, tmp_path, monkeypatch):
    it, _ = made(cases, "nothing", tmp_path / "photos", tmp_path / "models", monkeypatch)
    claimed = [reason.sentence for reason in explain(it, Focus("two")) if reason.found]
    assert not claimed
