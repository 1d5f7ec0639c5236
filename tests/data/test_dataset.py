import errno
import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from fingercount import files
from fingercount.data.dataset import (
    Dataset,
    list_datasets,
    new_session_name,
    open_dataset,
    spread,
)
from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw, files_below

SESSION = "20260101-101010"


def test_a_raw_folder_is_read_without_a_trace(make_photos):
    root = make_photos(n=25)
    before = files_below(root)
    dataset = Dataset(root)
    assert dataset.counts() == {"one": 25, "two": 25, "three": 25}
    assert dataset.labels == ["one", "two", "three"]
    assert {photo.split for photo in dataset.photos()} == {None}
    assert len(dataset.hashes()) == 75
    assert dataset.fingerprint()
    assert dataset.split().mode == "none"
    assert files_below(root) == before


def test_digits_and_words_are_one_label(make_photos):
    root = make_photos(labels=("2", "two", "Thumbs up"), n=2)
    dataset = Dataset(root)
    assert dataset.counts() == {"two": 4, "Thumbs up": 2}
    assert {photo.path.split("/")[0] for photo in dataset.photos("2")} == {"2", "two"}


def test_a_folder_of_train_val_test_carries_its_split(make_photos):
    root = make_photos("raw/train", n=3, sessions=[None])
    make_photos("raw/valid", n=2, sessions=[None])
    make_photos("raw/test", n=1, sessions=[None])
    dataset = Dataset(root.parent)
    assert dataset.labels == ["one", "two", "three"]
    for split, n in (("train", 9), ("val", 6), ("test", 3)):
        assert len(dataset.photos(split=split)) == n
    assert dataset.photos(split="test")[0].path == "test/one/IMG_0001.jpg"
    assert dataset.ensure_split().mode == "session", "equal names are no common session here"
    dataset.relabel(["test/one/IMG_0001.jpg"], "two")
    assert len(dataset.photos("two", split="test")) == 2


def test_what_is_no_photo_is_not_seen(make_photos):
    root = make_photos(n=1)
    for path in (".hidden/x.jpg", "cache/x.jpg", "one/.x.jpg", "one/notes.txt", "one/deep/x.jpg"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(b"x")
    (root / "stray.jpg").write_bytes(b"x")
    (root / "five").mkdir()
    assert Dataset(root).counts() == {"one": 1, "two": 1, "three": 1, "five": 0}


@pytest.mark.parametrize("what", ["missing", "file"])
def test_no_folder_is_advice(tmp_path, what):
    path = tmp_path / "hands"
    if what == "file":
        path.write_text("x")
    with pytest.raises(FingercountError, match="hands"):
        Dataset(path)


def test_photos_added_and_removed_by_hand_are_seen(make_dataset):
    dataset = make_dataset(n=2)
    (dataset.root / "two" / "extra-1.png").write_bytes(encode_jpeg(draw("two", 9)))
    (dataset.root / "one" / f"{SESSION}-0001.jpg").unlink()
    assert dataset.counts() == {"one": 1, "two": 3, "three": 2}
    assert dataset.sessions()["extra"].n == 1


def test_add_numbers_photos_over_all_labels(make_dataset):
    dataset = make_dataset(labels=("one",), n=2)
    photo = dataset.add(draw("two"), "2", SESSION, person="Ann")
    assert photo.path == f"two/{SESSION}-0003.jpg"
    assert (photo.label, photo.session, photo.person) == ("two", SESSION, "Ann")
    again = dataset.add(encode_jpeg(draw("two", 1)), "two", SESSION)
    assert again.path == f"two/{SESSION}-0004.jpg"
    assert np.abs(dataset.image(photo).astype(int) - draw("two")).mean() < 12
    session = Dataset(dataset.root).sessions()[SESSION]
    assert (session.person, session.n, session.labels) == ("Ann", 4, ("one", "two"))


def test_add_goes_into_the_folder_that_means_the_label(make_dataset):
    dataset = make_dataset(labels=("2",), n=1)
    assert dataset.add(draw("two"), "two", SESSION).path.startswith("2/")


def test_two_windows_never_write_the_same_name(make_dataset):
    first = make_dataset(n=1)
    second = Dataset(first.root)
    paths = [
        dataset.add(draw("one", n), "one", "s", person=None).path
        for n, dataset in enumerate([first, second, first, second, second])
    ]
    assert len(set(paths)) == 5
    assert first.counts()["one"] == 6


@pytest.mark.parametrize("what", ["os.scandir", "pathlib.Path.stat"])
def test_a_folder_that_refuses_is_advice(make_dataset, monkeypatch, what):
    dataset = make_dataset()

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "one")

    with monkeypatch.context() as closed:
        closed.setattr(what, refuse)
        with pytest.raises(FingercountError, match=r"Permission denied.*permissions"):
            dataset.photos()


def test_names_in_no_utf8_are_passed_over(make_dataset):
    dataset = make_dataset(labels=("one",), n=2)
    photo = dataset.absolute(dataset.photos()[0]).read_bytes()
    (Path(os.fsdecode(bytes(dataset.root) + b"/one/caf\xe9.jpg"))).write_bytes(photo)
    Path(os.fsdecode(bytes(dataset.root) + b"/d\xe9")).mkdir()
    assert len(dataset.photos()) == 2 and dataset.labels == ["one"]


def test_a_label_on_disk_with_its_accents_apart_is_found(make_dataset):
    dataset = make_dataset(labels=("one",), n=1)
    (dataset.root / "fu\u0308nf").mkdir()
    dataset.add(draw("five"), "fünf", "s")
    assert dataset.counts() == {"one": 1, "fünf": 1}
    assert [path.name for path in (dataset.root / "fu\u0308nf").iterdir()] == ["s-0001.jpg"]


def test_a_deleted_number_is_not_given_again(make_dataset):
    dataset = make_dataset(labels=("one",), n=2)
    dataset.delete([f"one/{SESSION}-0002.jpg"])
    assert Dataset(dataset.root).add(draw("one"), "one", SESSION).path.endswith("-0003.jpg")


@pytest.mark.parametrize(
    ("label", "session", "photo"),
    [
        pytest.param("a/b", "s", None, id="slash"),
        pytest.param("../up", "s", None, id="dots"),
        pytest.param("", "s", None, id="empty"),
        pytest.param("one", "../s", None, id="session-dots"),
        pytest.param("one", "s", b"no photo", id="no-photo"),
    ],
)
def test_add_refuses_what_cannot_be_stored(make_dataset, label, session, photo):
    dataset = make_dataset(n=1)
    before = files_below(dataset.root)
    with pytest.raises(FingercountError):
        dataset.add(draw("one") if photo is None else photo, label, session)
    assert files_below(dataset.root) == before


def test_a_full_disk_leaves_nothing_half_written(make_dataset, monkeypatch):
    dataset = make_dataset(n=1)
    before = files_below(dataset.root)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FingercountError, match="No space left"):
        dataset.add(draw("one"), "one", "s")
    with pytest.raises(FingercountError, match="No space left"):
        dataset.delete(dataset.photos("one"))
    monkeypatch.undo()
    after = {
        k: v for k, v in files_below(dataset.root).items() if k not in (".lock", "edits.jsonl")
    }
    assert after == {k: v for k, v in before.items() if k != ".lock"}
    assert dataset.edits() == []


@pytest.mark.parametrize(
    "path", ["../x.jpg", "/etc/passwd", "one/../../x.jpg", "..\\x", "C:/x.jpg"]
)
def test_no_path_leaves_the_data_set(make_dataset, path):
    dataset = make_dataset(n=1)
    with pytest.raises(FingercountError, match="not inside"):
        dataset.absolute(path)
    with pytest.raises(FingercountError, match="not inside"):
        dataset.delete([path])


def test_a_writer_that_does_not_finish_is_advice(make_dataset, monkeypatch):
    dataset = make_dataset(n=1)
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.05)
    with dataset.writing(), pytest.raises(FingercountError, match="Another window"):
        Dataset(dataset.root).add_label("five")


def test_the_split_is_stored_and_stays(make_dataset):
    dataset = make_dataset(n=8, sessions=("a", "b", "c"))
    split = dataset.ensure_split()
    assert (split.mode, split.n_sessions) == ("session", {"train": 1, "val": 1, "test": 1})
    before = {photo.path: photo.split for photo in dataset.photos()}
    shutil.rmtree(dataset.root / "cache", ignore_errors=True)
    other = Dataset(dataset.root)
    for n in range(12):
        for label in ("one", "two", "three"):
            other.add(draw(label, 500 + n), label, "d")
    other.ensure_split()
    after = {photo.path: photo.split for photo in Dataset(dataset.root).photos()}
    assert {path: after[path] for path in before} == before
    assert None not in after.values()


def test_a_small_data_set_is_decided_once_it_has_grown(make_dataset):
    dataset = make_dataset(n=19)
    assert dataset.ensure_split().mode == "none"
    assert {photo.split for photo in dataset.photos()} == {None}
    for label in dataset.labels:
        dataset.add(draw(label, 77), label, SESSION)
    assert dataset.ensure_split().mode == "within"
    assert len(dataset.photos("one", "test")) == len(dataset.photos("one", "val")) == 4


def test_photos_added_to_a_split_session_are_trained_on(make_dataset):
    dataset = make_dataset(n=20)
    dataset.ensure_split()
    assert dataset.add(draw("one"), "one", SESSION).split == "train"
    dataset.ensure_split()
    assert len(dataset.photos("one", "test")) == 4


def test_relabelling_keeps_session_and_side(make_dataset):
    dataset = make_dataset(n=20)
    dataset.ensure_split()
    test_photo = dataset.photos("one", "test")[0]
    dataset.relabel([test_photo], "five")
    moved = dataset.photos("five")[0]
    assert (moved.session, moved.split) == (test_photo.session, "test")
    dataset.undo()
    assert test_photo in dataset.photos("one", "test")


def test_dragging_a_test_photo_to_another_folder_keeps_it_in_the_test(make_dataset):
    dataset = make_dataset(n=20)
    dataset.ensure_split()
    path = dataset.photos("one", "test")[0].path
    (dataset.root / path).rename(dataset.root / path.replace("one/", "two/"))
    assert len(dataset.photos("two", "test")) == 5


def test_a_folder_that_cannot_be_written_is_split_in_memory(make_photos, monkeypatch):
    root = make_photos(n=20)
    before = files_below(root)
    monkeypatch.setattr(os, "access", lambda *_: False)
    dataset = Dataset(root)
    assert dataset.ensure_split().mode == "within"
    assert len(dataset.photos("one", "test")) == 4
    assert files_below(root) == before


def test_two_windows_keep_each_others_record(make_dataset):
    first = make_dataset(n=1)
    second = Dataset(first.root)
    first.add(draw("one"), "one", "a", person="Ann")
    second.add(draw("one", 1), "one", "b", person="Bob")
    first.add(draw("one", 2), "one", "c", person="Cem")
    people = {name: session.person for name, session in second.sessions().items()}
    assert people == {SESSION: None, "a": "Ann", "b": "Bob", "c": "Cem"}


@pytest.mark.parametrize("text", ["{", "[]", '{"sessions": 3}', '{"photos": {"a": "best"}}'])
def test_a_broken_record_is_advice_and_stays(make_dataset, text):
    dataset = make_dataset(n=1)
    (dataset.root / "dataset.json").write_text(text)
    with pytest.raises(FingercountError, match=r"dataset\.json"):
        Dataset(dataset.root)
    assert (dataset.root / "dataset.json").read_text() == text


def test_hashes_are_read_once_and_the_cache_may_vanish(make_dataset):
    dataset = make_dataset(n=2)
    hashes = dataset.hashes()
    store = dataset.root / "cache" / "hashes.json"
    rows = json.loads(store.read_text())
    path = dataset.photos()[0].path
    rows[path][3] = "remembered"
    store.write_text(json.dumps(rows))
    assert dataset.hashes()[path] == "remembered"
    (dataset.root / path).write_bytes(encode_jpeg(draw("one", 99, size=40)))
    assert dataset.hashes()[path] not in ("remembered", hashes[path])
    store.write_text("broken")
    assert len(dataset.hashes()) == 6
    shutil.rmtree(dataset.root / "cache")
    assert len(dataset.hashes()) == 6


def test_the_fingerprint_is_of_labels_and_contents(make_dataset):
    dataset = make_dataset(n=2)
    before = dataset.fingerprint()
    path = dataset.root / dataset.photos("one")[0].path
    path.rename(path.with_name("renamed-0001.jpg"))
    assert dataset.fingerprint() == before
    dataset.relabel([dataset.photos("one")[0]], "two")
    assert dataset.fingerprint() != before


def test_data_sets_are_listed_and_opened_by_name(make_photos, tmp_path):
    assert list_datasets() == []
    make_photos("fingercount_data/hands", n=1)
    (tmp_path / "fingercount_data" / "README.md").write_text("x")
    assert list_datasets() == ["hands"]
    assert open_dataset("hands").name == "hands"
    for name in ("../hands", "nobody"):
        with pytest.raises(FingercountError):
            open_dataset(name)


def test_session_names_say_when():
    assert re.fullmatch(r"\d{8}-\d{6}", new_session_name())


def test_files_of_one_size_and_time_that_change_places_are_seen(make_dataset):
    dataset = make_dataset(n=2)
    paths = [dataset.root / "one" / "a.ppm", dataset.root / "two" / "b.ppm"]
    for shade, path in zip((10, 200), paths):
        path.write_bytes(b"P6 2 2 255\n" + bytes([shade] * 12))
        os.utime(path, ns=(10**18, 10**18))
    before = dataset.hashes()
    spare = paths[0].with_suffix(".spare")
    paths[0].rename(spare)
    paths[1].rename(paths[0])
    spare.rename(paths[1])
    after = dataset.hashes()
    assert (after["one/a.ppm"], after["two/b.ppm"]) == (before["two/b.ppm"], before["one/a.ppm"])


@pytest.mark.parametrize(
    "n, limit, expected",
    [(0, 8, []), (3, 8, [0, 1, 2]), (9, 1, [0]), (9, None, [*range(9)]), (15, 4, [0, 5, 9, 14])],
)
def test_spread_reaches_from_the_first_to_the_last(n, limit, expected):
    assert spread(range(n), limit) == expected


def test_sides_that_were_decided_under_other_names_of_sessions_stay(make_photos):
    root = make_photos(labels=("one",), n=3, sessions=(None,))
    for n, path in enumerate(sorted(root.rglob("*.jpg"))):
        path.rename(path.with_name(f"20240517-10000{n}.jpg"))
    sides = {"20240517": {"split": "test"}}
    (root / "dataset.json").write_text(json.dumps({"version": 1, "sessions": sides}))
    assert {(p.session, p.split) for p in Dataset(root).photos()} == {("20240517", "test")}
    (root / "dataset.json").unlink()
    assert {p.session for p in Dataset(root).photos()} == {"20240517-100000"}
