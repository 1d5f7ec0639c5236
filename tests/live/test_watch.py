"""Committed counts of a clip, from its frames to its lines."""

import numpy as np
import pytest

from fingercount.imaging.roi import Square
from fingercount.live.recognizer import LiveSettings
from fingercount.live.watch import commits
from tests.live.test_recognizer import Told


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
