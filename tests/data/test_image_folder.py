"""A data set goes out as a zip, and comes back in as it was."""

import csv
import io
import zipfile

import pytest

from fingercount.data.dataset import Dataset
from fingercount.data.image_folder import write_image_folder
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError


@pytest.fixture
def dataset(make_dataset):
    made = make_dataset("mine", n=8, sessions=("ann", "bob", "cid"))
    made.ensure_split()
    return made


def test_sides_are_folders_and_the_table_has_the_rest(dataset, tmp_path):
    written = write_image_folder(dataset, tmp_path / "out" / "hands.zip")
    with zipfile.ZipFile(tmp_path / "out" / "hands.zip") as file:
        names = set(file.namelist())
        rows = list(csv.DictReader(io.StringIO(file.read("photos.csv").decode())))
        one = dataset.photos("one")[0]
        data = file.read(f"{one.split}/{one.path}")
    assert data == dataset.absolute(one).read_bytes()
    assert {row["path"] for row in rows} | {"photos.csv"} == names
    assert {(r["split"], r["session"]) for r in rows} == {
        (session.split, name) for name, session in dataset.sessions().items()
    }
    assert written.n == 72 and written.by_split == {
        side: len(dataset.photos(split=side)) for side in ("train", "val", "test")
    }


def test_it_comes_back_with_its_sides_and_sessions(dataset, tmp_path):
    write_image_folder(dataset, tmp_path / "hands.zip")
    import_photos(tmp_path / "hands.zip", tmp_path / "back")
    back = Dataset(tmp_path / "back")
    assert {n: (s.n, s.split) for n, s in back.sessions().items()} == {
        n: (s.n, s.split) for n, s in dataset.sessions().items()
    }
    assert back.fingerprint() == dataset.fingerprint() and not back.people_unknown


def test_guessed_sessions_come_back_as_guessed(make_dataset, tmp_path):
    write_image_folder(make_dataset("raw", n=2, sessions=(None,)), tmp_path / "raw.zip")
    result = import_photos(tmp_path / "raw.zip", tmp_path / "back")
    assert result.people_unknown and Dataset(tmp_path / "back").people_unknown


def test_without_a_split_there_are_only_labels(make_dataset, tmp_path):
    dataset = make_dataset("mine", n=1)
    write_image_folder(dataset, tmp_path / "hands.zip")
    with zipfile.ZipFile(tmp_path / "hands.zip") as file:
        folders = {name.split("/")[0] for name in file.namelist()}
    assert folders == {"one", "two", "three", "photos.csv"}


def test_where_it_cannot_be_written_nothing_is_left(dataset, tmp_path, run):
    with pytest.raises(FingercountError, match="is a folder"):
        write_image_folder(dataset, tmp_path)
    (dataset.root / "one" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FingercountError):
        write_image_folder(dataset, tmp_path / "out" / "hands.zip")
    assert not list((tmp_path / "out").iterdir())
    assert run("export-photos", "--data", tmp_path / "no", "--zip", tmp_path / "a.zip")[0] == 2
