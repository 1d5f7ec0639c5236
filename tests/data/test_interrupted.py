"""Edits that are cut off, and disks that are full: nothing is lost, and the next edit mends it."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from tests.conftest import draw, files_below

SESSION = "20260101-101010"
ONE, TWO = f"one/{SESSION}-0001.jpg", f"two/{SESSION}-0001.jpg"


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(labels=("one", "two"), n=3)


def contents(dataset) -> dict:
    """Return {path: content} of all photos, what "as before" means."""
    return Dataset(dataset.root).hashes()


CRASH = """
import os, sys
from pathlib import Path
from fingercount.data.dataset import Dataset
from fingercount.data.metadata import Record
root, step = sys.argv[1], int(sys.argv[2])
steps = [0]
def dying(function):
    def wrapped(*args, **options):
        steps[0] += 1
        if steps[0] > step:
            os._exit(9)
        return function(*args, **options)
    return wrapped
dataset = Dataset(root)
os.fsync = dying(os.fsync)
Path.rename = dying(Path.rename)
dataset.relabel(dataset.photos("one"), "five")
"""


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(0, id="before-the-intention-is-on-disk"),
        pytest.param(1, id="before-the-first-move"),
        pytest.param(3, id="between-two-moves"),
        pytest.param(7, id="before-the-folders-are-on-disk"),
        pytest.param(9, id="before-the-record"),
        pytest.param(11, id="before-the-tick"),
    ],
)
def test_a_crash_at_any_step_is_mended_by_the_next_edit(dataset, step):
    for n in range(20):
        for label in ("one", "two"):
            dataset.add(draw(label, 300 + n), label, SESSION)
    dataset.ensure_split()
    dataset.relabel([p for p in dataset.photos("one") if p.split != "test"][2:], "six")
    before = {photo.path: photo.split for photo in dataset.photos()}
    in_test = len(dataset.photos(split="test"))
    assert len(dataset.photos("one")) == 6, (
        "the steps: plan, six moves, two folders, record, its folder, tick"
    )

    command = [sys.executable, "-c", CRASH, str(dataset.root), str(step)]
    root_of_repo = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root_of_repo)}
    done = subprocess.run(command, check=False, env=environment, cwd=root_of_repo)
    assert done.returncode == 9, "it crashed where it was meant to"

    opened = Dataset(dataset.root)
    assert len(opened.photos()) == len(before), "nothing is lost"
    there = {path for path in files_below(dataset.root) if not path.startswith("cache/")}
    opened.snapshot(), opened.edits(), opened.fine()
    assert there <= files_below(dataset.root).keys(), "looking at it moves nothing"
    opened.add_label("ten")
    assert len(opened.photos(split="test")) == in_test, "test photos stay test photos"
    assert not opened.photos("one") or not opened.photos("five"), "all of the edit or none of it"
    assert opened.unfinished() == (0, 0)
    if opened.photos("five"):
        opened.undo()
    assert {photo.path: photo.split for photo in opened.photos()} == before


def test_a_torn_last_line_is_passed_over(dataset):
    dataset.delete([ONE])
    journal = dataset.root / "edits.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"id": "20260101-000000-abc", "time": "2026-01-01T00:00:00", "acti')
    opened = Dataset(dataset.root)
    assert [edit.action for edit in opened.edits()] == ["delete"]
    opened.relabel([TWO.replace("0001", "0004")], "five")
    assert [edit.action for edit in Dataset(dataset.root).edits()] == ["relabel", "delete"]
    opened.undo()
    opened.undo()
    assert opened.counts() == {"one": 3, "two": 3}


def test_a_journal_from_elsewhere_cannot_move_files_outside(dataset, tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    entry = {"id": "x", "time": "", "action": "delete", "items": [["../victim.txt", "one/x.jpg"]]}
    (dataset.root / "edits.jsonl").write_text(json.dumps(entry) + "\n")
    Dataset(dataset.root)
    assert victim.read_text() == "mine"


def test_the_moves_are_on_the_disk_before_the_journal_says_so(dataset, monkeypatch):
    states = []

    def synced(folders):
        folders = list(folders)
        last = (dataset.root / "edits.jsonl").read_text().splitlines()[-1]
        states.append(([folder.name for folder in folders], "done" in json.loads(last).values()))

    monkeypatch.setattr("fingercount.data.moves.sync", synced)
    dataset.relabel([ONE], "two")
    assert states == [(["one", "two"], False)]
    assert '"done"' in (dataset.root / "edits.jsonl").read_text()


def test_what_cannot_be_finished_yet_blocks_changes_and_not_reading(dataset, monkeypatch):
    entry = {"id": "x", "time": "t", "action": "relabel", "items": [[ONE, "two/x.jpg"]]}
    (dataset.root / "edits.jsonl").write_text(json.dumps(entry) + "\n")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        opened = Dataset(dataset.root)
        assert len(opened.photos()) == 6 and opened.edits() and opened.unfinished() == (1, 0)
        with pytest.raises(FingercountError, match=r"interrupted earlier.*No photo is lost"):
            opened.add_label("five")
    opened.add_label("five")
    assert (dataset.root / "two" / "x.jpg").is_file() and opened.unfinished() == (0, 0)


def test_a_change_that_stops_half_way_does_not_say_that_nothing_changed(dataset, monkeypatch):
    rename, calls = Path.rename, []

    def breaks_down(self, target):
        calls.append(target)
        if len(calls) >= 2:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", breaks_down)
        with pytest.raises(FingercountError, match="half-way") as caught:
            dataset.relabel(dataset.photos("one"), "two")
    assert "Nothing was changed" not in str(caught.value)
    Dataset(dataset.root).add_label("five")
    assert dataset.counts()["two"] == 6


def test_a_plan_is_taken_back_though_the_disk_is_full(dataset, monkeypatch):
    """Not even a line that says so fits into the journal."""
    before = contents(dataset)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        with pytest.raises(FingercountError, match="No space left"):
            dataset.relabel([ONE], "two")
    assert (dataset.root / "edits.jsonl").read_bytes() == b""
    Dataset(dataset.root).add_label("five")
    assert contents(dataset) == before
