"""The sample of an installed package: it is found, walked through, and stays as it is."""

import pytest

from fingercount.data.dataset import (
    SAMPLE,
    Dataset,
    dataset_folder,
    find_dataset,
    list_datasets,
    open_dataset,
)
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from fingercount.paths import data_dir
from tests.conftest import SESSIONS, draw, files_below


def test_it_is_found_beside_ones_own(installed):
    assert list_datasets() == [SAMPLE]
    Dataset.create(data_dir() / "mine")
    assert list_datasets() == ["mine", SAMPLE]
    assert open_dataset(SAMPLE).root == installed / "data" / SAMPLE
    assert dataset_folder("new") == data_dir() / "new"


def test_a_data_set_is_found_by_its_folder_before_its_name(installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_dataset(SAMPLE).root == installed / "data" / SAMPLE
    (tmp_path / SAMPLE).mkdir()
    assert find_dataset(SAMPLE).root.resolve() == tmp_path / SAMPLE
    with pytest.raises(FingercountError, match="nowhere does not exist"):
        find_dataset("nowhere")


def test_its_photos_have_sides_the_same_each_time(installed):
    sides = [{p.path: p.split for p in open_dataset(SAMPLE).photos()} for _ in range(2)]
    assert sides[0] == sides[1] and set(sides[0].values()) == {"train", "val", "test"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.delete([data.photos()[0]]),
        lambda data: data.relabel([data.photos()[0]], "five"),
        lambda data: data.mark_fine([data.photos()[0]]),
        lambda data: data.add(draw("two"), "two", SESSIONS[0]),
        lambda data: data.add_label("five"),
        lambda data: data.undo(),
        lambda data: Dataset.create(data.root),
        lambda data: import_photos(data.root, data.root),
    ],
    ids=["delete", "relabel", "mark", "add", "label", "undo", "create", "import"],
)
def test_what_would_change_it_says_how_to_work_on_a_copy(installed, change):
    before = files_below(installed)
    with pytest.raises(FingercountError, match="sample ships with fingercount and stays as it is"):
        change(open_dataset(SAMPLE))
    assert files_below(installed) == before


def test_a_copy_takes_its_place_and_can_be_changed(installed):
    first = {p.path: p.split for p in open_dataset(SAMPLE).photos()}
    hashes = open_dataset(SAMPLE).hashes()
    import_photos(dataset_folder(SAMPLE), data_dir() / SAMPLE)
    own = open_dataset(SAMPLE)
    assert own.root == data_dir() / SAMPLE and list_datasets() == [SAMPLE]
    assert own.hashes() == hashes
    own.ensure_split()
    assert {p.path: p.split for p in own.photos()} == first
    own.delete([own.photos()[0]])
    assert len(own.photos()) == len(first) - 1
