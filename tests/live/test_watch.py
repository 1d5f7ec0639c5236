"""Committed counts of a clip, from its frames to its lines."""

import numpy as np
import pytest

from fingercount.imaging.roi import Square
from fingercount.live.recognizer import LiveSettings
from fingercount.live.watch import commits
from tests.live.test_recognizer import Told, TwoHands, with_second


def frames(values, fps=10):
    return [(n / fps, np.full((60, 80, 3), v, np.uint8)) for n, v in enumerate(values)]


def test_each_change_of_what_is_held_is_told_once_with_its_time():
    said = list(
        commits(Told(), frames([0] * 10 + [1] + [0] * 5 + [2] * 8 + [3] * 8), Square(), FAST)
    )
    assert [(c.label, c.count) for c in said] == [("two", 2), ("none", None), ("not sure", None)]
    assert [c.time for c in said] == pytest.approx([0.3, 1.9, 2.7])
    assert said[0].confidence == pytest.approx(0.9)
    assert set(said[0].to_json()) == {"time", "count", "label", "confidence"}


FAST = LiveSettings(smooth=0, hold=0.3)


@pytest.mark.parametrize("second, times", [(0.9, 1), (0.1, 0)], ids=["two hands", "one"])
def test_two_hands_in_the_square_are_told_once_and_change_no_count(second, times):
    crops = [(n / 10, with_second(0, second)) for n in range(20)]
    crops += [(2 + n / 10, with_second(0, 0.0)) for n in range(20)]
    crops += [(4 + n / 10, with_second(0, second)) for n in range(20)]
    told = []
    said = list(commits(TwoHands(), crops, Square(), on_second_hand=lambda: told.append(1)))
    assert len(told) == times
    assert [c.to_json() for c in said] == [
        c.to_json() for c in commits(Told(), crops, Square())
    ] and len(said) == 1
