"""A data set that has not changed is not looked through again, and no change is missed."""

import os
import time

import pytest

from fingercount.data import folder, folder_memory
from fingercount.data.dataset import Dataset
from fingercount.data.folder_memory import Memory
from fingercount.imaging.read import encode_jpeg
from tests.conftest import SESSIONS, draw

LABELS = ("one", "two", "three")


@pytest.fixture
def read(monkeypatch):
    """The label folders that were read."""
    folders, real = [], folder._label_folder

    def counting(place, name, side):
        folders.append(name)
        return real(place, name, side)

    monkeypatch.setattr(folder, "_label_folder", counting)
    return folders


@pytest.fixture
def later(monkeypatch):
    """Let an hour pass, so that no folder is young any more."""
    now = time.time_ns

    class Later:
        time_ns = staticmethod(lambda: now() + 3600 * 10**9)

    monkeypatch.setattr(folder_memory, "time", Later)


def change(dataset, label, name):
    """Put a photo into a label's folder by hand, at a time of its own."""
    place = dataset.root / label
    before = place.stat().st_mtime_ns
    (place / name).write_bytes(encode_jpeg(draw(label, 99)))
    os.utime(place, ns=(before + 10**9, before + 10**9))


def test_what_has_not_changed_is_looked_through_once(make_dataset, read, later):
    dataset = make_dataset(labels=LABELS)
    first = dataset.listing()
    assert sorted(read) == sorted(LABELS)
    assert Dataset(dataset.root).listing() is first
    assert dataset.counts() == {"one": 4, "two": 4, "three": 4}
    assert sorted(read) == sorted(LABELS)


def test_only_the_label_that_has_changed_is_looked_through(make_dataset, read, later):
    dataset = make_dataset(labels=LABELS)
    dataset.listing()
    read.clear()
    change(dataset, "two", "x-0001.jpg")
    assert dataset.counts() == {"one": 4, "two": 5, "three": 4}
    assert read == ["two"]


def test_a_folder_that_was_just_changed_is_looked_through_each_time(make_dataset, read):
    dataset = make_dataset(labels=LABELS)
    dataset.listing()
    dataset.listing()
    assert sorted(read) == sorted([*LABELS, *LABELS])


@pytest.mark.parametrize("side", [None, "train"])
def test_labels_that_come_and_go_are_seen(make_dataset, later, side):
    dataset = make_dataset(labels=LABELS)
    dataset.listing()
    new = dataset.root / (side or "") / "four"
    new.mkdir(parents=True)
    (new / "x-0001.jpg").write_bytes(encode_jpeg(draw("four", 1)))
    assert dataset.counts()["four"] == 1
    (new / "x-0001.jpg").unlink()
    new.rmdir()
    assert "four" not in dataset.counts()


def test_empty_labels_by_the_hundred_are_read_once(make_dataset, read, later):
    dataset = make_dataset(labels=LABELS)
    for number in range(300):
        dataset.root.joinpath(f"empty{number}").mkdir()
    dataset.listing()
    assert len(read) == 303
    change(dataset, "two", "x-0001.jpg")
    assert len(dataset.labels) == 303
    assert len(read) == 304


def test_a_side_that_another_window_decided_is_seen(make_dataset, later):
    dataset = make_dataset(n=8, sessions=SESSIONS)
    assert not any(photo.split for photo in dataset.photos())
    Dataset(dataset.root).ensure_split()
    assert all(photo.split for photo in dataset.photos())


def test_sides_that_could_not_be_written_are_kept_by_who_decided_them(
    make_photos, later, monkeypatch
):
    root = make_photos(n=8, sessions=SESSIONS)
    monkeypatch.setattr(Dataset, "_writable", lambda self: False)
    dataset, other = Dataset(root), Dataset(root)
    assert not any(photo.split for photo in dataset.photos())
    dataset.ensure_split()
    assert all(photo.split for photo in dataset.photos())
    assert not any(photo.split for photo in other.photos())


def test_photos_that_come_deeper_are_counted(make_dataset, later):
    dataset = make_dataset(labels=LABELS)
    deeper = dataset.root / "one" / "old"
    deeper.mkdir()
    (deeper / "1.jpg").touch()
    assert "1 photo in folders" in dataset.listing().left_out
    (deeper / "2.jpg").touch()
    assert "2 photos in folders" in dataset.listing().left_out


def test_only_the_newest_are_kept():
    memory = Memory(3)
    for number in range(10):
        memory.get(number, "stamp", lambda: "made")
    assert memory.get(9, "stamp", lambda: "again") == "made"
    assert memory.get(1, "stamp", lambda: "again") == "again"
    assert memory.get(9, "another", lambda: "again") == "again"
