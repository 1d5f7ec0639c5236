"""A data set that somebody else made: looking at it changes nothing, and edits stay inside it."""

import json
from pathlib import Path

import pytest

from fingercount.data.dataset import Dataset
from fingercount.data.thumbnails import thumbnails
from fingercount.errors import FingercountError
from tests.conftest import draw, files_below

ONE = "one/20260101-101010-0001.jpg"


@pytest.fixture
def mine(tmp_path) -> Path:
    """A folder of the person's that no data set has to touch."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    return folder


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(labels=("one", "two"), n=2)


def plan(dataset, *items, action="delete"):
    """Leave an edit in the journal that was begun and not finished."""
    entry = {"id": "20260101-000000-abcdef", "time": "2026-01-01T00:00:00+0000"}
    line = json.dumps({**entry, "action": action, "items": items})
    (dataset.root / "edits.jsonl").write_text(line + "\n")


def look(root: Path) -> None:
    """Do all that a page does that only shows a data set."""
    opened = Dataset(root)
    opened.listing(), opened.snapshot(), opened.edits(), opened.fine(), opened.split()


@pytest.mark.parametrize("way", ["out", "in"])
def test_a_plan_through_a_link_moves_nothing_in_or_out(dataset, mine, way):
    (dataset.root / "door").symlink_to(mine)
    plan(dataset, [ONE, "door/photo.jpg"] if way == "out" else ["door/letter.txt", "two/0.jpg"])
    photos, before = [photo.path for photo in dataset.photos()], files_below(mine)
    look(dataset.root)
    assert [photo.path for photo in dataset.photos()] == photos and files_below(mine) == before
    Dataset(dataset.root).delete([ONE.replace("0001", "0002")])
    assert files_below(mine) == before and (dataset.root / ONE).is_file()


def test_a_plan_inside_is_finished_by_an_edit_and_not_by_looking(dataset):
    plan(dataset, [ONE, "two/20260101-101010-0009.jpg"], action="relabel")
    look(dataset.root)
    assert (dataset.root / ONE).is_file()
    Dataset(dataset.root).add_label("five")
    assert not (dataset.root / ONE).exists()
    assert (dataset.root / "two/20260101-101010-0009.jpg").is_file()


def test_edits_do_not_go_through_links(dataset, mine):
    (dataset.root / "two").rename(dataset.root.parent / "elsewhere")
    (dataset.root / "two").symlink_to(dataset.root.parent / "elsewhere")
    (dataset.root / ".bin").symlink_to(mine)
    before = files_below(mine)
    for change in (
        lambda: dataset.relabel([ONE], "two"),
        lambda: dataset.delete([ONE]),
        lambda: dataset.add(draw("two", 9), "two", "x"),
    ):
        with pytest.raises(FingercountError, match="is a link"):
            change()
    assert files_below(mine) == before and (dataset.root / ONE).is_file()
    assert len(Dataset(dataset.root).photos("two")) == 2, "they are read"


def test_an_undo_does_not_go_through_links(dataset, mine):
    dataset.delete([ONE])
    (dataset.root / "one").rename(dataset.root.parent / "gone")
    (dataset.root / "one").symlink_to(mine)
    with pytest.raises(FingercountError, match="is a link"):
        Dataset(dataset.root).undo()
    assert files_below(mine) == {"letter.txt": b"mine"}


@pytest.mark.parametrize(
    "name",
    ["dataset.json", "edits.jsonl", ".lock", "cache", "cache/hashes.json", "cache/thumbnails.npz"],
)
def test_own_files_are_not_written_through_links(dataset, mine, name):
    thumbnails(dataset.root, dataset.hashes(), remember=True)
    dataset.mark_fine([ONE])
    path, before = dataset.root / name, files_below(mine)
    target = mine / "letter.txt" if path.is_file() else mine
    path.rename(path.with_name("was"))
    path.symlink_to(target)
    for use in (
        lambda: Dataset(dataset.root).hashes(),
        lambda: thumbnails(dataset.root, dataset.hashes(), remember=True),
        lambda: Dataset(dataset.root).add(draw("one", 9), "one", "x", person="ann"),
        lambda: Dataset(dataset.root).delete([ONE]),
    ):
        try:
            use()
        except FingercountError as error:
            assert "is a link" in str(error) or "cannot be understood" in str(error)
    assert files_below(mine) == before


def test_a_link_in_place_of_a_new_file_makes_none_elsewhere(dataset, mine):
    (dataset.root / "edits.jsonl").symlink_to(mine / "made.jsonl")
    with pytest.raises(FingercountError, match="is a link"):
        dataset.delete([ONE])
    assert files_below(mine) == {"letter.txt": b"mine"} and (dataset.root / ONE).is_file()
