"""The review tray: corrections wait on disk, and become photos or go away."""

import json
import threading

import numpy as np
import pytest

from fingercount.data.dataset import Dataset, list_datasets
from fingercount.data.importing.importer import import_photos
from fingercount.data.review_queue import Tray
from fingercount.errors import FingercountError
from tests.conftest import draw

SAID = {"answer": "three", "confidence": 0.8, "model": "hands", "session": "20260102-101500"}


def test_an_entry_keeps_the_pixels_and_what_was_said():
    tray, crop = Tray(), draw("two", size=48)
    entry = tray.add(crop, "2", **SAID)
    assert (entry.label, entry.answer, entry.confidence) == ("two", "three", 0.8)
    (again,) = Tray().entries()
    assert again == entry
    assert np.array_equal(tray.image(again), crop), "lossless until it is kept"
    assert list_datasets() == [], "the tray is no data set"


def test_the_tray_as_a_zip_is_imported_with_its_labels_and_sessions(tmp_path):
    tray = Tray()
    for number, (label, day) in enumerate((("one", 1), ("thumbs up", 1), ("one", 2), ("none", 2))):
        said = {**SAID, "session": f"2026010{day}-101500"}
        tray.add(draw(label, number, 48), label, **said)
    (tmp_path / "wrong.zip").write_bytes(tray.as_zip())
    result = import_photos(tmp_path / "wrong.zip", tmp_path / "set")
    assert result.by_label == {"one": 2, "thumbs up": 1, "none": 1}
    photos = Dataset(tmp_path / "set").photos()
    assert {p.session for p in photos} == {"live-20260101-101500", "live-20260102-101500"}
    assert not result.sessions_unknown
    assert len(tray.entries()) == 4, "they stay"


def test_the_newest_comes_first_and_others_are_kept_in_the_order_taken(tmp_path):
    tray, dataset = Tray(), Dataset.create(tmp_path / "mine")
    labels = ["one", "two", "three"]
    for label in labels:
        tray.add(draw(label), label, **SAID)
    entries = tray.entries()
    assert [entry.label for entry in entries] == labels[::-1]
    assert tray.keep(dataset, [entries[0].id]) == 1
    assert [entry.label for entry in tray.entries()] == ["two", "one"]
    assert tray.keep(dataset, [entry.id for entry in tray.entries()]) == 2
    assert tray.entries() == [] and [p.name for p in tray.folder.iterdir()] == [".lock"]
    photos = sorted(dataset.photos(), key=lambda photo: photo.path.rpartition("/")[2])
    assert [photo.label for photo in photos] == ["three", "one", "two"]
    assert {photo.session for photo in photos} == {"live-20260102-101500"}


def test_discarded_is_gone_and_unknown_names_touch_nothing(tmp_path):
    tray = Tray()
    entry = tray.add(draw("two"), "two", **SAID)
    outside = tmp_path / "photo.png"
    outside.write_bytes(b"mine")
    tray.discard(["nothing", f"../{outside.stem}"])
    assert len(tray.entries()) == 1 and outside.exists()
    tray.discard([entry.id])
    assert tray.entries() == []


def test_what_is_damaged_is_left_out(tmp_path):
    tray = Tray()
    whole = tray.add(draw("two"), "two", **SAID)
    (tray.folder / "torn.json").write_text('{"id": "torn"')
    (tray.folder / "alone.json").write_text(json.dumps({**whole.__dict__, "order": 1}))
    (tray.folder / "list.json").write_text("[]")
    assert tray.entries() == [whole]


def test_a_failed_write_into_the_data_set_loses_nothing(tmp_path, monkeypatch):
    tray, dataset = Tray(), Dataset.create(tmp_path / "mine")
    ids = [tray.add(draw("two", seed), "two", **SAID).id for seed in range(3)]

    def full(*args, **options):
        raise FingercountError("Could not write: the disk is full.")

    monkeypatch.setattr(dataset, "add", full)
    with pytest.raises(FingercountError, match="disk is full"):
        tray.keep(dataset, ids)
    assert len(tray.entries()) == 3


@pytest.mark.parametrize("label", ["", "../up", "not sure"], ids=["empty", "path", "an-answer"])
def test_a_label_that_cannot_be_one_is_refused(label):
    with pytest.raises(FingercountError):
        Tray().add(draw("two"), label, **SAID)
    assert Tray().entries() == []


def test_what_is_kept_is_to_learn_from(tmp_path):
    tray, dataset = Tray(), Dataset.create(tmp_path / "mine")
    tray.keep(dataset, [tray.add(draw("two", seed), "two", **SAID).id for seed in range(3)])
    assert {photo.split for photo in dataset.photos()} == {"train"}


def test_one_that_cannot_be_read_does_not_hold_up_the_others(tmp_path):
    tray, dataset = Tray(), Dataset.create(tmp_path / "mine")
    entries = [tray.add(draw("one", n), "one", **SAID) for n in range(3)]
    (tray.folder / f"{entries[0].id}.png").write_bytes(b"torn")
    with pytest.raises(FingercountError, match=f"2 frames became photos; {entries[0].id}.png"):
        tray.keep(dataset, [entry.id for entry in entries])
    assert dataset.counts() == {"one": 2}
    assert [entry.id for entry in tray.entries()] == [entries[0].id]


def test_two_windows_that_keep_the_tray_store_each_frame_once(tmp_path):
    tray, root = Tray(), tmp_path / "mine"
    Dataset.create(root)
    ids = [tray.add(draw("one", n), "one", **SAID).id for n in range(6)]
    kept = []
    windows = [
        threading.Thread(target=lambda: kept.append(Tray().keep(Dataset(root), ids)))
        for _ in range(2)
    ]
    for window in windows:
        window.start()
    for window in windows:
        window.join(60)
    assert sum(kept) == 6 and Dataset(root).counts() == {"one": 6} and not tray.entries()


def test_a_kill_while_keeping_doubles_no_frame(tmp_path, monkeypatch):
    """Between becoming a photo and leaving the tray."""
    tray, dataset = Tray(), Dataset.create(tmp_path / "mine")
    ids = [tray.add(draw("one", n), "one", **SAID).id for n in range(3)]

    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Tray, "_remove", dies)
        with pytest.raises(Killed):
            tray.keep(dataset, ids)
    assert len(dataset.photos()) == 1 and len(tray.entries()) == 3
    assert Tray().keep(Dataset(dataset.root), ids) == 3
    assert len(dataset.photos()) == 3 and not tray.entries()


def test_what_an_entry_shows_can_be_changed(tmp_path):
    tray = Tray(tmp_path)
    said = {"answer": "one", "confidence": 0.6, "model": "hands", "session": "20260102-101500"}
    entry, other = (tray.add(draw("two", n), "two", **said) for n in (1, 2))
    tray.relabel(entry.id, "5")
    assert {found.id: found.label for found in tray.entries()} == {
        entry.id: "five",
        other.id: "two",
    }
    for bad in ("a/b", "not sure", ""):
        with pytest.raises(FingercountError):
            tray.relabel(entry.id, bad)
    tray.discard([entry.id])
    tray.relabel(entry.id, "one")
    assert [found.id for found in tray.entries()] == [other.id], "what is gone stays gone"
