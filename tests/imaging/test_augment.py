"""The transforms behind the sliders: the count stays, the shape stays, the copy can be repeated."""

from dataclasses import fields

import numpy as np
import pytest

from fingercount.imaging.augment import Augment, erase, similarity, warp
from tests.conftest import draw

NAMES = [slider.name for slider in fields(Augment)]
STILL = Augment(*[0.0] * len(NAMES))


def alone(name):
    """One transform at its most, all others off."""
    most = {slider.name: slider.metadata["most"] for slider in fields(Augment)}
    return Augment(**{key: most[key] if key == name else 0.0 for key in NAMES})


def photo(shape=(60, 60)):
    return np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(60, 60), (40, 90), (90, 40)], ids=str)
def test_all_off_changes_nothing(shape):
    rgb = photo(shape)
    assert STILL.changes_nothing and not Augment().changes_nothing
    assert (STILL(rgb, np.random.default_rng(1)) == rgb).all()


@pytest.mark.parametrize("name", NAMES)
def test_each_alone_changes_something_and_keeps_the_shape(name):
    rgb, augment = draw("two", size=60), alone(name)
    before = rgb.copy()
    assert not augment.changes_nothing
    copies = [augment(rgb, np.random.default_rng(seed)) for seed in range(5)]
    assert all(copy.shape == rgb.shape and copy.dtype == np.uint8 for copy in copies)
    assert any((copy != rgb).any() for copy in copies)
    assert (rgb == before).all(), "the photo itself is left alone"


@pytest.mark.parametrize("shape", [(40, 90), (90, 40), (7, 5)], ids=str)
def test_all_together_keeps_any_shape(shape):
    augment = Augment(erasing=1, blur=3)
    copy = augment(photo(shape), np.random.default_rng(3))
    assert copy.shape == (*shape, 3) and copy.dtype == np.uint8


def test_the_same_generator_makes_the_same_copy():
    augment = Augment(blur=1, erasing=0.5)
    a, b, c = (augment(photo(), np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert (a == b).all() and (a != c).any()


def test_flip_mirrors():
    rgb = photo()
    flipped = alone("flip")(rgb, np.random.default_rng(0))
    assert (flipped[:, 1:] == rgb[:, :0:-1]).all()


def test_flip_is_drawn_for_its_share_of_the_copies():
    rgb, augment = draw("two"), Augment(**{**dict.fromkeys(NAMES, 0.0), "flip": 0.5})
    changed = sum((augment(rgb, np.random.default_rng(i)) != rgb).any() for i in range(200))
    assert 70 < changed < 130


@pytest.mark.parametrize("shape", [(128, 128), (200, 80)], ids=str)
def test_erasing_covers_a_small_patch_of_one_colour(shape):
    rgb = np.zeros((*shape, 3), np.uint8)
    shares = []
    for seed in range(100):
        out = erase(rgb, np.random.default_rng(seed))
        covered = out.any(2)
        shares.append(covered.mean())
        if covered.any():
            assert len(np.unique(out[covered], axis=0)) == 1
    assert max(shares) <= 0.065, "6 %, give or take the rounding to whole pixels"
    assert np.mean(shares) > 0.02


def test_what_comes_into_view_is_never_a_mirrored_finger():
    """A bar that touches the left edge, moved right: what appears continues it and adds none."""
    rgb = np.zeros((60, 60, 3), np.uint8)
    rgb[:, 10:20] = 255  # one finger, a little off the edge
    moved = warp(rgb, similarity((30, 30), 0.0, 1.0, (25, 0)))
    row = moved[30, :, 0] > 128
    assert np.diff(row.astype(int)).tolist().count(1) == 1, "still one finger"
    edge = np.zeros((60, 60, 3), np.uint8)
    edge[:, :5] = 255
    assert (warp(edge, similarity((30, 30), 0.0, 1.0, (25, 0)))[30, :25] > 128).all()


@pytest.mark.parametrize(
    "angle, scale, shift, mirror, point, expected",
    [
        pytest.param(0, 1, (5, -3), 1, (10, 10), (15, 7), id="shift"),
        pytest.param(np.pi / 2, 1, (0, 0), 1, (20, 10), (10, 20), id="turn"),
        pytest.param(0, 2, (0, 0), 1, (15, 10), (20, 10), id="zoom"),
        pytest.param(0, 1, (0, 0), -1, (15, 12), (5, 12), id="mirror"),
    ],
)
def test_similarity_moves_points_about_the_centre(angle, scale, shift, mirror, point, expected):
    matrix = similarity((10, 10), angle, scale, shift, mirror)
    assert matrix @ (*point, 1) == pytest.approx(expected)


def test_brightness_brightens_and_darkens():
    rgb = np.full((20, 20, 3), 100, np.uint8)
    means = [alone("brightness")(rgb, np.random.default_rng(i)).mean() for i in range(20)]
    assert min(means) < 80 and max(means) > 120
