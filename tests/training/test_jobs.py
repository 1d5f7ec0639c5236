"""A training in the background: watched, cancelled, one at a time."""

import threading

import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.models.registry import list_models
from fingercount.paths import models_dir
from fingercount.training.events import Batch, Epoch, FeatureProgress, Finished
from fingercount.training.jobs import Job, Jobs
from fingercount.training.settings import Settings
from tests.conftest import SESSIONS

QUICK = Settings(epochs=3, copies=0, augment=Augment(*[0.0] * 9))


@pytest.fixture
def photos(make_dataset, hands):
    return make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)


@pytest.fixture
def held(monkeypatch):
    """Hold every training after its first epoch until the returned event is set."""
    from fingercount.training import trainer

    go, reached = threading.Event(), threading.Event()
    real = trainer.train

    def holding(*args, **options):
        for event in real(*args, **options):
            yield event
            if isinstance(event, Epoch):
                reached.set()
                assert go.wait(60)

    monkeypatch.setattr(trainer, "train", holding)
    go.reached = reached
    yield go
    go.set()


def test_it_ends_as_a_model(photos):
    job = Jobs().start(photos, "mine-1", QUICK)
    assert job.wait(60) and job.state == "finished" and job.error == ""
    assert job.finished.card["name"] == "mine-1"
    assert [epoch.epoch for epoch in job.epochs] == [1, 2, 3]
    assert job.progress == 1 and job.stage == "Epoch 3 of 3"
    assert list_models() == ["hands", "mine-1"]


def test_one_at_a_time(photos, held):
    jobs = Jobs()
    first = jobs.start(photos, "mine-1", QUICK)
    assert held.reached.wait(60)
    assert first.state == "running" and not first.wait(0)
    with pytest.raises(FingercountError, match=r"mine-1 is still being trained.*cancel it"):
        jobs.start(photos, "mine-2", QUICK)
    assert jobs.latest is first
    held.set()
    assert first.wait(60)
    assert jobs.start(photos, "mine-2", QUICK).wait(60)
    assert list_models() == ["hands", "mine-1", "mine-2"]


def test_cancelling_stops_it_and_leaves_nothing(photos, held):
    job = Jobs().start(photos, "mine-1", QUICK)
    assert held.reached.wait(60)
    job.cancel()
    assert job.cancelling and job.stage.startswith("Stopping")
    held.set()
    assert job.wait(60) and job.state == "cancelled" and not job.cancelling
    assert [path.name for path in models_dir().iterdir()] == ["hands"]


def test_advice_reaches_the_person(photos):
    label = photos.labels[0]
    for photo in photos.photos(label):  # one broken photo is left out, but not all of a label
        photos.absolute(photo).write_bytes(b"broken")
    job = Jobs().start(photos, "mine-1", QUICK)
    assert job.wait(60) and job.state == "failed"
    assert "that cannot be read" in job.error


def test_an_unforeseen_error_is_told_too(photos, monkeypatch):
    def breaks(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("fingercount.training.trainer.train", breaks)
    job = Jobs().start(photos, "mine-1", QUICK)
    assert job.wait(60) and job.state == "failed"
    assert "ZeroDivisionError" in job.error and "try it again" in job.error


@pytest.mark.parametrize("name", ["hands", "../x", ""])
def test_a_name_that_cannot_be_is_told_at_once(photos, name):
    jobs = Jobs()
    with pytest.raises(FingercountError):
        jobs.start(photos, name, QUICK)
    assert jobs.latest is None


@pytest.mark.parametrize("mode", ["head", "finetune"])
def test_progress_only_grows(mode):
    job = Job("mine", "mine-1", Settings(mode=mode, epochs=2))
    batches = [Batch(n, 8) for n in range(1, 9)] if mode == "finetune" else []
    seen, stages = [job.progress], [job.stage]
    for event in (
        FeatureProgress(0, 10),
        FeatureProgress(5, 10),
        FeatureProgress(10, 10),
        *batches[:4],
        Epoch(1, 2, 0.5, 0.5),
        *batches[4:],
        Epoch(2, 2, 0.5, 0.5),
        Finished("mine-1", {}),
    ):
        job._take(event)
        seen.append(job.progress)
        stages.append(job.stage)
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == pytest.approx(1)
    assert stages[0].startswith("Starting") and stages[2].endswith("photo 5 of 10")
    assert stages[4] == "Epoch 1 of 2"
    if mode == "finetune":
        assert len(set(seen)) == len(seen) - 4, "each batch is seen: a pass takes minutes"
        assert stages[9] == "Epoch 2 of 2"
