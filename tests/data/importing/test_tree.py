"""The meaning of folder trees, on plain lists of paths."""

import pytest

from fingercount.data.importing.tree import read_tree


def read(*folders, **options) -> dict:
    """Return {folder: (label, side, session)}."""
    places = read_tree(folders, **options).places
    return {folder: places[folder][:3] for folder in folders}


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        pytest.param(
            ("one/left", "one/right", "two/left"),
            [("one", None, "left"), ("one", None, "right"), ("two", None, "left")],
            id="hands",
        ),
        pytest.param(
            ("one/p01", "two/p01"), [("one", None, "p01"), ("two", None, "p01")], id="people"
        ),
        pytest.param(("one/2024-05-17",), [("one", None, "2024-05-17")], id="dates"),
        pytest.param(
            ("one/images", "two/images"), [("one", None, None), ("two", None, None)], id="images"
        ),
        pytest.param(
            ("ann/one", "bob/two"), [("one", None, "ann"), ("two", None, "bob")], id="people-above"
        ),
        pytest.param(("one/one",), [("one", None, None)], id="unpacked-into-its-name"),
        pytest.param(
            ("train_val_fist", "train_val_palm2", "test_fist", "test_palm2"),
            [
                *(("fist", "train", None), ("palm2", "train", None)),
                *(("fist", "test", None), ("palm2", "test", None)),
            ],
            id="labels-in-the-names-of-sides",
        ),
        pytest.param(
            ("train_val_one/u1", "train_val_peace/u1"),
            [("train_val_one", "train", "u1"), ("peace", "train", "u1")],
            id="a-count-and-a-label-in-the-names-of-sides",
        ),
        pytest.param(
            ("test_tube", "dev_board"),
            [("test_tube", None, None), ("dev_board", None, None)],
            id="labels-with-a-word-for-a-side",
        ),
        pytest.param(
            ("1/one", "1/two", "2/one"),
            [("one", None, "1"), ("two", None, "1"), ("one", None, "2")],
            id="words-before-digits",
        ),
        pytest.param(
            ("one/01", "two/01"), [("one", None, "01"), ("two", None, "01")], id="takes-by-number"
        ),
        pytest.param(
            ("rock/left", "paper/left"),
            [("rock", None, "left"), ("paper", None, "left")],
            id="no-counts-hands",
        ),
        pytest.param(
            ("ann/rock", "ann/paper", "bob/rock", "bob/paper"),
            [
                ("rock", None, "ann"),
                ("paper", None, "ann"),
                ("rock", None, "bob"),
                ("paper", None, "bob"),
            ],
            id="no-counts-what-repeats",
        ),
        pytest.param(
            ("rock/x1", "paper/y7"), [("rock", None, "x1"), ("paper", None, "y7")], id="no-repeats"
        ),
        pytest.param(
            ("left", "right"), [("left", None, None), ("right", None, None)], id="hands-only"
        ),
        pytest.param(
            ("one", "fist/left", "one/left"),
            [("one", None, None), ("fist", None, "left"), ("one", None, "left")],
            id="beside-a-count",
        ),
        pytest.param(
            ("one", "one/deeper", "docs/shots"),
            [("one", None, None), ("one", None, "deeper"), (None, None, None)],
            id="pictures-of-a-repository",
        ),
    ],
)
def test_the_label_is_the_level_that_means_it(tree, expected):
    assert list(read(*tree).values()) == expected


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("training_set", "test_set"),
        ("seg_train", "seg_test"),
        ("train_images", "test_images"),
        ("1_train", "2_test"),
        ("TrainSet", "HoldOut"),
        ("asl_train/asl_train", "asl_test/asl_test"),
        ("hand_photos_train", "hand_photos_test"),
        ("w/Training", "w/Testing"),
    ],
)
def test_a_held_out_side_never_becomes_training(train, test):
    found = read(f"{train}/one", f"{train}/two", f"{test}/one")
    assert [place[1] for place in found.values()] == ["train", "train", "test"]
    assert [place[2] for place in found.values()] == [None] * 3


@pytest.mark.parametrize("name", ["dev", "eval", "validation", "val_set", "Valid"])
def test_validation_has_many_names(name):
    assert read("train/one", f"{name}/one")[f"{name}/one"] == ("one", "val", None)


def test_a_side_may_stand_below_or_in_the_label():
    assert read("one/train", "one/test", "two/train")["one/test"] == ("one", "test", None)
    assert read("train_one", "test_one")["test_one"] == ("test_one", "test", None)


def test_siblings_that_look_like_sides_are_told():
    tree = read_tree(["alpha/one", "alpha/two", "beta/one", "beta/two"])
    assert len(tree.notes) == 1 and "alpha and beta" in tree.notes[0]
    assert not read_tree(["p1/one", "p1/two", "p2/one", "p2/two"]).notes


@pytest.mark.parametrize(
    "name",
    ["Unlabeled", "unlabelled", "no_label", "not labeled", "unsorted", "to_label", "not sure"],
)
def test_what_nobody_labelled_stays_out(name):
    place = read_tree(["train/one", "train/two", f"train/{name}"]).places[f"train/{name}"]
    assert place.label is None and "nobody has labelled" in place.reason


@pytest.mark.parametrize("name", ["images", "stuff"])
def test_what_only_one_side_has_stays_out(name):
    tree = read_tree(["train/one", "train/two", "test/one", f"test/{name}"])
    place = tree.places[f"test/{name}"]
    assert place.label is None and place.reason
    kept = read_tree(["train/one", "test/one", f"test/{name}"], {name})
    assert kept.places[f"test/{name}"].label == name


def test_a_label_that_is_no_count_may_miss_on_one_side():
    found = read("train/rock", "train/paper", "train/lizard", "test/rock", "test/paper")
    assert found["train/lizard"] == ("lizard", "train", None)


def test_where_levels_compete_the_other_one_is_named_and_can_be_chosen():
    folders = ["1/1", "1/2", "2/1", "2/2"]
    tree = read_tree(folders)
    assert (tree.level, tree.others) == (2, {1: ["1", "2"]})
    assert read(*folders, level=1)["2/1"] == ("2", None, "1")


@pytest.mark.parametrize(
    "folders", [["data"], [""], ["train", "test"], ["p01", "p02"], ["DCIM/100APPLE"]]
)
def test_folders_that_mean_no_label_give_none(folders):
    assert not read_tree(folders).labels
