"""Light, sharpness, tilt, size and edge go the way that a person would say."""

import cv2
import numpy as np
import pytest

from fingercount.imaging.quality import NAMES, measure


def hand(angle=0.0, width=20, height=90, centre=(64, 70), size=128) -> np.ndarray:
    """A bar of skin's colour on a wall."""
    rgb = np.full((size, size, 3), (70, 90, 110), np.uint8)
    box = cv2.boxPoints((centre, (width, height), angle)).astype(np.int32)
    return cv2.fillPoly(rgb, [box], (210, 160, 130))


def value(rgb, name: str) -> float:
    return measure(rgb)[NAMES.index(name)]


@pytest.mark.parametrize(
    "name, less, more",
    [
        ("brightness", hand() // 3, hand()),
        ("contrast", hand() // 3 + 60, hand()),
        ("sharpness", cv2.GaussianBlur(hand(), (15, 15), 0), hand()),
        ("tilt", hand(), hand(angle=40)),
        ("size", hand(height=50), hand(width=40)),
        ("edge", hand(height=60), hand(centre=(64, 110))),
    ],
)
def test_it_rises_with_what_it_is_named_after(name, less, more):
    assert value(less, name) < value(more, name)


@pytest.mark.parametrize("angle", [0, 20, 45, -30])
def test_tilt_is_in_degrees_from_upright(angle):
    assert value(hand(angle=angle, height=70, centre=(64, 64)), "tilt") == pytest.approx(
        abs(angle), abs=4
    )


def test_what_has_no_direction_has_no_tilt():
    assert np.isnan(value(hand(width=50, height=50), "tilt"))


@pytest.mark.parametrize(
    "rgb", [np.zeros((9, 7, 3), np.uint8), np.full((300, 200, 3), 255, np.uint8)]
)
def test_a_photo_of_one_colour_is_measured_too(rgb):
    told = measure(rgb)
    assert told.shape == (len(NAMES),) and np.isfinite(told[:3]).all()
