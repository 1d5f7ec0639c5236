"""More than chance, or not: the interval of a difference on the same photos."""

import pytest

from fingercount.evaluation.change import Change


def test_the_interval_is_agresti_and_mins():
    # By hand: (9.5 - 4.5) / 52 = .0962; sqrt(14 - 25 / 52) / 52 = .0707
    low, high = Change(50, 30, 35, 9, 4).interval
    assert (low, high) == (pytest.approx(-0.0425, abs=1e-3), pytest.approx(0.2348, abs=1e-3))
