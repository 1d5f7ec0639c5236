"""Distances between photos, as the network sees them."""

import numpy as np
import pytest

from fingercount.diagnosis.distances import MOST, between_groups, to_nearest


@pytest.fixture
def photos():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 8)).astype(np.float32), np.arange(60) // 20


def slow(features, groups):
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    table = 1 - unit @ unit.T
    table[groups[:, None] == groups[None]] = np.inf
    return table.min(1)


def test_the_nearest_of_another_group(photos):
    features, groups = photos
    assert between_groups(features, groups) == pytest.approx(slow(features, groups), abs=1e-6)
    assert len(between_groups(features, np.zeros(60, int))) == 0


def test_of_many_photos_some_from_all_over_are_asked(photos):
    features, groups = photos
    found = between_groups(features, groups, most=7)
    assert found == pytest.approx(slow(features, groups)[[0, 10, 20, 30, 39, 49, 59]], abs=1e-6)


def test_what_many_photos_say_is_what_all_say():
    """The limit is a percentile, so some of them say it nearly as well."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(2 * MOST, 4)).astype(np.float32)
    groups = np.arange(len(features)) % 5
    some = np.percentile(between_groups(features, groups), 95)
    every = np.percentile(between_groups(features, groups, most=len(features)), 95)
    assert some == pytest.approx(every, rel=0.05)


def test_the_nearest_of_others(photos):
    features, _ = photos
    assert to_nearest(features[:3], features) == pytest.approx([0, 0, 0], abs=1e-6)
