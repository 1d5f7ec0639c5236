"""A damaged data set is one line of advice, or is read as far as it can be."""

import json
import os
import stat

import pytest

from fingercount.data.dataset import Dataset
from fingercount.data.thumbnails import thumbnails
from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw

ONE = "one/20260101-101010-0001.jpg"
PLAN = {"id": "a", "time": "2026-01-01", "action": "delete", "items": []}
VALUES = ["text", 1, [], [1], None, {"a": 1}, {"a": {"split": 1}}, True, -1.5, 1e400]


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(labels=("one", "two"), n=2)


def use(root) -> None:
    """Look at a data set as pages do, and change it; advice is fine, anything else is not."""
    try:
        opened = Dataset(root)
        opened.snapshot(), opened.edits(), opened.fine(), opened.sessions(), opened.split()
        thumbnails(root, opened.hashes(), remember=True)
        opened.relabel([ONE], "two")
        opened.undo()
    except FingercountError as error:
        assert "\n" not in str(error) and len(str(error)) < 500


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("key", ["version", "people_unknown", "sessions", "photos", None])
def test_values_of_another_kind_in_the_record(dataset, key, value):
    good = json.loads((dataset.root / "dataset.json").read_text())
    text = json.dumps(value if key is None else {**good, key: value})
    (dataset.root / "dataset.json").write_text(text)
    use(dataset.root)
    assert (dataset.root / ONE).is_file()


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("key", [*PLAN, "record", "contents", "of", "state", None])
def test_values_of_another_kind_in_the_journal(dataset, key, value):
    line = json.dumps(value if key is None else {**PLAN, key: value})
    (dataset.root / "edits.jsonl").write_text(line + "\n")
    use(dataset.root)
    assert (dataset.root / ONE).is_file()
    assert len(Dataset(dataset.root).photos()) == 4


@pytest.mark.parametrize(
    "name", ["dataset.json", "edits.jsonl", "cache/hashes.json", "cache/thumbnails.npz"]
)
@pytest.mark.parametrize("content", ["[" * 100_000, "", "\0" * 50, "{"], ids=len)
def test_own_files_that_are_something_else(dataset, name, content):
    (dataset.root / "cache").mkdir(exist_ok=True)
    (dataset.root / name).write_text(content)
    use(dataset.root)
    assert (dataset.root / ONE).is_file()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
@pytest.mark.parametrize(
    "name",
    ["one/x.jpg", "dataset.json", "edits.jsonl", "cache/hashes.json", "cache/thumbnails.npz"],
)
def test_a_pipe_is_not_waited_for(dataset, name):
    (dataset.root / "cache").mkdir(exist_ok=True)
    (dataset.root / name).unlink(missing_ok=True)
    os.mkfifo(dataset.root / name)
    use(dataset.root)
    assert stat.S_ISFIFO((dataset.root / name).lstat().st_mode), "it is left as it is"
    assert (dataset.root / ONE).is_file()


def test_links_that_lead_to_themselves_are_passed_over(dataset):
    (dataset.root / "loop").symlink_to("loop")
    (dataset.root / "one" / "round").symlink_to("round")
    (dataset.root / "two" / "x.jpg").symlink_to("x.jpg")
    assert Dataset(dataset.root).counts() == {"one": 2, "two": 3}
    assert Dataset(dataset.root).snapshot().unreadable == ["two/x.jpg"]


def test_one_label_may_be_a_folder_of_the_photos_own_name(dataset):
    (dataset.root / "one" / "b.jpg").mkdir()
    (dataset.root / "one" / "c.jpg").write_bytes(encode_jpeg(draw("one")))
    assert Dataset(dataset.root).counts()["one"] == 3
