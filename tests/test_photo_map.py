"""The map: alike stays near, the same photos lie the same, the cache may go at any time."""

import numpy as np
import pytest

from fingercount import photo_map
from fingercount.photo_map import lay_out


def clouds(n=40, seed=0):
    rng = np.random.default_rng(seed)
    middle = 6 * rng.normal(size=(3, 512))
    features = np.repeat(middle, n, 0) + rng.normal(size=(3 * n, 512))
    return features.astype(np.float32), np.repeat([0, 1, 2], n)


def test_photos_alike_lie_near_each_other():
    features, kind = clouds()
    places = lay_out(features)
    assert places.shape == (120, 2) and places.min() >= 0 and places.max() <= 1
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, 9)
    assert (kind[distances.argmin(1)] == kind).mean() > 0.95


def test_the_same_photos_give_the_same_map():
    features, _ = clouds(20)
    assert np.array_equal(lay_out(features), lay_out(features))


def test_it_is_kept_and_read_again(tmp_path, monkeypatch):
    features, _ = clouds(20)
    told = []
    first = lay_out(features, keep_in=tmp_path, progress=lambda *at: told.append(at))
    assert told and told[-1][0] <= told[-1][1]
    monkeypatch.setattr(photo_map, "_embed", lambda *_: pytest.fail("laid out again"))
    assert np.array_equal(first, lay_out(features, keep_in=tmp_path))


@pytest.mark.parametrize("damage", [b"", b"no map"])
def test_a_damaged_cache_is_made_anew(tmp_path, damage):
    features, _ = clouds(12)
    first = lay_out(features, keep_in=tmp_path)
    (file,) = tmp_path.glob("map-*.npy")
    file.write_bytes(damage)
    assert np.array_equal(first, lay_out(features, keep_in=tmp_path))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 29, 30])
def test_any_number_of_photos_has_a_map(n):
    features = np.random.default_rng(n).normal(size=(n, 512)).astype(np.float32)
    places = lay_out(features)
    assert places.shape == (n, 2) and np.isfinite(places).all()


def test_of_many_photos_the_others_go_to_their_like(monkeypatch):
    monkeypatch.setattr(photo_map, "MANY", 60)
    features, kind = clouds(60)
    places = lay_out(features)
    middles = np.stack([places[kind == k].mean(0) for k in range(3)])
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(1)
    assert (nearest == kind).mean() > 0.95
