"""Which photos of a folder are asked about, and what is said of their labels."""

import pytest

from fingercount.cluster.photos import Asked, photos_in
from fingercount.errors import FingercountError

CLASSES = ("zero", "one", "two", "none")


@pytest.fixture
def filled(tmp_path):
    def fill(*paths):
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(b"only names are looked at")
        return tmp_path

    return fill


def test_folders_named_as_classes_are_labels(filled):
    folder = filled("two/b.jpg", "1/a.png", "wave/c.jpg", "notes.txt", "two/cache/x.jpg")
    assert photos_in(folder, CLASSES) == [
        Asked("1/a.png", "one"),
        Asked("two/b.jpg", "two"),
        Asked("wave/c.jpg", "wave"),
    ]


def test_other_folders_say_nothing_and_all_below_is_meant(filled):
    folder = filled("2026-01/b.jpg", "2026-02/day/a.jpg", "c.JPG", ".hidden/d.jpg", "e.txt")
    assert photos_in(folder, CLASSES) == [
        Asked("2026-01/b.jpg", None),
        Asked("2026-02/day/a.jpg", None),
        Asked("c.JPG", None),
    ]


def test_labels_are_written_as_the_model_writes_them(filled):
    assert photos_in(filled("two/a.jpg"), ("1", "2")) == [Asked("two/a.jpg", "2")]


@pytest.mark.parametrize("paths", [(), ("readme.txt",), ("one/readme.txt",)])
def test_no_photo_is_advice(filled, paths):
    with pytest.raises(FingercountError, match="There is no photo in"):
        photos_in(filled(*paths), CLASSES)


def test_no_folder_is_advice(tmp_path):
    with pytest.raises(FingercountError, match="is no folder"):
        photos_in(tmp_path / "gone", CLASSES)
