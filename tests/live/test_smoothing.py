"""Averaging over moments, and committing what is held."""

import numpy as np
import pytest

from fingercount.live.smoothing import Debouncer, Smoother


def test_smoother_is_the_mean_of_its_window_and_forgets_what_is_older():
    smoother = Smoother(seconds=1)
    assert smoother.update(np.array([1.0, 0.0]), 0) == pytest.approx([1, 0])
    assert smoother.update(np.array([0.0, 1.0]), 0.5) == pytest.approx([0.5, 0.5])
    assert smoother.update(np.array([0.0, 1.0]), 1.2) == pytest.approx([0, 1])
    assert Smoother(seconds=0).update(np.array([0.2, 0.8]), 7) == pytest.approx([0.2, 0.8])


def committed(hold: Debouncer, answers: str, fps: float = 10) -> str:
    """Return what is committed after each answer, "-" for nothing yet; letters are answers."""
    return "".join(hold.update(answer, n / fps) or "-" for n, answer in enumerate(answers))


@pytest.mark.parametrize(
    "answers, expected",
    [
        pytest.param("aaaaaa", "---aaa", id="held"),
        pytest.param("aaaaabaaaa", "---aaaaaaa", id="one-odd-answer"),
        pytest.param("aaaabbbbbb", "---aaaabbb", id="change"),
        pytest.param("aaaabcdbbbb", "---aaaaaaab", id="passing-through"),
        pytest.param("abababab", "--------", id="never-held"),
    ],
)
def test_an_answer_is_committed_once_it_was_held(answers, expected):
    assert committed(Debouncer(0.3), answers) == expected


def test_holding_for_no_time_commits_at_once():
    assert committed(Debouncer(0), "aabba") == "aabba"
