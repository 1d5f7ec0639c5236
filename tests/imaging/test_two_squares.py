"""Two squares for two hands: side by side in any frame, and never one over the other."""

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.roi import GREEN, Square, draw_squares
from fingercount.imaging.two_squares import TwoSquares

FRAMES = [(640, 480), (1280, 720), (480, 640), (101, 33), (103, 103), (33, 101), (66, 99)]


@pytest.mark.parametrize("frame", FRAMES, ids=str)
@pytest.mark.parametrize("x", [0, 0.2, 0.25, 0.26, 0.33, 0.4])
@pytest.mark.parametrize("size", [0.1, 0.47, 1])
def test_they_are_the_same_size_inside_the_frame_and_apart(frame, x, size):
    left, right = (square.box(*frame) for square in TwoSquares(x, 0.3, size).at(*frame))
    assert left[2] - left[0] == right[2] - right[0] == left[3] - left[1] == right[3] - right[1]
    assert left[0] >= 0 and left[2] <= right[0] and right[2] <= frame[0]
    assert left[1] == right[1] >= 0 and left[3] == right[3] <= frame[1]


@pytest.mark.parametrize(
    "frame, left, right",
    [
        ((640, 480), (0, 80, 320, 400), (320, 80, 640, 400)),
        ((1600, 480), (160, 0, 640, 480), (960, 0, 1440, 480)),
        ((480, 640), (0, 200, 240, 440), (240, 200, 480, 440)),
    ],
    ids=["webcam", "very wide", "portrait"],
)
def test_by_default_they_are_as_large_as_there_is_room_for(frame, left, right):
    assert tuple(square.box(*frame) for square in TwoSquares().at(*frame)) == (left, right)


def test_the_size_is_a_share_of_the_largest():
    left, _ = TwoSquares(size=0.5).at(640, 480)
    assert left.box(640, 480) == (80, 160, 240, 320)


def test_both_are_drawn_in_one_go_and_the_frame_stays_clean():
    rgb = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    before = rgb.copy()
    both = TwoSquares(size=0.8).at(640, 480)
    drawn = draw_squares(rgb, both)
    assert (rgb == before).all()
    for square in both:
        left, top, right, bottom = square.box(640, 480)
        assert (drawn[top, left:right] == GREEN).all()
        assert (
            drawn[top + 9 : bottom - 9, left + 9 : right - 9] == square.crop(rgb)[9:-9, 9:-9]
        ).all()
    assert (drawn[:40] == rgb[:40] - rgb[:40] // 4).all(), "the rest is darker"
    assert (draw_squares(rgb, [Square(size=0.5)]) == Square(size=0.5).draw(rgb)).all()


def test_parse_reads_what_str_writes():
    squares = TwoSquares.parse(" 0.2, 0.6,0.8")
    assert squares == TwoSquares(0.2, 0.6, 0.8)
    assert TwoSquares.parse(str(squares)) == squares


@pytest.mark.parametrize("text", ["", "0.5,0.5", "a,b,c", "0.5,0.5,1", "0.2,0.5,0", "nan,0.5,1"])
def test_parse_says_what_to_write_instead(text):
    with pytest.raises(FingercountError, match=r"fractions|from 0 to"):
        TwoSquares.parse(text)
