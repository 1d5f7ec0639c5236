"""Times, copies and runs in the names of photos."""

import re

import numpy as np
import pytest

from fingercount.data import name_times
from fingercount.data.name_times import (
    augmented,
    ends_in_time,
    original_of,
    run_name,
    runs,
    time_of,
)
from fingercount.data.splits import parse_name

AT = 1715940239.0  # 2024-05-17, 10:03:59


@pytest.mark.parametrize(
    "stem",
    [
        "2024-05-17-10-03-59",
        "2024_05_17_10_03_59",
        "2024-05-17T10:03:59",
        "2024-05-17T10-03-59Z",
        "20240517-100359",
        "20240517100359",
        "IMG_20240517_100359",
        "1715940239",
        "WhatsApp Image 2024-05-17 at 10.03.59",
        "2024-05-17T10-03-59+02-00",
    ],
)
def test_a_time_is_read_and_is_no_session(stem):
    assert time_of(stem) == AT and ends_in_time(stem) and parse_name(stem) is None


@pytest.mark.parametrize(
    ("stem", "part"),
    [
        ("2024-05-17-10-03-59-123456", 0.123456),
        ("PXL_20240517_100359250", 0.25),
        ("1715940239500", 0.5),
        ("2024-05-17T10-03-59.125", 0.125),
    ],
)
def test_parts_of_a_second(stem, part):
    assert time_of(stem) == pytest.approx(AT + part) and parse_name(stem) is None


@pytest.mark.parametrize(
    ("stem", "session", "number"),
    [
        ("20260102-101500-0003", "20260102-101500", 3),
        ("2024-05-17-10-03-59-1", "2024-05-17-10-03-59", 1),
        ("ann-0001", "ann", 1),
        ("2024-05-17-3", "2024-05-17", 3),
    ],
)
def test_a_number_behind_a_session_stays_one(stem, session, number):
    assert parse_name(stem) == (session, number)


@pytest.mark.parametrize("stem", ["20249999-996199", "IMG-0001", "12345678", "2024-05-17"])
def test_what_is_no_time(stem):
    assert time_of(stem) is None


def test_only_a_gap_begins_a_run():
    times = {"a": 0.0, "c": 1200.0, "b": 800.0, "d": 2101.0}
    assert runs(times) == {"a": 0, "b": 0, "c": 0, "d": 1}
    assert runs({}) == {} and run_name(AT) == "20240517-100359"


def test_copies_of_one_photo():
    assert original_of("hand_jpg.rf.0a1b2c3d4e5f6071") == "hand_jpg"
    assert original_of("hand.rf.jpg") is None
    stems = ["x_0_12", "x_0_9876", "x_1_3", "IMG_20240517_100359", "IMG_20240517_100400"]
    assert augmented(stems) == {"x_0_12": "x_0", "x_0_9876": "x_0"}


def test_names_of_our_own_are_seen_at_once_and_say_what_they_would_say_anyway(monkeypatch):
    rng = np.random.default_rng(0)
    stems = [
        f"{rng.integers(1900, 2100)}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}-"
        f"{rng.integers(24):02d}{rng.integers(60):02d}{rng.integers(60):02d}-{number}"
        for number in ["0000", "0001", "1959", "2001", "23595", "99999", *range(1000, 3000, 7)]
    ]
    assert not any(map(ends_in_time, stems))
    assert {parse_name(stem)[0] for stem in stems} == {stem[:15] for stem in stems}
    looked = []
    with monkeypatch.context() as patch:
        patch.setattr(name_times, "_found", looked.append)
        for stem in stems:
            ends_in_time(stem)
    assert looked == []
    monkeypatch.setattr(name_times, "_OWN", re.compile("nothing"))
    assert not any(map(ends_in_time, stems))
