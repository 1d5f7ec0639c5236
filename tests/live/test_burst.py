"""Bursts keep their rate, and end with a word."""

import errno
import threading

import pytest

from fingercount.errors import FingercountError
from fingercount.live.burst import Burst
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
