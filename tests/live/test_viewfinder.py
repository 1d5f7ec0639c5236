"""Saving what the camera sees."""

import numpy as np

from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live.viewfinder import Viewfinder


def frame(value=0, shape=(480, 640, 3)):
    return np.full(shape, value, np.uint8)


def test_the_crop_is_clean_and_the_picture_is_drawn_on():
    seen = []
    view = Viewfinder(Square(size=0.5), on_crop=seen.append, caption=lambda: "3")
    rgb = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    picture = view.show(rgb)
    assert (view.crop == Square(size=0.5).crop(rgb)).all() and seen[0] is view.crop
    assert (picture != rgb).any()
    view.close()
    assert view.crop is None and view.frames == 0


def test_frames_may_change_size_and_the_square_its_place():
    view = Viewfinder(Square())
    assert view.show(frame()).shape == (480, 640, 3)
    view.square = Square(0, 0, 0.5)
    assert view.show(frame(shape=(360, 480, 3))).shape == (360, 480, 3)
    assert view.crop.shape == (180, 180, 3)


def test_a_mirror_changes_what_is_shown_and_not_what_is_saved():
    frame = np.zeros((60, 80, 3), np.uint8)
    frame[:, :40] = 200  # bright where the camera's left is
    view = Viewfinder(Square(0.9, 0.5, 0.5), mirror=True)
    shown = view.show(frame)
    assert shown[5, 75].min() > shown[5, 5].max(), "the viewer sees it on the right"
    assert (view.crop == 200).all(), "the square is where the viewer sees it"
    marked = frame.copy()
    marked[:, 0] = 9
    view.square = Square(0.8, 0.5, 1)
    view.show(marked)
    assert (view.crop[:, 0] == 9).all(), "the crop is as the camera sees it"


def halves(left, right):
    rgb = np.full((480, 640, 3), left, np.uint8)
    rgb[:, 320:] = right
    return rgb


def test_two_squares_give_two_crops_and_each_has_its_word():
    seen = []
    view = Viewfinder(
        Square(), on_crop=lambda *crops: seen.append(crops), caption=lambda: ("3", "5")
    )
    view.pair = TwoSquares()
    rgb = halves(60, 180)
    picture = view.show(rgb)
    assert seen == [view.crops] and [crop.shape for crop in view.crops] == [(320, 320, 3)] * 2
    assert (view.crops[0] == 60).all() and (view.crops[1] == 180).all()
    assert view.crop is view.crops[0]
    for side in (slice(0, 320), slice(320, 640)):
        assert picture[:80, side].max() == 255, "a word above each"
        assert (picture[85:395, side][:, 5:-5] == rgb[85:395, side][:, 5:-5]).all()
    view.pair = None
    view.show(rgb)
    assert [crop.shape for crop in view.crops] == [(480, 480, 3)]


def test_in_a_mirror_the_left_square_is_at_the_viewer_s_left():
    view = Viewfinder(Square(), mirror=True)
    view.pair = TwoSquares()
    shown = view.show(halves(60, 180))
    assert shown[200, 100].min() > shown[200, 500].min(), "the viewer sees it on the other side"
    assert (view.crops[0] == 180).all() and (view.crops[1] == 60).all()
    marked = halves(60, 180)
    marked[:, 320] = 9
    view.show(marked)
    assert (view.crops[0][:, 0] == 9).all(), "the crop is as the camera sees it"
