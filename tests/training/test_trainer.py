"""A training from photos to a model's folder, and every way in which it must leave nothing."""

import errno
import json
import os
import tempfile
import threading

import numpy as np
import pytest
import torch

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Snapshot
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.files import write_json
from fingercount.imaging.augment import Augment
from fingercount.models.loading import load_model
from fingercount.models.registry import list_models
from fingercount.models.storage import read_card, read_seen, read_tensors
from fingercount.paths import models_dir
from fingercount.training.events import Cancelled, Epoch, FeatureProgress, Finished
from fingercount.training.preflight import check_trainable
from fingercount.training.settings import Settings
from fingercount.training.trainer import train
from tests.conftest import SESSIONS, draw, files_below

STILL = Augment(*[0.0] * 9)


# The backbone of these tests knows nothing, so nothing should pull towards it.
FREE = {"weight_decay": 0.0, "augment": STILL}


QUICK = Settings(epochs=10, batch_size=16, copies=0, **FREE)


FINETUNE = Settings(mode="finetune", epochs=1, batch_size=16, lr=1e-4, **FREE)


@pytest.fixture
def photos(make_dataset, hands):
    """Three sessions of eight photos of one and two each, and the backbone to learn with."""
    return make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)


def run(dataset, name="mine-1", settings=QUICK, **options):
    return list(train(dataset, name, settings, **options))


def left_behind():
    """What stands in models/ beside the shipped one, hidden things included."""
    return sorted(p.name for p in models_dir().iterdir() if p.name != "hands")


@pytest.mark.parametrize(
    "settings, kind", [(QUICK, "head"), (FINETUNE, "full")], ids=["head", "finetune"]
)
def test_it_learns_and_writes_what_it_measured(photos, settings, kind):
    events = run(photos, settings=settings)
    assert isinstance(events[0], FeatureProgress) and isinstance(events[-1], Finished)
    assert sum(isinstance(event, Epoch) for event in events) == settings.epochs

    card = read_card(models_dir() / "mine-1")
    assert (card["kind"], card["classes"]) == (kind, ["one", "two"])
    assert card["metrics"]["test"]["accuracy"] >= 0.9
    assert card["data"]["photos"] == {"train": 16, "val": 16, "test": 16}
    assert card["data"]["sessions"] == {"train": 1, "val": 1, "test": 1}
    assert card["data"]["split"] == "session"
    assert card["settings"] == settings.to_json()

    model = load_model("mine-1")
    test = photos.photos(split="test")
    rows = model.predict([photos.image(photo) for photo in test])
    right = np.mean([model.classes[k] == p.label for k, p in zip(rows.argmax(1), test)])
    assert right == card["metrics"]["test"]["accuracy"], "what was measured is what was stored"


def test_with_the_last_layer_only_the_last_layer_is_stored(photos):
    run(photos)
    tensors = read_tensors(models_dir() / "mine-1")
    assert {key: tuple(value.shape) for key, value in tensors.items()} == {
        "weight": (2, 512),
        "bias": (2,),
    }
    backbone = read_card(models_dir() / "mine-1")["backbone"]
    assert backbone["name"] == "hands" and len(backbone["hash"]) == 16


def test_the_model_knows_what_it_was_trained_on(photos):
    run(photos)
    seen, hashes = read_seen(models_dir() / "mine-1"), photos.hashes()
    for photo in photos.photos():
        expected = None if photo.split == "test" else photo.split
        assert seen.get(hashes[photo.path]) == expected


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_the_model_knows_what_its_backbone_was_trained_on(photos, settings):
    held_out = photos.photos()[0]
    before = {photos.hashes()[held_out.path]: "train"}
    (models_dir() / "hands" / "seen.json").write_text(json.dumps(before), encoding="utf-8")
    run(photos, settings=settings)
    model = load_model("mine-1")
    assert model.backbone_seen == set(before)
    assert before.keys() <= model.seen.keys() or held_out.split in (None, "test")
    notes = evaluate(model, photos, "all").notes
    assert any("Its backbone was trained on 1 of these 48 photos" in note for note in notes)


def test_the_best_epoch_by_validation_is_kept(photos):
    settings = Settings(lr=0.5, epochs=8, batch_size=4, copies=0, augment=STILL)
    events = run(photos, settings=settings)
    epochs = [event for event in events if isinstance(event, Epoch)]
    best = max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss))
    card = events[-1].card
    assert card["best_epoch"] == best.epoch
    assert card["metrics"]["val"]["accuracy"] == pytest.approx(best.val_accuracy)


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_the_same_seed_makes_the_same_model(photos, settings):
    augmented = Augment(rotation=20, brightness=0.3)
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        chosen = {"seed": seed, "augment": augmented, "epochs": 1, "copies": 1}
        run(photos, name, Settings(**{**settings.to_json(), **chosen}))
    a, b, c = (read_tensors(models_dir() / name) for name in "abc")
    assert all(torch.equal(a[key], b[key]) for key in a)
    assert not all(torch.equal(a[key], c[key]) for key in a)


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_frozen_means_frozen(photos, settings):
    """The backbone that all models stand on is as it was, in a head training and in a whole one."""
    from fingercount.models.backbones import shared_backbone

    backbone = shared_backbone("hands")
    before = {key: value.clone() for key, value in backbone.network.state_dict().items()}
    run(photos, settings=settings)
    assert shared_backbone("hands") is backbone
    assert all(torch.equal(before[k], v) for k, v in backbone.network.state_dict().items())
    assert not any(module.training for module in backbone.network.modules())
    assert not any(p.requires_grad for p in backbone.network.parameters())


def test_fine_tuning_moves_weights_but_not_batchnorms_statistics(photos, hands):
    before = read_tensors(hands)
    run(photos, settings=FINETUNE)
    after = read_tensors(models_dir() / "mine-1")
    for key in before:
        if "running_" in key:
            assert torch.equal(before[key], after[key]), key
    assert not torch.equal(before["layer4.1.conv2.weight"], after["layer4.1.conv2.weight"])


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
@pytest.mark.parametrize("stage", [FeatureProgress, Epoch], ids=["while-looking", "after-an-epoch"])
def test_cancelling_leaves_nothing(photos, settings, stage):
    cancel, events = threading.Event(), []
    for event in train(photos, "mine-1", settings, cancel=cancel):
        events.append(event)
        if isinstance(event, stage):
            cancel.set()
    assert isinstance(events[-1], Cancelled)
    assert sum(isinstance(event, stage) for event in events) == 1, "it stopped at once"
    assert left_behind() == [] and list_models() == ["hands"]


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_a_crash_in_the_middle_leaves_nothing(photos, settings, monkeypatch):
    def breaks(*_):
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        for event in train(photos, "mine-1", settings):
            if isinstance(event, Epoch):
                monkeypatch.setattr("fingercount.training.trainer.build_model", breaks)
    assert left_behind() == []


@pytest.mark.parametrize("replace", [False, True], ids=["new", "over-an-old-one"])
def test_a_full_disk_at_the_write_leaves_what_was_there(photos, monkeypatch, replace):
    if replace:
        run(photos)
    before = files_below(models_dir())

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    other = Settings(**{**QUICK.to_json(), "augment": STILL, "lr": 1e-4})
    with pytest.raises(FingercountError, match=r"No space left on device.*free some space"):
        for event in train(photos, "mine-1", other, replace=replace):
            if isinstance(event, Epoch):
                monkeypatch.setattr(os, "fsync", full)
    assert files_below(models_dir()) == before


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_what_another_window_changes_meanwhile_loses_no_training(photos, settings):
    before = photos.fingerprint()
    for event in train(photos, "mine-1", settings):
        if isinstance(event, Epoch) and event.epoch == settings.epochs:
            for side in ("train", "test"):
                deleted, moved = photos.photos("one", split=side)[:2]
                photos.absolute(deleted).unlink()
                photos.relabel([moved], "two")
            photos.add(draw("one", 99), "one", SESSIONS[0])
    assert isinstance(event, Finished)
    assert event.card["data"]["photos"]["train"] == 16
    assert event.card["data"]["fingerprint"] == before != photos.fingerprint()
    assert len(read_seen(models_dir() / "mine-1")) == 32


@pytest.mark.parametrize("side", ["train", "val", "test"])
@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_a_photo_that_cannot_be_opened_costs_one_photo(photos, settings, side):
    photos.ensure_split()
    gone = photos.photos(split=side)[3]
    path = photos.absolute(gone)
    path.unlink()
    path.symlink_to(path.with_name("elsewhere.jpg"))
    data = run(photos, settings=settings)[-1].card["data"]
    assert data["left_out"] == [gone.path] and gone.path in data["sentence"]
    assert sum(data["photos"].values()) == len(photos.photos()) - 1


def test_fine_tuning_says_which_photo_went_away_meanwhile(photos):
    settings = Settings(**{**FINETUNE.to_json(), "augment": STILL, "epochs": 2})
    with pytest.raises(FingercountError, match=r"was deleted or relabelled while the training ran"):
        for event in train(photos, "mine-1", settings):
            if isinstance(event, Epoch):
                photos.relabel(photos.photos("one", split="train")[:1], "two")
    assert left_behind() == []


def test_the_photos_of_other_weights_are_not_those_of_this_one(photos):
    """A whole network that began with an earlier hands than the one here."""
    before = dict.fromkeys(photos.hashes().values(), "train")
    (models_dir() / "hands" / "seen.json").write_text(json.dumps(before), encoding="utf-8")
    run(photos, settings=FINETUNE)
    assert load_model("mine-1").backbone_seen
    card = models_dir() / "hands" / "card.json"
    value = json.loads(card.read_text(encoding="utf-8"))
    write_json(card, value | {"fast": "0" * 16})
    assert not load_model("mine-1").backbone_seen
    card.write_text("{", encoding="utf-8")
    assert not load_model("mine-1").backbone_seen, "and it is read without hands, too"
    write_json(card, value)
    run(photos, "hands", settings=FINETUNE, replace=True)
    assert not load_model("mine-1").backbone_seen


def test_what_replaces_hands_knows_its_photos(photos):
    old = {"ab" * 8: "train"}
    (models_dir() / "hands" / "seen.json").write_text(json.dumps(old), encoding="utf-8")
    run(photos, "hands", settings=FINETUNE, replace=True)
    model = load_model("hands")
    assert old.items() <= model.seen.items() and not model.backbone_seen


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_one_broken_photo_costs_one_photo(photos, settings):
    broken = photos.photos(split=None)[3]
    photos.absolute(broken).write_bytes(b"no photo")
    events = run(photos, settings=settings)
    data = events[-1].card["data"]
    assert data["left_out"] == [broken.path] and "1 photo that cannot be read" in data["sentence"]
    assert sum(data["photos"].values()) == len(photos.photos()) - 1


def test_where_a_label_has_no_photo_that_can_be_read_nothing_is_learned(photos):
    for photo in photos.photos("one"):
        photos.absolute(photo).write_bytes(b"no photo")
    with pytest.raises(FingercountError, match=r"photos of two only.*cannot be read"):
        run(photos)
    assert left_behind() == []


def test_a_last_layer_never_replaces_what_it_stands_on(photos):
    before = files_below(models_dir())
    with pytest.raises(FingercountError, match="cannot replace hands"):
        run(photos, "hands", replace=True)
    assert files_below(models_dir()) == before


@pytest.mark.parametrize(
    "name, advice",
    [
        pytest.param("taken", "exists already", id="taken"),
        pytest.param("hands", "exists already.*ships", id="the-shipped-one"),
        pytest.param("../mine", "cannot be a folder", id="climbs-out"),
        pytest.param("/tmp/mine", "cannot be a folder", id="absolute"),
        pytest.param("..", "cannot be a folder", id="dots"),
        pytest.param("a/b", "cannot be a folder", id="slash"),
        pytest.param("  ", "has no name", id="empty"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_happens(photos, name, advice):
    (models_dir() / "taken").mkdir()
    before = files_below(photos.root)
    with pytest.raises(FingercountError, match=advice):
        run(photos, name)
    assert left_behind() == ["taken"] and files_below(photos.root) == before


def test_another_learning_rate_looks_at_no_photo_again(photos, monkeypatch):
    """Neither to learn from it nor to measure the model: retraining takes a second."""
    from fingercount.models.backbones import shared_backbone

    run(photos)
    looked = []
    handle = shared_backbone("hands").network.register_forward_hook(lambda *_: looked.append(1))
    try:
        card = run(photos, "mine-2", Settings(**{**QUICK.to_json(), "augment": STILL, "lr": 1e-2}))
    finally:
        handle.remove()
    assert looked == [] and card[-1].card["settings"]["lr"] == 1e-2


def test_replace_replaces(photos):
    run(photos)
    run(photos, settings=FINETUNE, replace=True)
    assert read_card(models_dir() / "mine-1")["kind"] == "full"
    assert left_behind() == ["mine-1"]


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_under_twenty_photos_a_class_nothing_is_held_out_and_it_says_so(
    make_dataset, hands, settings
):
    dataset = make_dataset("few", labels=("one", "two"), n=5, sessions=SESSIONS[:1])
    events = run(dataset, settings=settings)
    card = events[-1].card
    assert card["data"]["photos"] == {"train": 10, "val": 0, "test": 0}
    assert set(card["metrics"]) == {"train"}
    assert "Nothing is held out" in card["data"]["sentence"]
    epochs = [event for event in events if isinstance(event, Epoch)]
    assert all(e.val_loss is None and e.val_accuracy is None for e in epochs)
    assert card["best_epoch"] == settings.epochs


def test_a_single_session_is_split_within_and_says_what_that_is_worth(make_dataset, hands):
    dataset = make_dataset("mine", labels=("one", "two"), n=20, sessions=SESSIONS[:1])
    card = run(dataset)[-1].card
    assert card["data"]["split"] == "within"
    assert "same session: expect less on another day" in card["data"]["sentence"]
    assert card["data"]["photos"] == {"train": 24, "val": 8, "test": 8}


def test_later_sessions_never_move_the_test_side(photos):
    run(photos)
    before = {photo.path for photo in photos.photos(split="test")}
    for label in ("one", "two"):
        for i in range(8):
            photos.add(draw(label, 900 + i), label, "20260109-101010")
    run(photos, "mine-2")
    assert before <= {photo.path for photo in photos.photos(split="test")}


@pytest.mark.parametrize("side", ["val", "test"])
def test_a_label_that_is_only_held_out_is_told_and_not_a_crash(make_photos, hands, side):
    make_photos("mine/train", labels=("one", "two"), n=3)
    root = make_photos(f"mine/{side}", labels=("one", "two", "three"), n=3)
    dataset = Dataset.create(root.parent)
    assert "All photos of three are held out" in check_trainable(dataset)[0]
    events = run(dataset)
    assert events[-1].card["classes"] == ["one", "two"]
    assert events[-1].card["metrics"][side]["n"] == 9


def test_a_train_side_with_one_class_cannot_work(make_photos, hands):
    make_photos("mine/train", labels=("one",), n=3)
    root = make_photos("mine/test", labels=("one", "two"), n=3)
    with pytest.raises(FingercountError, match="at least two"):
        run(Dataset.create(root.parent))
    assert left_behind() == []


@pytest.mark.parametrize("settings", [QUICK, FINETUNE], ids=["head", "finetune"])
def test_what_goes_away_while_it_is_measured_loses_no_training(photos, settings, monkeypatch):
    image, learned, gone = Snapshot.image, [], []

    def image_after_one_is_gone(snapshot, photo):
        if learned and photo.split == "test" and not gone:
            gone.append(photo)
            photos.absolute(photo).unlink()
        return image(snapshot, photo)

    monkeypatch.setattr(Snapshot, "image", image_after_one_is_gone)
    for event in train(photos, "mine-1", settings):
        if isinstance(event, Epoch) and event.epoch == settings.epochs:
            learned.append(event)
    assert isinstance(event, Finished)
    measured = {side: figures["n"] for side, figures in event.card["metrics"].items()}
    # A last layer is measured by what its fit knows already: no photo is opened again.
    assert bool(gone) == (settings.mode == "finetune")
    assert measured == {"train": 16, "val": 16, "test": 15 if gone else 16}


def test_a_folder_that_refuses_is_told_before_anything_is_learned(photos, monkeypatch):
    def refuse(*args, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(
        FingercountError, match=r"Permission denied.*check the folder's permissions"
    ):
        next(train(photos, "mine-1", QUICK))
