"""Fingers bent away in photos: rendered hands before a plain wall stand for them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from fingercount.labels import count_of
from fingercount.pretraining.bend_fingers import (
    SHORTEST,
    bend,
    bend_photos,
    distance,
    foreshorten,
    nearest_bone,
)
from fingercount.pretraining.cutouts import BONES
from fingercount.pretraining.photos import BENT, FINGERTIPS, HandPhoto, real
from fingercount.pretraining.scene import paste
from fingercount.synthetic import render

WALL = (70, 110, 150)


def hand(label: str, seed: int = 0) -> HandPhoto:
    drawn = render(np.random.default_rng(seed), size=160, label=label, effects=0.0)
    wall = np.broadcast_to(np.array(WALL, np.uint8), drawn.image.shape)
    rgb = paste(drawn.image, drawn.mask, wall)
    fingers = np.array(drawn.fingers)
    return HandPhoto(rgb, label, "set", "me", "abc", drawn.landmarks, fingers, drawn.mask)


def at(pixels, photo: HandPhoto, landmark: int):
    height, width = photo.cutout.shape
    x, y = np.floor(photo.landmarks[landmark] * (width, height)).astype(int)
    return pixels[min(y, height - 1), min(x, width - 1)]


@pytest.fixture(scope="module")
def five() -> HandPhoto:
    return hand("five")


def lengths(photo: HandPhoto) -> np.ndarray:
    return np.linalg.norm(photo.landmarks[FINGERTIPS] - photo.landmarks[[2, 5, 9, 13, 17]], axis=1)


def test_an_open_hand_shows_every_count_from_one_to_its_own(five):
    bent = bend_photos([five], 2, seed=0)
    assert [photo.label for photo in bent] == [
        label for label in ("one", "two", "three", "four", "five") for _ in range(2)
    ]
    assert all(photo.fingers.sum() == count_of(photo.label) for photo in bent)


def test_a_hand_of_four_keeps_its_folded_finger_folded():
    four = hand("four")
    bent = bend_photos([four], 1, seed=0)
    assert [photo.label for photo in bent] == ["one", "two", "three", "four"]
    assert not any((photo.fingers & ~four.fingers).any() for photo in bent)


def test_hands_not_cut_out_or_hardly_open_are_passed_over(five):
    three, uncut, unknown = hand("three"), hand("five"), hand("five")
    uncut.cutout = unknown.fingers = None
    assert bend_photos([three, uncut, unknown], 1, seed=0) == []
    assert bend_photos([five], 0, seed=0) == []


@pytest.mark.parametrize("finger", range(5))
def test_where_the_finger_was_there_is_wall(five, finger):
    bent = bend(five, [finger], np.random.default_rng(finger))
    tip = FINGERTIPS[finger]
    assert at(five.cutout, five, tip) > 200
    assert at(bent.cutout, five, tip) == 0
    assert np.abs(at(bent.rgb, five, tip).astype(int) - WALL).max() <= 12
    for other in set(range(5)) - {finger}:
        assert (
            at(bent.rgb, five, FINGERTIPS[other]) == at(five.rgb, five, FINGERTIPS[other])
        ).all()
        assert at(bent.cutout, five, FINGERTIPS[other]) > 200


def test_its_landmarks_end_in_what_is_left_of_it(five):
    for seed in range(6):
        bent = bend(five, [1, 4], np.random.default_rng(seed))
        for tip in FINGERTIPS[[1, 4]]:
            assert at(bent.cutout, bent, tip) > 127
        for tip in FINGERTIPS[[0, 2, 3]]:
            assert (bent.landmarks[tip] == five.landmarks[tip]).all()


@pytest.mark.parametrize("finger", range(5))
def test_a_foreshortened_finger_is_shorter_and_still_up(five, finger):
    for seed in range(4):
        short = foreshorten(five, [finger], np.random.default_rng(seed))
        assert (short.label, short.source) == ("five", BENT)
        assert (short.fingers == five.fingers).all()
        shares = lengths(short) / lengths(five)
        assert SHORTEST - 0.01 <= shares[finger] <= 0.91
        assert np.delete(shares, finger) == pytest.approx(1)
        # Its skin ends where its landmark says, and where it ended there is wall.
        assert at(short.cutout, short, FINGERTIPS[finger]) > 127
        assert at(short.cutout, five, FINGERTIPS[finger]) < at(
            five.cutout, five, FINGERTIPS[finger]
        )


def test_of_its_own_count_a_hand_is_never_the_photo_itself(five):
    own = [photo for photo in bend_photos([five], 12, seed=3) if photo.label == "five"]
    assert all((lengths(photo) < 0.95 * lengths(five)).any() for photo in own)


def test_the_wall_is_lit_as_before(five):
    bent = bend(five, [1, 2, 3], np.random.default_rng(0))
    far = cv2.dilate(five.cutout, np.ones((25, 25), np.uint8)) == 0
    assert far.sum() > 1000
    assert (bent.rgb[far] == five.rgb[far]).all()


def test_the_photo_itself_stays_as_it_was(five):
    before = [part.copy() for part in (five.rgb, five.cutout, five.landmarks, five.fingers)]
    bend(five, [0, 2], np.random.default_rng(0))
    foreshorten(five, [0, 2], np.random.default_rng(0))
    for part, earlier in zip((five.rgb, five.cutout, five.landmarks, five.fingers), before):
        assert (part == earlier).all()


def test_the_same_seed_bends_the_same_fingers(five):
    first, again, other = (bend_photos([five], 1, seed) for seed in (1, 1, 2))
    assert all((a.rgb == b.rgb).all() for a, b in zip(first, again))
    assert any((a.rgb != b.rgb).any() for a, b in zip(first, other))


def test_a_bent_photo_is_no_more_photos(five):
    bent = bend_photos([five], 1, seed=0)
    assert {(photo.source, photo.hash) for photo in bent} == {(BENT, "abc")}
    assert all(photo.made == BENT for photo in bent)
    assert real([five, *bent]) == [five]


def test_a_set_may_be_called_what_a_made_picture_is(five):
    photo = replace(five, source=BENT)
    assert real([photo]) == [photo]


def test_each_pixel_belongs_to_its_nearest_bone(five):
    points = five.landmarks * 160
    owner = nearest_bone(points, 160, 160)
    y, x = np.mgrid[:160, :160] + 0.5
    far = np.stack([distance(np.stack([x, y], -1), points[a], points[b]) for a, b in BONES])
    chosen = np.take_along_axis(far, owner[None].astype(int), 0)[0]
    # Bones are drawn on whole pixels, and distances summed in steps.
    assert (chosen - far.min(0)).max() < 3


def test_one_finger_at_most_bends_at_its_middle_joint_alone(five):
    hooked = []
    for seed in range(20):
        bent = bend(five, [1, 2, 3, 4], np.random.default_rng(seed))
        roots, middles = five.landmarks[[5, 9, 13, 17]], five.landmarks[[6, 10, 14, 18]]
        left = np.linalg.norm(bent.landmarks[FINGERTIPS[1:]] - roots, axis=1)
        hooked.append(int((left > 0.5 * np.linalg.norm(middles - roots, axis=1)).sum()))
    assert set(hooked) == {0, 1}
