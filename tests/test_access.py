"""A viewer looks at everything and changes nothing; the journal says who changed what."""

import json
import shutil

import pytest

from fingercount import access
from fingercount.access import User, acting_as, current_user, find_user_with
from fingercount.data.bin import empty_bin
from fingercount.data.dataset import Dataset
from fingercount.data.importing.importer import import_photos
from fingercount.data.review_queue import Tray
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.models import bin as model_bin
from fingercount.models.loading import load_model
from fingercount.models.registry import choose_live_model, delete_model, keep_threshold
from fingercount.paths import data_dir, models_dir
from fingercount.training.jobs import Jobs
from fingercount.training.settings import Settings
from tests.conftest import draw, files_below
from tests.models.folders import add_head

ONE = "one/20260101-101010-0001.jpg"
SAID = {"answer": "two", "confidence": 0.5, "model": "hands", "session": "20260102-101500"}


@pytest.fixture
def acting(monkeypatch):
    """Return a function that lets what follows be done by somebody."""
    monkeypatch.setattr(access, "_find", User)
    return lambda user: find_user_with(lambda: user)


@pytest.fixture
def kept(make_photos, hands):
    """One of everything that can be changed: photos, an edit, bins, the tray, models."""
    shutil.copytree(make_photos(labels=("one", "two"), n=4), data_dir() / "mine")
    dataset = Dataset.create(data_dir() / "mine")
    dataset.delete(["two/20260101-101010-0005.jpg"])
    Tray().add(draw("one"), "one", **SAID)
    for name in ("mine", "old"):
        add_head(name)
    delete_model("old")
    return dataset


def entry() -> str:
    return Tray().entries()[0].id


CHANGES = {
    "take a photo": lambda d: d.add(draw("one", 9), "one", "20260103-101010"),
    "add a label": lambda d: d.add_label("five"),
    "relabel": lambda d: d.relabel([ONE], "two"),
    "delete": lambda d: d.delete([ONE]),
    "mark": lambda d: d.mark_fine([ONE]),
    "undo": lambda d: d.undo(),
    "decide what is held out": lambda d: d.writing().__enter__(),
    "empty the bin": empty_bin,
    "begin a data set": lambda d: Dataset.create(data_dir() / "new"),
    "begin one called cache": lambda d: Dataset.create(data_dir() / "cache"),
    "import": lambda d: import_photos(d.root, data_dir() / "copy"),
    "correct": lambda d: Tray().add(draw("one", 5), "one", **SAID),
    "keep": lambda d: Tray().keep(d, [entry()]),
    "discard": lambda d: Tray().discard([entry()]),
    "train": lambda d: Jobs().start(d, "new", Settings(epochs=1)),
    "delete a model": lambda d: delete_model("mine"),
    "bring a model back": lambda d: model_bin.restore_model(model_bin.deleted_models()[0].id),
    "empty the models' bin": lambda d: model_bin.empty_model_bin(),
    "run a model live": lambda d: choose_live_model("mine"),
    "keep a threshold": lambda d: keep_threshold("mine", 0.9),
}


def test_a_viewer_changes_nothing(acting, kept):
    def everything() -> dict[str, bytes]:
        return files_below(data_dir()) | {f"m/{k}": v for k, v in files_below(models_dir()).items()}

    before = everything()
    acting(User("eve", may_change=False))
    for name, change in CHANGES.items():
        with pytest.raises(FingercountError, match="You may look"):
            change(kept)
        assert everything() == before, name


def test_a_viewer_evaluates_and_may_fill_the_cache(acting, kept):
    acting(User("eve", may_change=False))
    before = files_below(kept.root)
    snapshot = kept.snapshot()
    assert evaluate(load_model("hands"), snapshot, "all").n == 7
    new = files_below(kept.root).keys() - before.keys()
    assert new and all(path.startswith("cache/") for path in new)


def test_the_journal_says_who(acting, kept):
    acting(User("anna"))
    edit = kept.relabel([ONE], "two")
    kept.mark_fine(["one/20260101-101010-0002.jpg"])
    acting(User("ben"))
    kept.undo(edit.id)
    marked, relabelled, deleted = Dataset(kept.root).edits()
    assert (marked.by, relabelled.by, deleted.by) == ("anna", "anna", None)
    assert (relabelled.undone_by, marked.undone_by) == ("ben", None)
    lines = (kept.root / "edits.jsonl").read_text().splitlines()
    assert [json.loads(line).get("by") for line in lines].count("anna") == 2
    assert "by" not in json.loads(lines[0]), "nobody logged in"


def test_a_name_that_is_none_makes_a_line_that_is_skipped(kept):
    first = json.loads((kept.root / "edits.jsonl").read_text().splitlines()[0])
    line = json.dumps({**first, "id": "later", "by": ["anna"]})
    with (kept.root / "edits.jsonl").open("a") as file:
        file.write(f"{line}\n")
    assert [edit.id for edit in Dataset(kept.root).edits()] == [first["id"]]


def test_work_that_a_viewer_began_changes_nothing_in_another_thread(acting, kept):
    """Where nobody is asking, as in a thread, the app itself does it, unless it is said who."""
    acting(User("anna"))
    with acting_as(User("eve", may_change=False)):
        with pytest.raises(FingercountError, match="You may look"):
            keep_threshold("mine", 0.9)
        assert current_user().name == "eve"
    keep_threshold("mine", 0.9)


def test_without_pages_whoever_runs_it_is_an_editor(acting):
    assert current_user() == User(None, True)
