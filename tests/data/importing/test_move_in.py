"""An import moves its photos in as one edit, whole or not at all."""

import errno
import shutil
from pathlib import Path

import pytest

from fingercount.data import folder
from fingercount.data.dataset import Dataset
from fingercount.data.importing import move_in
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from tests.conftest import draw, files_below


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data"


@pytest.mark.parametrize("existing", [True, False], ids=["into-photos", "into-nothing"])
@pytest.mark.parametrize("call", ["write_bytes", "rename"], ids=["while-reading", "while-moving"])
def test_a_full_disk_leaves_the_data_set_as_it_was(
    make_photos, target, monkeypatch, existing, call
):
    source = make_photos(n=3)
    if existing:
        import_photos(make_photos("other", labels=("four",), n=2, sessions=("x",)), target)
    before = Dataset(target).hashes() if existing else None
    function = getattr(Path, call)
    calls = []

    def full_after_four(self, *args):
        calls.append(self)
        if len(calls) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return function(self, *args)

    monkeypatch.setattr(Path, call, full_after_four)
    with pytest.raises(FingercountError, match="No space left"):
        import_photos(source, target)
    monkeypatch.undo()
    if existing:
        assert Dataset(target).hashes() == before
        assert not list(target.glob(".importing-*"))
        assert len(Dataset(target).edits()) == 1
    elif target.exists():
        assert Dataset(target).labels == [] and not list(target.glob(".importing-*"))
    assert import_photos(source, target).added == 9, "it can be run again"


def test_an_import_is_an_edit_that_can_be_undone(make_photos, target):
    import_photos(make_photos("first", labels=("four",), n=2, sessions=("x",)), target)
    before = Dataset(target).hashes()
    result = import_photos(make_photos("second", n=2), target)
    Dataset(target).undo(result.edit)
    assert Dataset(target).hashes() == before


def test_an_import_cut_off_while_moving_is_completed_by_the_next_edit(
    make_photos, target, monkeypatch
):
    source = make_photos("src/train", n=2, sessions=("a",))
    make_photos("src/test", n=2, sessions=("b",))
    rename = Path.rename
    calls = []

    class Killed(BaseException):
        pass

    def dies_at_the_third(self, place):
        calls.append(self)
        if len(calls) >= 3:
            raise Killed
        return rename(self, place)

    monkeypatch.setattr(Path, "rename", dies_at_the_third)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)  # a killed program tidies nothing
    monkeypatch.setattr("fingercount.data.edits.Edits._take_back", lambda *_: False)
    with pytest.raises(Killed):
        import_photos(source.parent, target)
    monkeypatch.undo()
    dataset = Dataset(target)
    dataset.add_label("ten")
    assert len(dataset.photos()) == 12
    assert len(dataset.photos(split="test")) == 6


def test_an_import_that_is_undone_leaves_people_as_known_as_before(make_photos, tmp_path):
    named = make_photos("named", labels=("one",), n=2)
    unnamed = make_photos("unnamed", labels=("one",), n=2, sessions=(None,))
    import_photos(named, tmp_path / "mine")
    import_photos(unnamed, tmp_path / "mine")
    dataset = Dataset(tmp_path / "mine")
    assert dataset.people_unknown
    dataset.undo()
    assert not dataset.people_unknown and len(dataset.photos()) == 2
    import_photos(unnamed, tmp_path / "mine")
    assert Dataset(tmp_path / "mine").people_unknown


def test_an_import_that_ends_badly_leaves_what_others_made_meanwhile(make_photos, target):
    """Where no photo is to be seen yet there may be another import, a bin and a journal."""
    before = {}

    def meanwhile(done, total):
        if done == 1:
            Dataset.create(target).add(draw("one", 50), "one", "x")
            Dataset(target).delete(Dataset(target).photos())
            (target / ".importing-other").mkdir()
            (target / ".importing-other" / "000000.jpg").write_bytes(b"of another import")
            before.update(files_below(target))
        if done == total:
            raise RuntimeError("something unforeseen")

    with pytest.raises(RuntimeError):
        import_photos(make_photos(n=3), target, progress=meanwhile)
    kept = {path for path in before if ".bin/" in path or "other" in path or "/" not in path}
    assert len(kept) == 5 and kept <= files_below(target).keys()
    assert [path.name for path in target.glob(".importing-*")] == [".importing-other"]


def test_an_edit_that_could_not_be_taken_back_keeps_its_staged_photos(
    make_photos, target, monkeypatch
):
    rename, calls = Path.rename, []

    def fails_from_the_third_on(self, place):
        calls.append(self)
        if len(calls) >= 3:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, place)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fails_from_the_third_on)
        with pytest.raises(FingercountError, match=r"half-way.*the next change finishes it"):
            import_photos(make_photos(n=3), target)
    Dataset(target).add_label("ten")
    assert len(Dataset(target).photos()) == 9


def test_two_imports_of_the_same_photos_at_once_bring_each_in_once(
    make_photos, target, monkeypatch
):
    """The second looks what is there before the first has moved its photos in."""
    source, plan = make_photos(n=3), move_in._plan
    results = []

    def and_the_other_in_between(*arguments):
        found = plan(*arguments)
        if not results:
            results.append(None)
            results[0] = import_photos(source, target)
        return found

    monkeypatch.setattr(move_in, "_plan", and_the_other_in_between)
    with pytest.raises(FingercountError, match="in the data set already"):
        import_photos(source, target)
    assert results[0].added == 9 and len(Dataset(target).photos()) == 9


@pytest.mark.parametrize("sessions", [[None], ["20260101-101010"]], ids=["unnamed", "named"])
def test_folders_are_not_looked_through_for_each_photo(
    make_photos, tmp_path, monkeypatch, sessions
):
    calls, real = [], folder.label_folders

    def counting(root):
        calls.append(root)
        return real(root)

    monkeypatch.setattr(folder, "label_folders", counting)

    def looks(n):
        root = tmp_path / f"many-{n}"
        for number in range(30):
            (root / f"empty{number}").mkdir(parents=True)
        calls.clear()
        import_photos(make_photos(f"source-{n}", n=n, sessions=sessions), root)
        return len(calls)

    assert looks(8) == looks(2)
