"""Pictures with two hands: put together as asked, and with one hand in all the same ways."""

import cv2
import numpy as np
import pytest

from fingercount.pretraining import pairs as made
from fingercount.pretraining.pairs import Pairs
from fingercount.pretraining.photos import HandPhoto

HAND, WALL = (230, 180, 150), (30, 60, 90)
WAYS = ("pasted", "beside", "mirrored", "joined")


def a_hand(side=100, label="two", group="a", cut=True):
    """A photo of a bright upright block before a dark wall, on the left of its photo."""
    rgb = np.full((side, side, 3), WALL, np.uint8)
    rgb[30:70, 15:40] = HAND
    landmarks = np.tile(np.float32([[0.15, 0.3], [0.4, 0.7], [0.2, 0.5]]), (7, 1))
    cutout = np.zeros((side, side), np.uint8)
    cutout[30:70, 15:40] = 255
    return HandPhoto(rgb, label, "set", group, "hash", landmarks, cutout=cutout if cut else None)


@pytest.fixture
def pairs():
    photos = [a_hand(), a_hand(label="one", group="b")]
    photos.append(HandPhoto(np.full((80, 80, 3), WALL, np.uint8), "none", "set", "c", "wall"))
    return Pairs(photos)


def pieces(rgb):
    """Return how many bright pieces of some size are in a picture."""
    bright = (rgb.astype(int).sum(2) > 330).astype(np.uint8)
    n, _, stats, _ = cv2.connectedComponentsWithStats(bright)
    return sum(stats[k, cv2.CC_STAT_AREA] > 60 for k in range(1, n))


def test_a_number_is_always_the_same_picture(pairs):
    first, again, other = pairs.draw(0, 5), pairs.draw(0, 5), pairs.draw(0, 6)
    assert (first.rgb == again.rgb).all() and (first.two, first.way) == (again.two, again.way)
    assert first.rgb.shape != other.rgb.shape or (first.rgb != other.rgb).any()


def test_every_way_is_drawn_with_two_hands_and_without(pairs):
    drawn = [pairs.draw(0, n) for n in range(200)]
    assert {(p.way, p.two) for p in drawn} == {
        ("alone", False),
        *((way, two) for way in WAYS for two in (False, True)),
    }
    for picture in drawn:
        assert picture.rgb.dtype == np.uint8 and max(picture.rgb.shape) <= made.SIDE
        assert picture.rgb.ndim == 3 and picture.rgb.shape[2] == 3


@pytest.mark.parametrize("way", ["beside", "mirrored", "joined"])
def test_two_hands_are_two_and_one_is_one(pairs, way, monkeypatch):
    monkeypatch.setattr(Pairs, "_distract", lambda self, rgb, *_: rgb)
    monkeypatch.setattr(made.scene, "clutter", lambda rgb, *_: rgb)
    size = (made.SIDE, made.SIDE)
    found = {
        two: [pieces(getattr(pairs, way)(two, size, np.random.default_rng(n))) for n in range(40)]
        for two in (False, True)
    }
    assert max(found[False]) <= 1
    # Two may touch, or one may lie partly outside and be small.
    assert np.mean(np.array(found[True]) == 2) > 0.6 and max(found[True]) == 2


def test_where_two_hands_go_is_apart_and_mostly_side_by_side():
    level = 0
    for n in range(200):
        extents, middles = made._apart((100, 100), np.random.default_rng(n))
        away = np.abs(middles[0] - middles[1])
        assert away.max() > 47 * extents.sum() and (extents >= 0.16).all()
        level += away[0] > away[1]
    assert level > 140


def test_a_mate_is_the_same_hand_one_of_the_same_person_or_any():
    photos = [a_hand(group="a"), a_hand(group="a"), *(a_hand(group=str(n)) for n in range(20))]
    pool, rng = made.Pool(photos), np.random.default_rng(0)
    mates = [pool.mate(photos[0], rng) for _ in range(400)]
    same = sum(mate is photos[0] for mate in mates) / 400
    person = sum(mate.group == "a" for mate in mates) / 400
    assert 0.45 < same < 0.68 and 0.65 < person < 0.85


@pytest.mark.parametrize("pixels", [3, -3, 0])
def test_moved_down_continues_the_edge(pixels):
    rgb = np.arange(10, dtype=np.uint8)[:, None, None].repeat(4, 1).repeat(3, 2)
    matrix = np.array([[1, 0, 0], [0, 1, pixels]], np.float32)
    expected = cv2.warpAffine(rgb, matrix, (4, 10), borderMode=cv2.BORDER_REPLICATE)
    assert (made._moved_down(rgb, pixels) == expected).all()
