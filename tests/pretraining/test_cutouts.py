"""Lifting a hand off a plain wall, and refusing where the wall is not plain."""

import cv2
import numpy as np
import pytest

from fingercount.pretraining import cutouts
from fingercount.pretraining.cutouts import BONES, border_roughness, cut_out, cut_out_all
from fingercount.pretraining.prepared import Prepared
from fingercount.pretraining.scene import paste
from fingercount.synthetic import render

SIZE = 120


def landmarks() -> np.ndarray:
    """An open hand: a palm with five fingers, as fractions of the photo."""
    xy = np.zeros((21, 2), np.float32)
    xy[0] = (0.5, 0.85)
    for finger, (x, tip) in enumerate(
        zip((0.25, 0.38, 0.5, 0.62, 0.74), (0.45, 0.2, 0.15, 0.2, 0.3))
    ):
        for k in range(4):
            xy[1 + 4 * finger + k] = (x, 0.6 + (tip - 0.6) * k / 3)
    return xy


def drawn_hand(noise: float) -> tuple[np.ndarray, np.ndarray]:
    """A flesh-coloured hand before a wall; returns (photo, where the hand is)."""
    rng = np.random.default_rng(0)
    rgb = np.full((SIZE, SIZE, 3), (90, 120, 150), np.float32)
    rgb += rng.normal(0, 1, rgb.shape) * noise
    mask = np.zeros((SIZE, SIZE), np.uint8)
    points = np.round(landmarks() * SIZE).astype(int)
    for a, b in BONES:
        cv2.line(mask, points[a].tolist(), points[b].tolist(), 1, 9)
    cv2.fillConvexPoly(mask, cv2.convexHull(points[[0, 1, 5, 9, 13, 17]]), 1)
    rgb[mask == 1] = (225, 180, 150)
    return np.clip(rgb, 0, 255).astype(np.uint8), mask == 1


def test_a_hand_before_a_plain_wall_is_found():
    rgb, hand = drawn_hand(noise=1.5)
    opacity = cut_out(rgb, landmarks())
    assert opacity.shape == hand.shape and opacity.dtype == np.uint8
    found = opacity > 127
    overlap = (found & hand).sum() / (found | hand).sum()
    assert overlap > 0.85
    assert opacity[:4].max() == 0, "the wall in the corners is none of it"


def test_before_a_restless_wall_nothing_is_lifted():
    rgb, _ = drawn_hand(noise=60)
    assert cut_out(rgb, landmarks()) is None


@pytest.mark.parametrize("noise, rough", [(0, False), (2, False), (60, True)])
def test_roughness_is_of_the_wall_and_not_of_the_hand(noise, rough):
    from fingercount.pretraining.cutouts import PLAIN

    rgb, hand = drawn_hand(noise)
    near = cv2.dilate(hand.astype(np.uint8), np.ones((9, 9), np.uint8))
    assert (border_roughness(rgb, near) > PLAIN) == rough


def test_a_hand_that_fills_the_photo_has_no_wall_to_judge():
    rgb, _ = drawn_hand(0)
    assert border_roughness(rgb, np.ones((SIZE, SIZE), np.uint8)) == np.inf


@pytest.mark.parametrize("size", [8, 120])
def test_where_there_is_no_hand_to_see_nothing_is_lifted(size):
    assert cut_out(np.full((size, size, 3), 128, np.uint8), landmarks()) is None


def test_what_was_cut_out_before_changes_nothing():
    # A drawn hand is too easy to find: its cut would be the same in any case.
    hand = render(np.random.default_rng(1), size=SIZE, label="five")
    cuts = []
    for before in range(4):
        cv2.setRNGSeed(before)
        cuts.append(cut_out(hand.image, hand.landmarks))
    assert cuts[0] is not None
    assert all(np.array_equal(cut, cuts[0]) for cut in cuts[1:])


def test_what_was_cut_out_once_is_kept_and_is_the_same(tmp_path, monkeypatch):
    hand = render(1, size=120, label="five", effects=0)
    wall = np.full((120, 120, 3), (70, 110, 150), np.uint8)
    photo = paste(hand.image, hand.mask, wall)
    noise = np.random.default_rng(0).integers(0, 256, photo.shape, dtype=np.uint8)
    hands = [(photo, hand.landmarks), (noise, hand.landmarks)]
    store, said = Prepared(tmp_path / "a.sqlite"), []
    first = cut_out_all(hands, store, lambda *numbers: said.append(numbers))
    assert (first[0] == cut_out(*hands[0])).all() and first[1] is None
    assert said[0] == (0, 2) and said[-1] == (2, 2)
    monkeypatch.setattr(cutouts, "cut_out", None)  # cutting out again would fail
    again = cut_out_all(hands, store)
    assert (again[0] == first[0]).all() and again[1] is None
