"""Words on a frame."""

import numpy as np
import pytest

from fingercount.imaging.overlay import write, write_over


@pytest.mark.parametrize("text", ["3", "10", "no hand", "not sure", "a label " * 3])
@pytest.mark.parametrize("shape", [(480, 640, 3), (640, 360, 3), (90, 160, 3)])
@pytest.mark.parametrize("background", [0, 255], ids=["on black", "on white"])
def test_words_are_legible_and_stay_in_the_corner(text, shape, background):
    frame = write(np.full(shape, background, np.uint8), text)
    corner = frame[: shape[0] // 2]
    assert corner.max() > 150, "the ink is light"
    assert corner.min() < 100, "the plate is dark"
    assert (frame[-shape[0] // 3 :] == background).all(), "the lower third stays as it was"
    assert (frame[:, -2:] == background).all(), "long words are made to fit"


def test_a_frame_too_small_for_words_is_no_error():
    assert write(np.zeros((5, 6, 3), np.uint8), "no hand").shape == (5, 6, 3)


def test_another_count_looks_different():
    two, three = (write(np.zeros((240, 320, 3), np.uint8), text) for text in "23")
    assert (two != three).any()


def test_letters_that_its_font_has_not_are_left_out():
    frame = np.full((48, 64, 3), 90, np.uint8)
    assert np.array_equal(write(frame.copy(), "fünf"), frame)
    assert not np.array_equal(write(frame.copy(), "funf"), frame)


@pytest.mark.parametrize(
    "box, where",
    [((0, 80, 320, 400), slice(20, 80)), ((320, 0, 640, 320), slice(0, 110))],
    ids=["above where there is room", "inside elsewhere"],
)
@pytest.mark.parametrize("text", ["3", "not sure"])
def test_a_word_over_a_box_stays_above_it_or_at_its_top(box, where, text):
    frame = np.full((480, 640, 3), 90, np.uint8)
    write_over(frame, box, text)
    changed = (frame != 90).any(axis=2)
    left, _, right, _ = box
    assert changed[where, left:right].any()
    changed[0 : where.stop, left:right] = False
    assert not changed.any(), "the hand in the box and the other box stay as they were"
