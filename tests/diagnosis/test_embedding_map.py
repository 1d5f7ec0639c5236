"""The map: alike stays near, photos keep their places, the cache may go at any time."""

import sys

import numpy as np
import pytest

from fingercount.diagnosis import embedding_map, tsne
from fingercount.diagnosis.embedding_map import FEW, lay_out


def clouds(n=40, seed=0):
    rng = np.random.default_rng(seed)
    middle = 6 * rng.normal(size=(5, 512))
    features = np.repeat(middle, n, 0) + rng.normal(size=(5 * n, 512))
    return features.astype(np.float32), np.repeat(np.arange(5), n)


def purity(places, kind):
    """Return the share of photos whose nearest on the map is of their kind."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, 9)
    return (kind[distances.argmin(1)] == kind).mean()


@pytest.fixture
def asked(monkeypatch):
    """How many photos each t-SNE was asked to lay out."""
    sizes, embed = [], tsne.embed

    def counting(vectors, progress=None):
        sizes.append(len(vectors))
        return embed(vectors, progress or (lambda done, total: None))

    monkeypatch.setattr(tsne, "embed", counting)
    return sizes


@pytest.mark.parametrize("n", [8, 40], ids=["few", "many"])
def test_photos_alike_lie_near_each_other(n):
    features, kind = clouds(n)
    places = lay_out(features)
    assert places.shape == (5 * n, 2) and places.min() >= 0 and places.max() <= 1
    assert purity(places, kind) > 0.95


def test_the_same_photos_give_the_same_map_in_any_order():
    features, _ = clouds(24)
    order = np.random.default_rng(1).permutation(len(features))
    assert np.array_equal(lay_out(features)[order], lay_out(features[order]))


def test_it_is_kept_and_read_again(tmp_path, asked):
    features, _ = clouds(24)
    told = []
    first = lay_out(features, keep_in=tmp_path, progress=lambda *at: told.append(at))
    assert told and told == sorted(told) and all(done <= total for done, total in told)
    assert np.array_equal(first, lay_out(features, keep_in=tmp_path))
    assert asked == [120]
    lay_out(clouds(24, seed=1)[0], keep_in=tmp_path)
    assert asked == [120, 120], "other photos have another map"


def test_photos_stay_where_they_are_when_some_come_or_go(tmp_path, asked):
    features, kind = clouds(40)
    first = lay_out(features[6:], keep_in=tmp_path)
    fewer = lay_out(features[20:], keep_in=tmp_path)
    assert np.array_equal(first[14:], fewer)
    more = lay_out(features, keep_in=tmp_path)
    assert np.array_equal(first, more[6:]) and purity(more, kind) > 0.95
    assert asked == [194]


@pytest.mark.parametrize("damage", [b"", b"no map", b"PK\x03\x04 cut off"])
def test_a_damaged_cache_is_as_none(tmp_path, damage):
    (tmp_path / "map.npz").write_bytes(damage)
    known, _ = embedding_map._read(tmp_path / "map.npz", np.array(["a", "b"]))
    assert not known.any()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, FEW - 1])
def test_any_number_of_photos_has_a_map(n):
    features = np.random.default_rng(n).normal(size=(n, 512)).astype(np.float32)
    places = lay_out(features)
    assert places.shape == (n, 2) and np.isfinite(places).all()


@pytest.mark.filterwarnings("error")
def test_photos_that_are_all_the_same_have_a_map():
    assert np.isfinite(lay_out(np.ones((FEW, 512), np.float32))).all()


def test_of_many_photos_the_others_go_to_their_like(monkeypatch, asked):
    monkeypatch.setattr(embedding_map, "MANY", 100)
    features, kind = clouds(40)
    assert purity(lay_out(features), kind) > 0.95
    assert asked == [100]


def test_where_tsne_is_not_installed_the_main_directions_do(monkeypatch, tmp_path):
    features, kind = clouds(24)
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    assert purity(lay_out(features, keep_in=tmp_path), kind) > 0.8
    assert not list(tmp_path.iterdir()), "the next time it is tried again"
