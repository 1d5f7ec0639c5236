"""A data set as it was: what a snapshot keeps while the folder changes."""

from dataclasses import FrozenInstanceError

import pytest

from fingercount.data import folder
from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from tests.conftest import SESSIONS, draw, files_below


@pytest.fixture
def scans(monkeypatch):
    """The folders that were walked through, in order."""
    walked, scan = [], folder.scan

    def counting(root):
        walked.append(root)
        return scan(root)

    monkeypatch.setattr(folder, "scan", counting)
    return walked


def test_it_stays_as_it_was_while_the_folder_changes(make_dataset):
    dataset = make_dataset(labels=("one", "two"), n=3)
    before = dataset.snapshot()
    photos, hashes, fingerprint = dataset.photos(), dataset.hashes(), dataset.fingerprint()
    dataset.absolute(photos[0]).unlink()
    dataset.relabel(photos[1:2], "two")
    dataset.add(draw("five"), "five", SESSIONS[1])
    assert list(before.photos) == photos and before.hashes == hashes
    assert before.counts == {"one": 3, "two": 3} and before.labels == ("one", "two")
    assert before.fingerprint == fingerprint != dataset.fingerprint()
    assert dataset.counts() == {"one": 1, "two": 4, "five": 1}


def test_nobody_downstream_can_change_it(make_dataset):
    snapshot = make_dataset(n=1).snapshot()
    with pytest.raises(FrozenInstanceError):
        snapshot.people_unknown = True
    with pytest.raises(TypeError):
        snapshot.hashes["one/a.jpg"] = "ab"


def test_whatever_is_asked_of_it_walks_through_no_folder(make_dataset, scans):
    dataset = make_dataset(n=2)
    scans.clear()
    snapshot = dataset.snapshot()
    assert len(scans) == 1
    assert (snapshot.n_sessions, snapshot.split.mode, snapshot.left_out) == (1, "none", "")
    assert snapshot.fingerprint and snapshot.sides["test"] == () and not snapshot.people_unknown
    assert snapshot.snapshot() is snapshot.listing() is snapshot
    assert len(scans) == 1


def test_what_has_no_side_is_there_to_learn_from(make_photos):
    make_photos("raw/test", n=1, sessions=[None])
    dataset = Dataset(make_photos("raw", n=2).parent / "raw")
    sides = dataset.listing().sides
    assert {side: len(photos) for side, photos in sides.items()} == {
        "train": 6,
        "val": 0,
        "test": 3,
    }
    assert {photo.split for photo in sides["train"]} == {None}


def test_a_photo_that_could_not_be_read_is_named(make_dataset):
    dataset = make_dataset(labels=("one",), n=2)
    gone, there = dataset.photos()
    path = dataset.absolute(gone)
    path.unlink()
    path.symlink_to("nowhere.jpg")
    snapshot = dataset.snapshot()
    assert [photo.path for photo in snapshot.photos] == [gone.path, there.path]
    assert snapshot.hash_of(there) == snapshot.hashes[there.path]
    with pytest.raises(FingercountError, match=f"{gone.path} cannot be read"):
        snapshot.hash_of(gone)


@pytest.mark.parametrize(
    "n, sessions, mode",
    [(8, SESSIONS, "session"), (20, SESSIONS[:1], "within"), (5, SESSIONS[:1], "none")],
    ids=["sessions", "within-one", "too-few"],
)
@pytest.mark.parametrize("writable", [True, False], ids=["stored", "in-memory"])
def test_sides_that_are_decided_for_it_are_those_of_the_data_set(
    make_photos, monkeypatch, n, sessions, mode, writable
):
    dataset = Dataset(make_photos("mine", n=n, sessions=sessions))
    before = files_below(dataset.root)
    if not writable:
        monkeypatch.setattr("os.access", lambda *_: False)
    decided = dataset.snapshot(ensure_split=True)
    assert decided.split.mode == mode == dataset.split().mode
    assert list(decided.photos) == dataset.photos()
    if writable:
        assert list(decided.photos) == Dataset(dataset.root).photos()
    else:
        assert files_below(dataset.root) == before


def test_files_that_are_no_photos_are_counted_in_the_same_walk(make_photos, scans):
    root = make_photos(labels=("one", "two"), n=1)
    (root / "one" / "deep").mkdir()
    (root / "one" / "deep" / "a.jpg").write_bytes(b"x")
    (root / "two" / "clip.mp4").write_bytes(b"x")
    (root / "two" / "notes.txt").write_bytes(b"x")
    (root / "two" / ".hidden").write_bytes(b"x")
    listing = Dataset(root).listing()
    assert listing.left_out == (
        "Left out: 1 photo in folders inside a label's folder, 1 video, 1 file of another kind of "
        "photos; import the folder to take what it can."
    )
    assert len(scans) == 1
