"""A whole clip's counts as stretches, a table and subtitles."""

import csv
import io

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.live.clip_counts import Stretch, count_clip, crop_at, stretches, to_csv, to_srt
from fingercount.live.recognizer import LiveSettings
from fingercount.live.watch import Commit
from tests.imaging.test_video import write_video

FOUND = [
    Stretch(0.2, 61.5, "two", 2, 0.91234),
    Stretch(61.5, 3661.0405, "none", None, 0.5),
]


class ByBrightness:
    """Says "two" of what is dark and "five" of what is bright."""

    name, classes, threshold = "light", ["two", "five"], 0.5

    def predict(self, photos):
        return np.array([[0.9, 0.1] if photo.mean() < 128 else [0.1, 0.9] for photo in photos])


def test_a_clip_is_counted_from_change_to_change(tmp_path):
    path, seen = write_video(tmp_path / "a.mp4", [20] * 25 + [230] * 25), []
    counts = count_clip(ByBrightness(), path, Square(), LiveSettings(0, 0.2), seen.append)
    assert [(one.label, one.count) for one in counts.stretches] == [("two", 2), ("five", 5)]
    first, second = counts.stretches
    assert first.start == pytest.approx(0.2, abs=0.03) and first.end == second.start
    assert second.start == pytest.approx(1.2, abs=0.03)
    assert second.end == counts.seconds == pytest.approx(49 / 25, abs=0.03) == seen[-1]
    with path.open("rb") as file:
        assert count_clip(ByBrightness(), file, Square(), LiveSettings(0, 0.2)) == counts


def test_a_crop_is_of_the_frame_at_that_time(tmp_path):
    path = write_video(tmp_path / "a.mp4", [20] * 25 + [230] * 25)
    assert crop_at(path, 0.5, Square()).mean() < 60
    assert crop_at(path, 1.5, Square()).mean() > 200
    assert crop_at(path, 99, Square(size=0.5)).shape == (24, 24, 3)
    with pytest.raises(FingercountError):
        crop_at(tmp_path / "none.mp4", 0, Square())


def test_what_never_holds_is_no_stretch():
    assert stretches([], 5) == []
    told = [Commit(1, 2, "two", 0.9), Commit(1, 3, "three", 0.9), Commit(4, None, "none", 0.9)]
    assert [(one.label, one.start, one.end) for one in stretches(told, 4)] == [("three", 1, 4)]


def test_the_table_and_the_subtitles():
    rows = list(csv.DictReader(io.StringIO(to_csv(FOUND))))
    assert rows[0] == {
        "start": "0.200",
        "end": "61.500",
        "count": "2",
        "label": "two",
        "confidence": "0.9123",
    }
    assert (rows[1]["count"], rows[1]["label"]) == ("", "none")
    assert to_srt(FOUND) == (
        "1\n00:00:00,200 --> 00:01:01,500\n2\n\n2\n00:01:01,500 --> 01:01:01,040\nno hand\n"
    )
