import re

import pytest

from fingercount.data.importing.layout import find_photos


def found(paths, label_map=None) -> dict:
    return {photo.path: (photo.label, photo.side) for photo in find_photos(paths, label_map).photos}


@pytest.mark.parametrize("wrapper", ["", "hands-master/", "hands-master/data/"])
@pytest.mark.parametrize(
    ("folder", "side"),
    [("", None), ("train/", "train"), ("valid/", "val"), ("Validation/", "val"), ("test/", "test")],
)
def test_labels_are_found_below_wrappers_and_sides(wrapper, folder, side):
    other = f"{wrapper}test/one/9.jpg"  # so that a lone train/ is not at stake
    path = f"{wrapper}{folder}2/a.JPG"
    assert found([path, other])[path] == ("two", side)


def test_a_lone_train_folder_is_no_split():
    assert found(["train/one/1.jpg", "train/two/1.jpg"]) == {
        "train/one/1.jpg": ("one", None),
        "train/two/1.jpg": ("two", None),
    }


@pytest.mark.parametrize(
    "path",
    ["__MACOSX/one/._a.jpg", "one/.DS_Store", "one/Thumbs.db", ".git/one/a.jpg", "README.md"],
)
def test_what_systems_leave_behind_is_passed_over_silently(path):
    layout = find_photos(["one/a.jpg", path])
    assert len(layout.photos) == 1
    assert layout.skipped == []


@pytest.mark.parametrize("path", ["docs/shots/a.png", "a.png", "test/a.png"])
def test_pictures_beside_the_label_folders_are_listed(path):
    layout = find_photos(["one/a.jpg", "two/a.jpg", path])
    assert len(layout.photos) == 2
    assert [skipped for skipped, _ in layout.skipped] == [path]


def test_labels_that_are_no_counts_come_in_too():
    assert found(["x/rock/1.jpg", "x/paper/1.jpg", "cover.jpg"]) == {
        "x/rock/1.jpg": ("rock", None),
        "x/paper/1.jpg": ("paper", None),
    }


def test_several_collections_side_by_side():
    assert set(found(["arda/one/1.jpg", "ti1k/one/1.jpg", "ti1k/none/2.jpg"]).values()) == {
        ("one", None),
        ("none", None),
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.dng", "a DNG photo.*JPEG"),
        ("a.nef", "an NEF photo.*JPEG"),
        ("a.zip", "an archive inside"),
        ("notes.txt", r"no photo \(\.txt\)"),
        ("nameless", "no photo"),
    ],
)
def test_what_is_no_photo_is_listed_with_advice(name, said):
    layout = find_photos([f"one/{name}", "one/b.jpg", "two/a.heic"])
    assert [photo.path for photo in layout.photos] == ["one/b.jpg", "two/a.heic"]
    ((path, reason),) = layout.skipped
    assert path == f"one/{name}" and re.match(said, reason)


def test_names_in_no_utf8_are_listed_with_advice():
    layout = find_photos(["two/a.jpg", "two/caf\udce9.jpg"])
    assert [photo.path for photo in layout.photos] == ["two/a.jpg"]
    ((shown, reason),) = layout.skipped
    assert "rename" in reason and shown.encode() and shown.startswith("two/caf")


def test_a_map_renames_and_leaves_out():
    label_map = {"fist": "zero", "peace": "2", "blurry": "", "nobody": "one"}
    layout = find_photos([f"{name}/1.jpg" for name in ("fist", "peace", "blurry", "5")], label_map)
    assert {photo.label for photo in layout.photos} == {"zero", "two", "five"}
    assert layout.skipped == []
    assert layout.unused == ["nobody"]
