"""Whole frames with the hand's box: the hand in its surroundings, and those without it."""

import csv

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from fingercount.pretraining.scenes import load_scenes

COLUMNS = ["path", "split", "label", "group", "hands_found", "x0", "y0", "x1", "y1"]
RED = (220, 20, 20)


@pytest.fixture
def frames(tmp_path):
    """A function that writes frames, each with a red hand, and boxes.csv; returns the folder."""

    def write(*rows, columns=COLUMNS):
        with (tmp_path / "boxes.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            for row in rows:
                row = {"split": "train", "label": "two", "group": "p1", "hands_found": 1, **row}
                box = dict(zip(("x0", "y0", "x1", "y1"), row.pop("box", (20, 60, 60, 100))))
                writer.writerow(row | box)
                rgb = np.full((160, 240, 3), (30, 90, 150), np.uint8)
                rgb[box["y0"] : box["y1"], box["x0"] : box["x1"]] = RED
                (tmp_path / row["path"]).write_bytes(encode_jpeg(rgb))
        return tmp_path

    return write


def is_red(rgb):
    return (rgb[..., 0] > 150) & (rgb[..., 1] < 80)


def test_a_frame_shows_the_hand_with_what_is_around_it(frames):
    hand, *_ = load_scenes(frames({"path": "ada_two_1.jpg"}), ["ada"])
    assert (hand.label, hand.source, hand.group) == ("two", "ada", "p1")
    rows, columns = np.nonzero(is_red(hand.rgb))
    height, width = hand.rgb.shape[:2]
    found = [columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height]
    assert found == pytest.approx(hand.box, abs=0.03)
    assert 0.1 < is_red(hand.rgb).mean() < 0.4


def test_what_is_clear_of_the_hand_is_none(frames):
    _, *rest = load_scenes(frames({"path": "ada_two_1.jpg"}), ["ada"])
    assert rest and {photo.label for photo in rest} == {"none"}
    for photo in rest:
        assert not is_red(photo.rgb).any() and photo.rgb.shape[0] == photo.rgb.shape[1]


def test_frames_of_validation_and_with_two_hands_are_left_out(frames):
    folder = frames(
        {"path": "ada_1.jpg", "split": "validation"}, {"path": "ada_2.jpg", "hands_found": 2}
    )
    assert load_scenes(folder, ["ada"]) == []


def test_a_frame_belongs_to_the_longest_name_that_it_begins_with(frames):
    folder = frames({"path": "ada_1.jpg"}, {"path": "ada_home_1.jpg"}, {"path": "bob_1.jpg"})
    assert {photo.source for photo in load_scenes(folder, ["ada", "ada_home"])} == {
        "ada",
        "ada_home",
    }


@pytest.mark.parametrize(
    "columns", [None, ["path", "x0", "y0", "x1", "y1"]], ids=["no-table", "no-label"]
)
def test_a_table_that_is_none_is_advice(frames, tmp_path, columns):
    folder = frames({"path": "ada_1.jpg"}, columns=columns) if columns else tmp_path
    with pytest.raises(FingercountError, match="not a table of frames"):
        load_scenes(folder, ["ada"])
