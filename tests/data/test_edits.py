import errno
import os
from pathlib import Path

import pytest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw, files_below

SESSION = "20260101-101010"
ONE, TWO = f"one/{SESSION}-0001.jpg", f"two/{SESSION}-0001.jpg"


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(labels=("one", "two"), n=3)


def contents(dataset) -> dict:
    """Return {path: content} of all photos, what "as before" means."""
    return Dataset(dataset.root).hashes()


def test_many_photos_are_one_edit(dataset):
    edit = dataset.relabel(dataset.photos("one"), "two")
    assert (edit.action, len(edit.items), edit.undone) == ("relabel", 3, False)
    assert dataset.counts() == {"one": 0, "two": 6}
    dataset.undo()
    assert dataset.counts() == {"one": 3, "two": 3}


def test_relabelling_into_a_taken_name_takes_the_next_number(dataset):
    clash = dataset.root / "two" / f"{SESSION}-0001.jpg"
    clash.write_bytes(b"another photo")
    edit = dataset.relabel([ONE], "two")
    assert edit.items == ((ONE, f"two/{SESSION}-0007.jpg"),)
    assert clash.read_bytes() == b"another photo"


def test_names_without_a_number_get_one_when_they_clash(make_dataset):
    dataset = make_dataset(labels=("one", "two"), n=1, sessions=[None])
    (dataset.root / "two" / "IMG_0002.jpg").rename(dataset.root / "two" / "IMG_0001.jpg")
    edit = dataset.relabel(["one/IMG_0001.jpg"], "two")
    assert edit.items == (("one/IMG_0001.jpg", "two/IMG_0001-0001.jpg"),)
    assert {photo.session for photo in dataset.photos()} == {"IMG_0001"}


def test_names_in_other_capitals_come_back_as_they_were(dataset):
    """From a disk that tells them apart; one that does not never had both."""
    (dataset.root / "one" / "A-0001.jpg").write_bytes(encode_jpeg(draw("one", 7)))
    (dataset.root / "one" / "a-0001.jpg").write_bytes(encode_jpeg(draw("one", 8)))
    before = contents(dataset)
    if len(before) < 8:
        pytest.skip("this file system holds them for one")
    dataset.delete(["one/A-0001.jpg", "one/a-0001.jpg"])
    dataset.undo()
    assert contents(dataset) == before


def test_deleted_photos_are_in_the_bin_and_come_back(dataset):
    before = contents(dataset)
    edit = dataset.delete([ONE])
    assert not (dataset.root / ONE).exists()
    assert (dataset.root / edit.items[0][1]).parts[-4] == ".bin"
    assert (dataset.root / edit.items[0][1]).is_file()
    Dataset(dataset.root).undo()
    assert contents(dataset) == before
    assert not any((dataset.root / ".bin").iterdir())


def test_edits_are_undone_one_by_one_newest_first(dataset):
    states = [contents(dataset)]
    for change in (
        lambda: dataset.delete([ONE]),
        lambda: dataset.relabel(dataset.photos("two"), "five"),
        lambda: dataset.delete(dataset.photos("one")),
    ):
        change()
        states.append(contents(dataset))
    assert [edit.action for edit in dataset.edits()] == ["delete", "relabel", "delete"]
    for state in states[-2::-1]:
        Dataset(dataset.root).undo()
        assert contents(dataset) == state
    assert all(edit.undone for edit in dataset.edits())
    with pytest.raises(FingercountError, match="nothing to undo"):
        dataset.undo()


def test_any_edit_can_be_undone_by_its_id(dataset):
    first = dataset.delete([ONE])
    dataset.relabel(dataset.photos("two"), "five")
    assert dataset.undo(first.id).undone
    assert (dataset.root / ONE).is_file()
    assert [edit.undone for edit in dataset.edits()] == [False, True]
    for wrong in (first.id, "20200101-000000-ffffff"):
        with pytest.raises(FingercountError):
            dataset.undo(wrong)


def test_what_was_changed_again_is_undone_in_order(dataset):
    first = dataset.relabel([ONE], "five")
    dataset.delete([f"five/{SESSION}-0001.jpg"])
    with pytest.raises(FingercountError, match="undo that first"):
        dataset.undo(first.id)
    dataset.undo()
    dataset.undo()
    assert (dataset.root / ONE).is_file()


def test_undo_finds_another_name_where_the_old_one_is_taken(dataset):
    before = contents(dataset)[ONE]
    dataset.delete([ONE])
    (dataset.root / ONE).write_bytes(b"new at this place")
    dataset.undo()
    assert (dataset.root / ONE).read_bytes() == b"new at this place"
    assert contents(dataset)[f"one/{SESSION}-0007.jpg"] == before


def test_photos_removed_by_hand_do_not_stop_the_rest(dataset):
    edit = dataset.relabel(dataset.photos("one"), "five")
    (dataset.root / edit.items[0][1]).unlink()
    dataset.undo()
    assert dataset.counts() == {"one": 2, "two": 3}


@pytest.mark.parametrize(
    ("photos", "label", "advice"),
    [
        pytest.param([], "two", "No photo was chosen", id="nothing"),
        pytest.param(["one/gone-0001.jpg"], "two", "not in photos any more", id="gone"),
        pytest.param([ONE], "one", "already", id="same-label"),
        pytest.param([ONE], "1", "already", id="same-label-as-digit"),
        pytest.param([ONE], "a/b", "cannot be a folder", id="slash"),
        pytest.param([ONE], "", "no name", id="empty"),
    ],
)
def test_relabelling_that_makes_no_sense_changes_nothing(dataset, photos, label, advice):
    before = contents(dataset)
    with pytest.raises(FingercountError, match=advice):
        dataset.relabel(photos, label)
    assert contents(dataset) == before
    assert dataset.edits() == []


def test_a_move_that_fails_takes_the_others_back(dataset, monkeypatch):
    before = contents(dataset)
    rename = Path.rename
    calls = []

    def fails_at_the_third(self, target):
        calls.append(target)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_at_the_third)
    with pytest.raises(FingercountError, match="No space left"):
        dataset.delete(dataset.photos("one"))
    monkeypatch.undo()
    assert contents(dataset) == before
    assert dataset.edits() == []


def test_a_target_that_is_taken_meanwhile_moves_nothing(dataset, monkeypatch):
    """As where a file system holds two names for one."""
    before = contents(dataset)
    monkeypatch.setattr("fingercount.data.filenames.FreeNames.path", lambda self, wanted: ONE)
    with pytest.raises(FingercountError, match=f"{ONE} .* is taken by another photo"):
        dataset.relabel(dataset.photos("two"), "one")
    assert contents(dataset) == before
    assert dataset.edits() == []


def test_a_mark_is_remembered_and_can_be_taken_back(dataset):
    first, second = [photo.path for photo in dataset.photos()[:2]]
    before = files_below(dataset.root / first.split("/")[0])
    edit = dataset.mark_fine([first, second])
    again = Dataset(dataset.root)
    assert again.fine() == {first, second} and again.edits()[0].action == "fine"
    assert files_below(dataset.root / first.split("/")[0]) == before, "no photo is touched"
    assert again.undo(edit.id).undone and Dataset(dataset.root).fine() == set()


def test_a_mark_is_of_this_photo_under_this_label(dataset):
    one, *_ = dataset.photos(label="one")
    dataset.mark_fine([one])
    relabelled = dataset.relabel([one], "two")
    assert dataset.fine() == set(), "another label is another question"
    dataset.undo(relabelled.id)
    assert dataset.fine() == {one.path}
    (dataset.root / one.path).write_bytes(encode_jpeg(draw("three", 5)))
    assert dataset.fine() == set(), "another photo in its place was not looked at"


def test_a_mark_does_not_stand_in_the_way_of_undoing_an_earlier_change(dataset):
    photo = dataset.photos(label="one")[0]
    earlier = dataset.relabel([photo], "two")
    dataset.mark_fine([earlier.items[0][1]])
    dataset.undo(earlier.id)
    assert (dataset.root / photo.path).is_file()


def test_a_crash_while_marking_leaves_it_marked_or_not(dataset):
    photo = dataset.photos()[0].path
    dataset.mark_fine([photo])
    journal = dataset.root / "edits.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]))  # the tick is missing
    assert Dataset(dataset.root).fine() == {photo}
    journal.write_bytes(b"".join(lines[:-2]) + lines[-2][:20])  # torn inside
    assert Dataset(dataset.root).fine() == set()


def test_a_label_that_was_a_slip_goes_with_its_undo(dataset):
    dataset.relabel([ONE], "tow")
    dataset.undo()
    assert dataset.labels == ["one", "two"]
    dataset.relabel([ONE], "two")
    dataset.relabel(dataset.photos("one"), "two")
    assert "one" in dataset.labels, "an emptied label stays; only an undo tidies up"


def test_photos_that_are_links_come_back(dataset, tmp_path):
    (tmp_path / "raw").mkdir()
    kept = (tmp_path / "raw" / "a.jpg", dataset.root / "one" / "20260101-101010-0009.jpg")
    kept[0].write_bytes(encode_jpeg(draw("one", 9)))
    kept[1].symlink_to(os.path.relpath(kept[0], kept[1].parent))
    dataset.delete(["one/20260101-101010-0009.jpg"])
    assert not os.path.lexists(kept[1])
    dataset.undo()
    assert kept[1].is_symlink() and kept[1].read_bytes() == kept[0].read_bytes()


def test_a_label_on_another_disk_is_copied_to(dataset, monkeypatch):
    before, rename = contents(dataset), Path.rename

    def other_disk(self, target):
        if self.parent.name != Path(target).parent.name:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", other_disk)
    dataset.relabel([ONE], "two")
    assert dataset.counts() == {"one": 2, "two": 4}
    dataset.undo()
    assert contents(dataset) == before
