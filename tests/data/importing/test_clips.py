import numpy as np
import pytest

from fingercount.data.importing.clips import distinct_frames


def frame(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3))
    return np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8)


def test_near_copies_are_left_out_also_when_they_come_back():
    frames = [(n * 0.5, frame(seed)) for n, seed in enumerate([1, 1, 2, 1, 3])]
    kept = distinct_frames(frames)
    assert [k.tobytes() for k in kept] == [frame(seed).tobytes() for seed in (1, 2, 3)]


def test_long_clips_give_some_of_the_whole():
    kept = distinct_frames(((float(n), frame(n)) for n in range(100)), most=10)
    assert len(kept) == 10
    assert kept[-1].tobytes() in {frame(n).tobytes() for n in range(80, 100)}


def test_frames_that_follow_at_once_are_skipped():
    assert len(distinct_frames((n / 30, frame(n)) for n in range(30))) == 5


@pytest.mark.parametrize("rate", [5, 10, 15, 20])
def test_no_frame_is_lost_to_rounding(rate):
    clip = [(n / rate, frame(n)) for n in range(3 * rate)]
    kept = distinct_frames(clip)
    assert [k.tobytes() for k in kept] == [rgb.tobytes() for _, rgb in clip[:: rate // 5]]
