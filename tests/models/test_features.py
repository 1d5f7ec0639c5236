"""What the frozen network says of each photo: looked at once, remembered by content."""

import errno
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Snapshot
from fingercount.imaging.augment import Augment
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import FEATURES, Backbone
from fingercount.models.features import PLAIN, Features
from tests.conftest import draw


class Counting(torch.nn.Module):
    """A network that says the mean colour, and counts the photos it looks at."""

    def __init__(self):
        super().__init__()
        self.looked = 0

    def forward(self, x):
        self.looked += len(x)
        return x.mean((2, 3)).repeat(1, 171)[:, :FEATURES].contiguous()


@pytest.fixture
def backbone():
    network = Counting()
    return Backbone("hands", lambda: network, "ab" * 8, Preprocess(size=32))


@pytest.fixture
def dataset(make_dataset):
    return make_dataset("mine", labels=("one", "two"), n=5)


def extract_features(dataset, backbone, copies=0, augment=None, seed=0):
    """Compute all features anew from disk; return (features, how many photos were looked at)."""
    before = backbone.network.looked
    features = Features(Dataset(dataset.root), backbone, augment, seed)
    told = list(features.compute(dataset.photos(), copies))
    assert told[-1][0] == told[-1][1] and told == sorted(told)
    return features, backbone.network.looked - before


def test_features_are_what_the_network_says(dataset, backbone):
    features, looked = extract_features(dataset, backbone)
    assert looked == 10
    matrix = features.matrix(dataset.photos())
    assert matrix.shape == (10, FEATURES) and matrix.dtype == np.float32
    for row, photo in zip(matrix, dataset.photos()):
        inputs = backbone.preprocess(dataset.image(photo))
        assert row[:3] == pytest.approx(inputs.mean((1, 2)), abs=1e-5)
    assert features.matrix([]).shape == (0, FEATURES)


def test_the_second_time_nothing_is_looked_at(dataset, backbone):
    first, _ = extract_features(dataset, backbone)
    second, looked = extract_features(dataset, backbone)
    assert looked == 0
    assert (first.matrix(dataset.photos()) == second.matrix(dataset.photos())).all()


def test_renaming_relabelling_and_moving_cost_nothing(dataset, backbone):
    extract_features(dataset, backbone)
    dataset.relabel(dataset.photos(label="one")[:2], "five")
    moved = dataset.absolute(dataset.photos(label="two")[0])
    moved.rename(moved.with_name("another-0099.jpg"))
    assert extract_features(dataset, backbone)[1] == 0


def test_only_a_new_photo_is_looked_at(dataset, backbone):
    extract_features(dataset, backbone)
    dataset.add(draw("one", 99), "one", "20260109-101010")
    assert extract_features(dataset, backbone)[1] == 1


def test_a_photo_that_was_changed_is_looked_at_again(dataset, backbone):
    extract_features(dataset, backbone)
    one, two = dataset.photos()[0], dataset.photos()[-1]
    shutil.copyfile(dataset.absolute(two), dataset.absolute(one))
    features, looked = extract_features(dataset, backbone)
    assert looked == 0, "the other photo's content is known"
    rows = features.matrix([one, two])
    assert (rows[0] == rows[1]).all()


def test_changing_the_transforms_or_the_seed_looks_at_the_copies_only(dataset, backbone):
    some = Augment(rotation=10)
    assert extract_features(dataset, backbone, 2, some)[1] == 30
    assert extract_features(dataset, backbone, 2, some)[1] == 0
    assert extract_features(dataset, backbone, 2, Augment(rotation=20))[1] == 20
    assert extract_features(dataset, backbone, 2, some, seed=1)[1] == 20
    assert extract_features(dataset, backbone, 3, some)[1] == 10, "one more copy of each"


def test_copies_differ_and_come_back_the_same(dataset, backbone):
    some = Augment(brightness=0.8)
    features, _ = extract_features(dataset, backbone, 2, some)
    photos = dataset.photos()
    views = [features.matrix(photos, kind) for kind in (PLAIN, 1, 2)]
    assert not np.allclose(views[0], views[1]) and not np.allclose(views[1], views[2])
    shutil.rmtree(dataset.root / "cache")
    again, looked = extract_features(dataset, backbone, 2, some)
    assert looked == 30 and np.array_equal(again.matrix(photos[::-1], 2), views[2][::-1])


@pytest.mark.parametrize(
    "change",
    [{"hash": "cd" * 8}, {"backend": "fast"}, {"preprocess": Preprocess(size=48)}],
    ids=["weights", "backend", "preprocessing"],
)
def test_another_backbone_has_features_of_its_own(dataset, backbone, change):
    network = backbone.network
    backbone = replace(backbone, fast=lambda x: network(torch.from_numpy(x)).numpy())
    extract_features(dataset, backbone)
    assert extract_features(dataset, replace(backbone, **change))[1] == 10
    assert extract_features(dataset, backbone)[1] == 0, "and the first one's are still there"


def test_the_cache_may_be_deleted_at_any_time(dataset, backbone):
    extract_features(dataset, backbone)
    shutil.rmtree(dataset.root / "cache")
    assert extract_features(dataset, backbone)[1] == 10
    assert extract_features(dataset, backbone)[1] == 0


def foreign_table(path):
    path.unlink()
    store = sqlite3.connect(path)
    store.execute("CREATE TABLE photos (name)")
    store.commit()
    store.close()


def short_rows(path):
    store = sqlite3.connect(path)
    store.execute("UPDATE features SET value = ?", (b"\0" * 8,))
    store.commit()
    store.close()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"no database"), id="overwritten"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="cut-off"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(foreign_table, id="another-table"),
        pytest.param(short_rows, id="short-rows"),
    ],
)
def test_a_cache_that_cannot_be_read_rebuilds_itself(dataset, backbone, damage):
    first, _ = extract_features(dataset, backbone)
    damage(dataset.root / "cache" / "features.sqlite")
    second, looked = extract_features(dataset, backbone)
    assert looked == 10
    assert (second.matrix(dataset.photos()) == first.matrix(dataset.photos())).all()
    assert extract_features(dataset, backbone)[1] == 0


def test_a_full_disk_only_costs_time(dataset, backbone, monkeypatch):
    def full(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("fingercount.models.features.sqlite3.connect", full)
    for _ in range(2):
        features, looked = extract_features(dataset, backbone)
        assert looked == 10 and features.matrix(dataset.photos()).any()


def test_a_folder_that_cannot_be_written_only_costs_time(dataset, backbone, monkeypatch):
    extract_features(dataset, backbone)
    (dataset.root / "cache" / "features.sqlite").write_bytes(b"damaged, and cannot be removed")

    def refused(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("mkdir", "unlink"):
        monkeypatch.setattr(Path, name, refused)
    assert extract_features(dataset, backbone)[1] == 10


def test_more_photos_than_one_batch(make_dataset, backbone):
    dataset = make_dataset("many", labels=("one",), n=70)
    features, looked = extract_features(dataset, backbone)
    assert looked == 70 and features.matrix(dataset.photos()).shape == (70, FEATURES)


def test_the_rows_of_the_training_photos_and_of_each_copy_are_held_once(dataset, backbone):
    features, _ = extract_features(dataset, backbone, 2, Augment(rotation=30))
    photos = dataset.photos()
    for kind in (PLAIN, 1, 2):
        assert np.shares_memory(features.matrix(photos, kind), features.matrix(photos[:4], kind))


def test_a_photo_is_opened_once_for_itself_and_all_its_copies(dataset, backbone, monkeypatch):
    opened, image = [], Snapshot.image

    def counting(self, photo):
        opened.append(photo.path)
        return image(self, photo)

    monkeypatch.setattr(Snapshot, "image", counting)
    _, looked = extract_features(dataset, backbone, 2, Augment(rotation=30))
    assert looked == 30 and sorted(opened) == sorted(photo.path for photo in dataset.photos())
