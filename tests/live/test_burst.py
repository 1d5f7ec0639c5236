"""Bursts keep their rate, and end with a word."""

import errno
import threading
import time

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.live.burst import Burst
from fingercount.live.guard import Guard
from tests.live.test_viewfinder import frame


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


def test_a_camera_of_the_very_rate_loses_no_frame_to_rounding():
    for begun in (0, 0.3, 1 / 3, 1234.56789, 66824.008078587, 1.7e9):
        burst = Burst(Folder(), count=None, rate=10, settle=30)
        taken = [burst.offer(frame(), now=begun + n / 10) for n in range(30)]
        burst.stop()
        assert all(taken), begun


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


def test_what_is_taken_after_the_button_was_let_go_is_not_saved():
    folder = Folder()
    burst = Burst(folder, count=None, rate=10, settle=30)
    begun = time.monotonic()
    for n in range(8):
        assert burst.offer(frame(n), now=begun + n / 10)
    burst.let_go(held=0.35)  # the news comes late: photos 4 to 7 show a hand that goes away
    assert burst.wait(10) and burst.saved == 4 and burst.message is None
    assert [int(photo[0, 0, 0]) for photo in folder.photos] == [0, 1, 2, 3]
    assert not burst.offer(frame(), now=begun + 9)


def test_a_tap_is_one_photo_even_before_the_first_frame():
    folder = Folder()
    burst = Burst(folder, count=None, rate=10, settle=0.1)
    burst.let_go(held=0.05)
    burst.offer(frame(1))
    burst.offer(frame(2))
    assert burst.wait(10) and len(folder.photos) == 1


def test_copies_of_the_last_photo_are_counted_and_not_saved():
    rng = np.random.default_rng(0)
    moved = [rng.integers(0, 256, (48, 48, 3), np.uint8) for _ in range(3)]
    folder = Folder()
    burst = Burst(folder, count=None, rate=10, guard=Guard())
    for n, crop in enumerate([moved[0], moved[0], moved[0], moved[1], moved[2]]):
        assert burst.offer(crop, now=n)
    burst.let_go(held=9)
    assert burst.wait(10)
    assert burst.saved == 3 and burst.left_out == 2 and len(burst.recent) == 3


def test_whoever_ends_it_says_why():
    burst = Burst(Folder(), count=5)
    burst.stop("You left the page.")
    assert (
        burst.wait(10)
        and burst.message == "You left the page."
        and burst.so_far.startswith("0 of 5")
    )
