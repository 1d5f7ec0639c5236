"""The pictures that ship: enough to walk the whole loop without a camera."""

import shutil
from collections import Counter

import pytest

from fingercount.cli.main import main
from fingercount.data.dataset import SAMPLE, Dataset, list_datasets
from fingercount.paths import REPO, data_dir
from tests.conftest import HANDS

FOLDER = REPO / "data" / SAMPLE
PICTURES = sorted(path for label in HANDS for path in (FOLDER / label).glob("*.jpg"))


@pytest.fixture
def sample():
    """A copy: opening a data set's split writes into its folder."""
    for path in PICTURES:
        to = data_dir() / SAMPLE / path.relative_to(FOLDER)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    return Dataset(data_dir() / SAMPLE)


def test_there_are_twenty_small_pictures_of_each_label(sample):
    assert sample.counts() == dict.fromkeys(HANDS, 20)
    assert sum(path.stat().st_size for path in PICTURES) < 1_500_000
    assert {sample.image(photo).shape for photo in sample.photos()} == {(192, 192, 3)}


def test_they_are_split_by_person_and_room(sample):
    sample.ensure_split()
    sides = Counter((photo.split, photo.session) for photo in sample.photos())
    sessions = [session for _, session in sides]
    assert len(sessions) == len(set(sessions)) == 5, "no session is on two sides"
    assert {side for side, _ in sides} == {"train", "val", "test"}


@pytest.mark.skipif(not (REPO / "models/hands/card.json").is_file(), reason="no shipped model")
def test_the_loop_from_the_terminal(sample, tmp_path, monkeypatch):
    shutil.copytree(REPO / "models" / "hands", tmp_path / "fingercount_models" / "hands")
    folder = str(sample.root)
    assert main(["train", "--data", folder, "--name", "mine", "--copies", "0"]) == 0
    assert main(["evaluate", "--data", folder, "--model", "mine"]) == 0
    assert main(["predict", "--model", "mine", str(PICTURES[0])]) == 0


def test_the_shipped_data_set_stands_last(sample):
    for name in ("zebra", "apples"):
        Dataset.create(data_dir() / name)
    assert list_datasets() == ["apples", "zebra", SAMPLE]
