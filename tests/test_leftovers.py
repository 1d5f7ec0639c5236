"""What programs that were killed left behind is found, and what others work on is not."""

import shutil
from pathlib import Path

import pytest

from fingercount import leftovers as left
from fingercount.files import atomic_folder
from tests.conftest import files_below


class Killed(BaseException):
    """Ends a program as a kill does: nothing is tidied."""


@pytest.fixture
def old(monkeypatch):
    """Everything here is old enough to be a leftover."""
    monkeypatch.setattr(left, "_YOUNG", -1.0)
    monkeypatch.setattr(left, "_YOUNG_UNLOCKED", -1.0)


def kill_at(monkeypatch, number: int) -> None:
    """Let the program end at a rename, by its number."""
    rename, calls = Path.rename, []

    def dies(self, target):
        calls.append(self)
        if len(calls) == number:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dies)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)


@pytest.mark.parametrize("at", [1, 2], ids=["before-both-renames", "between-them"])
def test_a_folder_whose_replacement_was_cut_off_is_there_again(tmp_path, monkeypatch, old, at):
    with atomic_folder(tmp_path / "b") as folder:
        (folder / "x").write_text("old")
    with monkeypatch.context() as patch:
        kill_at(patch, at)
        with pytest.raises(Killed), atomic_folder(tmp_path / "b", replace=True) as folder:
            (folder / "x").write_text("new")
    left.bring_back_all(tmp_path)
    assert (tmp_path / "b" / "x").read_text() == "old"
    left.remove(left.leftovers(tmp_path))
    assert files_below(tmp_path) == {"b/x": b"old"}


def test_one_that_was_cut_off_after_both_renames_stays_the_new_one(tmp_path, monkeypatch):
    for text in ("old", "new"):
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "rmtree", lambda *_, **__: None)
            with atomic_folder(tmp_path / "b", replace=True) as folder:
                (folder / "x").write_text(text)
    left.bring_back_all(tmp_path)
    assert files_below(tmp_path) == {"b/x": b"new"}


def test_what_is_being_written_is_no_leftover(tmp_path, old):
    with atomic_folder(tmp_path / "b") as folder:
        (folder / "x").write_text("1")
        assert left.leftovers(tmp_path) == ([] if left.fcntl else [folder])
    shutil.move(tmp_path / "b", tmp_path / ".writing-b")
    (tmp_path / ".writing-file").write_text("1")
    assert [path.name for path in left.leftovers(tmp_path)] == [".writing-b", ".writing-file"]


def test_what_was_made_a_moment_ago_may_not_be_held_yet(tmp_path):
    (tmp_path / ".importing-1").mkdir()
    assert left.leftovers(tmp_path) == []


def test_of_a_link_only_the_link_goes(tmp_path, old):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("1")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / ".deleting-a").symlink_to(tmp_path / "mine")
    left.remove(left.leftovers(tmp_path / "here"))
    assert not list((tmp_path / "here").iterdir()) and files_below(tmp_path / "mine") == {"x": b"1"}
