"""Saving what the camera sees."""

import errno
import threading

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.live.viewfinder import Burst, Sitting, Viewfinder, continue_sitting


def frame(value=0, shape=(480, 640, 3)):
    return np.full(shape, value, np.uint8)


class Folder:
    """Saves into a list; full after `room` photos; `hold` keeps the disk busy."""

    def __init__(self, room=1000, error=None):
        self.photos, self.room = [], room
        self.error = error or FingercountError("No space left; free some.")
        self.go = threading.Event()
        self.go.set()

    def __call__(self, crop):
        assert self.go.wait(10)
        if len(self.photos) == self.room:
            raise self.error
        self.photos.append(crop)


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


def test_one_photo_is_one_photo():
    folder = Folder()
    burst = Burst(folder, count=1)
    assert burst.offer(frame(7), now=0)
    assert burst.wait(10) and burst.saved == 1 and burst.message is None
    assert not burst.offer(frame(8), now=9)
    assert [int(photo[0, 0, 0]) for photo in folder.photos] == [7]


@pytest.mark.parametrize("rate", [2, 5, 10])
def test_a_burst_keeps_its_rate_whatever_the_camera_gives(rate):
    burst = Burst(Folder(), count=10_000, rate=rate)
    taken = 0
    for n in range(300):  # ten seconds of video
        while burst._crops.full():  # the writer is a thread; the rate is what is tested here
            pass
        taken += burst.offer(frame(), now=n / 30)
    burst.stop()
    assert taken == pytest.approx(10 * rate, abs=1)


def test_a_pause_of_the_camera_is_not_caught_up():
    burst = Burst(Folder(), count=100, rate=5)
    times = [t for t in (0, 0.2, 9, 9.01, 9.02, 9.2) if burst.offer(frame(), now=t)]
    burst.stop()
    assert times == [0, 0.2, 9, 9.2]


def test_a_full_disk_ends_the_burst_and_keeps_what_was_saved():
    folder = Folder(room=3)
    burst = Burst(folder, count=10, rate=10)
    for n in range(10):
        burst.offer(frame(n), now=n)
    assert burst.wait(10)
    assert burst.saved == len(folder.photos) == 3
    assert burst.message == "Stopped after 3 of 10 photos. No space left; free some."
    assert not burst.offer(frame(), now=99)


def test_an_unforeseen_error_ends_the_burst_too():
    burst = Burst(Folder(room=0, error=OSError(errno.EIO, "I/O error")), count=2)
    burst.offer(frame(), now=0)
    assert burst.wait(10) and "I/O error" in burst.message


def test_a_slow_disk_never_holds_the_video_up():
    folder = Folder()
    folder.go.clear()
    burst = Burst(folder, count=100, rate=30)
    offered = [burst.offer(frame(), now=n) for n in range(30)]
    assert 1 <= sum(offered) <= 10, "what cannot be written soon is not taken"
    burst.stop()
    folder.go.set()


def test_a_camera_that_goes_away_ends_the_burst_with_advice():
    burst = Burst(Folder(), count=5, patience=0)
    assert burst.wait(10)
    assert "start it again" in burst.message


def test_a_sitting_ends_with_the_person_the_dataset_or_new_session():
    names = iter("abcdefgh")
    new = lambda: next(names)  # noqa: E731
    first = continue_sitting(None, "hands", "Ada ", new)
    assert first == Sitting("hands", "Ada", "a")
    assert continue_sitting(first, "hands", "Ada", new) is first
    assert continue_sitting(first, "hands", "Bob", new).session == "b"
    assert continue_sitting(first, "other", "Ada", new).session == "c"
    assert continue_sitting(None, "hands", "Ada", new).session == "d"


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
