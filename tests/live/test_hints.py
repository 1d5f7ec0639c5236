"""Hints: each where its cause was made, none on a good picture."""

import cv2
import numpy as np
import pytest

from fingercount.live.hints import EVERY, Hints, hint_of


def hand(size=200, scale=1.0) -> np.ndarray:
    """Return a bright shape with fingers on a textured wall."""
    rng = np.random.default_rng(0)
    picture = np.clip(rng.normal(110, 6, (size, size, 3)), 0, 255).astype(np.uint8)
    middle, reach = size // 2, int(55 * scale)
    cv2.circle(picture, (middle, middle + reach // 2), reach // 2, (225, 180, 150), -1)
    for x in (-0.5, 0.0, 0.5):
        end = (int(middle + x * reach), middle - reach)
        cv2.line(picture, (middle, middle), end, (225, 180, 150), max(2, int(14 * scale)))
    return picture


@pytest.mark.parametrize(
    "picture, hint",
    [
        pytest.param(hand(), None, id="good"),
        pytest.param(hand() // 30, "dark", id="dark"),
        pytest.param(cv2.GaussianBlur(hand(), (0, 0), 9), "blurred", id="blurred"),
        pytest.param(hand(scale=0.3), "small", id="small"),
        pytest.param(np.full((200, 200, 3), 120, np.uint8), None, id="empty-wall"),
    ],
)
def test_the_one_thing_that_most_needs_doing(picture, hint):
    said = hint_of(picture)
    assert said is None if hint is None else hint in said


def test_a_hint_comes_and_goes_only_when_it_lasts():
    hints, dark, good = Hints(), hand() // 30, hand()
    times = np.arange(10) * EVERY
    shown = [
        hints.of(p, t) for p, t in zip([good, dark, good, dark, dark, good, good, good], times)
    ]
    assert [bool(hint) for hint in shown] == [False, False, False, False, True, True, False, False]


def test_between_two_looks_it_costs_nothing_and_says_the_same():
    hints = Hints()
    hints.of(hand() // 30, 0)
    assert "dark" in hints.of(hand() // 30, EVERY)
    assert "dark" in hints.of(None, EVERY * 1.5)
