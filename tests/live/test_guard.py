"""The guard says what is wrong with a photo, and keeps what is not a copy of the last."""

import numpy as np
import pytest

from fingercount.live import guard
from fingercount.live.guard import Guard
from fingercount.synthetic import render


@pytest.fixture(scope="module")
def hand():
    return render(4, label="three", size=240, effects=0).image


def turned(rgb, steps=1):
    return np.rot90(rgb, steps).copy()


def test_the_same_picture_again_is_not_kept_and_a_turned_one_is(hand):
    noise = np.random.default_rng(0).integers(-6, 7, hand.shape)
    again = np.clip(hand + noise, 0, 255).astype(np.uint8)
    look = Guard().look
    assert look(hand).keep
    assert not look(again).keep and look(again).fault == guard.UNCHANGED
    assert look(turned(hand)).keep
    assert look(hand).keep, "only the last one counts"


def test_dark_blurred_and_empty_are_said_and_kept(hand):
    dark = (hand * 0.03).astype(np.uint8)
    verdict = Guard(lambda crop: True).look(dark)
    assert verdict.keep and verdict.fault == guard.TOO_DARK
    verdict = Guard(lambda crop: False).look(hand)
    assert verdict.keep and verdict.fault == guard.NOBODY
    assert Guard(lambda crop: True).look(hand).fault is None


def test_where_no_hand_is_to_be_there_only_the_light_matters(hand):
    wall = np.full_like(hand, 128)
    assert Guard(None).look(wall).fault is None
    assert Guard(None).look(wall // 64).fault == guard.TOO_DARK
