"""The square: one geometry for what is saved and what is drawn."""

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.roi import GREEN, Square


@pytest.mark.parametrize("frame", [(640, 480), (480, 360), (360, 640), (1920, 1080), (101, 33)])
@pytest.mark.parametrize("x", [0, 0.31, 0.5, 1])
@pytest.mark.parametrize("size", [0.1, 0.47, 1])
def test_box_is_a_square_wholly_inside_any_frame(frame, x, size):
    left, top, right, bottom = Square(x, 1 - x, size).box(*frame)
    assert 0 <= left < right <= frame[0]
    assert 0 <= top < bottom <= frame[1]
    assert right - left == bottom - top == round(size * min(frame))


def test_default_is_centred_and_as_high_as_the_frame():
    assert Square().box(640, 480) == (80, 0, 560, 480)


def test_the_crop_is_what_stands_inside_the_drawn_edge():
    rgb = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    square = Square(0.7, 0.4, 0.5)
    left, top, right, bottom = square.box(640, 480)
    before = rgb.copy()
    crop, drawn = square.crop(rgb), square.draw(rgb)

    assert (crop == before[top:bottom, left:right]).all()
    assert (rgb == before).all(), "drawing must leave the frame clean"
    assert (drawn[top, left:right] == GREEN).all() and (drawn[top:bottom, right - 1] == GREEN).all()
    assert (drawn[top + 9 : bottom - 9, left + 9 : right - 9] == crop[9:-9, 9:-9]).all()
    drawn[:] = 0
    assert (square.crop(rgb) == crop).all()


def test_the_same_place_is_cropped_when_the_camera_changes_its_size():
    square = Square(0.25, 0.5, 0.5)
    large = [edge / 640 for edge in square.box(640, 480)]
    small = [edge / 320 for edge in square.box(320, 240)]
    assert large == pytest.approx(small, abs=1 / 320)


def test_drawing_survives_a_tiny_frame():
    assert Square(size=0.1).draw(np.zeros((9, 12, 3), np.uint8)).shape == (9, 12, 3)


def test_parse_reads_what_str_writes():
    square = Square.parse(" 0.25, 0.5,0.8")
    assert square == Square(0.25, 0.5, 0.8)
    assert Square.parse(str(square)) == square


@pytest.mark.parametrize(
    "text", ["", "0.5,0.5", "a,b,c", "0.5;0.5;1", "0.5,0.5,0", "2,0,1", "nan,0,1"]
)
def test_parse_says_what_to_write_instead(text):
    with pytest.raises(FingercountError, match=r"fractions|from 0 to 1"):
        Square.parse(text)


def test_a_mirrored_square_shows_the_same_place():
    frame = np.arange(60 * 80 * 3, dtype=np.uint32).reshape(60, 80, 3)
    square = Square(0.3, 0.4, 0.5)
    seen = square.crop(frame[:, ::-1])
    assert np.array_equal(square.mirrored.crop(frame), seen[:, ::-1])
