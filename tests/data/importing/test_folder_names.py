import pytest

from fingercount.data.importing.folder_names import count_in, made_label
from fingercount.errors import FingercountError


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *[(name, "one") for name in ("1", "one", " One", "01_one", "class_1", "Class 1")],
        *[(name, "two") for name in ("2_fingers", "two-samples", "2-samples", "two (2)")],
        *[(name, "two") for name in ("two - Copy", "two_up", "twoFingers", "2L", "\u270c\ufe0f")],
        *[(name, "five") for name in ("5\ufe0f\u20e3", "\U0001f590", "five_fingers", "label-5")],
        *[(name, "none") for name in ("none", "no_hand", "NoHand", "no hand-samples")],
        *[(name, "none") for name in ("no_gesture", "train_val_no_gesture", "test_no_hand")],
        ("train_one", "one"),
        ("three3", "three"),
    ],
)
def test_names_with_a_count_in_them(name, label):
    assert count_in(name).label == label


@pytest.mark.parametrize(
    "name",
    [
        "person_1",
        "p01",
        "set_1",
        "set-2",
        "sample_1",
        "session 3",
        "one+thumb",
        "1_2",
        "one_two",
        "fist",
        "train_1",
        "2024-05-17",
        "100APPLE",
        "class_12",
        "✌✋",
        "phone",
        "often",
    ],
)
def test_names_without_a_clear_count(name):
    assert count_in(name) is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("one+thumb", "one-thumb"),
        ("rock & roll", "rock-roll"),
        ("\U0001f44d", "thumbs-up-sign"),
        ("a/b", "a-b"),
        ("x" * 90, "x" * 64),
        ("thumbs up", "thumbs up"),
    ],
)
def test_any_name_becomes_a_label(name, label):
    assert made_label(name) == label


@pytest.mark.parametrize("name", ["...", "con", "not sure", "train"])
def test_names_that_can_be_none(name):
    with pytest.raises(FingercountError):
        made_label(name)
