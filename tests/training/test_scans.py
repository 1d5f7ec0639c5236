"""How often the folder of a data set is walked through: once for a piece of work, and handed on."""

import pytest

from fingercount.data import folder, reader
from fingercount.diagnosis import prepare
from fingercount.evaluation.comparison import compare_models
from fingercount.evaluation.evaluator import evaluate
from fingercount.imaging.augment import Augment
from fingercount.models.features import Features
from fingercount.models.loading import load_model
from fingercount.training import trainer
from fingercount.training.settings import Settings
from tests.conftest import SESSIONS

QUICK = Settings(epochs=1, copies=1, augment=Augment(rotation=5))


@pytest.fixture
def counts(monkeypatch):
    """How often each was called since `counts.clear()`: {name: calls}."""
    called: dict[str, int] = {}

    def count(owner, name):
        real = getattr(owner, name)

        def counting(*args, **options):
            called[name] = called.get(name, 0) + 1
            return real(*args, **options)

        monkeypatch.setattr(owner, name, counting)

    count(folder, "scan")
    count(reader, "file_hashes")
    count(trainer, "build_model")
    count(Features, "__init__")
    return called


@pytest.fixture
def photos(make_dataset, hands):
    return make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)


@pytest.mark.parametrize("mode", ["head", "finetune"])
def test_a_training_looks_once_before_it_begins_and_once_at_what_it_learns_from(
    photos, counts, mode
):
    settings = Settings.make("hands", mode, epochs=1, copies=1)
    counts.clear()
    list(trainer.train(photos, "mine-1", settings))
    # The third is for the sides: what has none is looked at again once nobody else writes.
    assert counts == {"scan": 3, "file_hashes": 1, "build_model": 1, "__init__": 1}
    counts.clear()
    list(trainer.train(photos, "mine-2", settings))
    assert counts == {"scan": 2, "file_hashes": 1, "build_model": 1, "__init__": 1}


def test_an_evaluation_and_a_comparison_look_once(photos, counts):
    list(trainer.train(photos, "mine-1", QUICK))
    model = load_model("mine-1")
    counts.clear()
    report = evaluate(model, photos)
    assert report.n == 16 and counts == {"scan": 1, "file_hashes": 1}
    counts.clear()
    assert compare_models(load_model("hands"), model, photos).overall.n == 16
    assert counts == {"scan": 1, "file_hashes": 1}


def test_what_has_a_snapshot_looks_no_more(photos, counts):
    snapshot, model = photos.snapshot(ensure_split=True), load_model("hands")
    counts.clear()
    report = evaluate(model, snapshot)
    case = prepare(model, photos, report, snapshot=snapshot)
    assert len(case.photos) == 48 and counts == {"__init__": 1}
