"""Files are written whole or not at all."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from fingercount.errors import FingercountError
from fingercount.files import atomic_folder, check_writable, write_atomic, write_json
from tests.conftest import files_below


@pytest.fixture(params=["fsync", "replace"])
def full_disk(request, monkeypatch):
    """A disk that fills up while a file is written, or at its renaming."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, request.param, full)


def test_write_atomic_writes_and_replaces(tmp_path):
    path = tmp_path / "deep" / "er" / "file"
    for data in (b"old", b"new"):
        write_atomic(path, data)
        assert files_below(tmp_path) == {"deep/er/file": data}
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path, full_disk):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(FingercountError, match=r"No space left on device.*free some space"):
        write_atomic(path, b"new")
    assert files_below(tmp_path) == {"file": b"old"}


def test_a_stop_in_the_middle_leaves_no_rest(tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "file", b"new")
    assert files_below(tmp_path) == {}


def test_json_keeps_letters_and_refuses_what_is_no_json(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, {"name": "é"})
    assert "é" in path.read_text(encoding="utf-8") and json.loads(path.read_text())
    with pytest.raises(ValueError):
        write_json(path, float("nan"))
    assert json.loads(path.read_text()) == {"name": "é"}


def test_a_folder_appears_whole(tmp_path):
    with atomic_folder(tmp_path / "a" / "b") as temporary:
        (temporary / "x").write_text("1")
        assert not (tmp_path / "a" / "b").exists()
    assert files_below(tmp_path) == {"a/b/x": b"1"}
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "error", [RuntimeError, KeyboardInterrupt, OSError], ids=lambda e: e.__name__
)
@pytest.mark.parametrize("replace", [False, True], ids=["new", "over-an-old-one"])
def test_an_error_inside_leaves_what_was_there(tmp_path, error, replace):
    if replace:
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "old").write_text("old")
    before = files_below(tmp_path)
    expected = FingercountError if error is OSError else error
    with pytest.raises(expected), atomic_folder(tmp_path / "b", replace=replace) as temporary:
        (temporary / "x").write_text("1")
        raise error("broken")
    assert files_below(tmp_path) == before
    assert [p.name for p in tmp_path.iterdir()] == (["b"] if replace else [])


def test_a_folder_is_replaced_whole_or_refused(tmp_path):
    with atomic_folder(tmp_path / "b") as temporary:
        (temporary / "old").write_text("1")
    with pytest.raises(FingercountError, match="exists already"), atomic_folder(tmp_path / "b"):
        pass
    assert files_below(tmp_path) == {"b/old": b"1"}
    with atomic_folder(tmp_path / "b", replace=True) as temporary:
        (temporary / "new").write_text("2")
    assert files_below(tmp_path) == {"b/new": b"2"}
    assert len(list(tmp_path.iterdir())) == 1


def test_where_the_renaming_fails_the_old_folder_comes_back(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "old").write_text("1")
    rename, calls = Path.rename, []

    def fails_at_the_second(self, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_at_the_second)
    with (
        pytest.raises(FingercountError, match="Permission denied"),
        atomic_folder(tmp_path / "b", replace=True) as temporary,
    ):
        (temporary / "new").write_text("2")
    assert files_below(tmp_path) == {"b/old": b"1"}
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_a_link_is_written_through_and_a_pipe_stays_one(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real" / "a.json")
    write_atomic(link, b"1")
    write_atomic(link, b"2")
    assert link.is_symlink() and (tmp_path / "real" / "a.json").read_bytes() == b"2"
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomic(pipe, b"told")
    reader.join(10)
    assert got == [b"told"] and pipe.is_fifo()


def test_a_folder_that_was_made_meanwhile_is_not_overwritten(tmp_path):
    with (
        pytest.raises(FingercountError, match="has just made"),
        atomic_folder(tmp_path / "a") as first,
    ):
        (first / "x").write_text("first")
        with atomic_folder(tmp_path / "a") as second:
            (second / "x").write_text("second")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a" / "x").read_text() == "second"


def test_room_that_is_not_there_is_told_before_the_work_begins(tmp_path, monkeypatch):
    check_writable(tmp_path / "models", room=3_000_000)
    assert list((tmp_path / "models").iterdir()) == []

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FingercountError, match="No space left on device"):
        check_writable(tmp_path / "models", room=3_000_000)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_file_may_come_in_parts_and_stays_where_one_fails(tmp_path):
    path = tmp_path / "file"
    write_atomic(path, (part for part in (b"a", b"b", b"c")))
    assert path.read_bytes() == b"abc"

    def broken():
        yield b"new"
        raise ValueError

    with pytest.raises(ValueError):
        write_atomic(path, broken())
    assert path.read_bytes() == b"abc" and list(tmp_path.iterdir()) == [path]
