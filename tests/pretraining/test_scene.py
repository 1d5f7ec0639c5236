"""One training picture: moved without losing a fingertip, and repeatable."""

import numpy as np
import pytest

from fingercount.pretraining import scene
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe
from tests.conftest import draw

RECIPE = Recipe(size=64)
SHAPES = pytest.mark.parametrize("shape", [(80, 80), (60, 90), (90, 45)], ids=str)


def photo(shape=(80, 80), low=0.25, high=0.75, **options):
    rgb = draw("two", size=100)[: shape[0], : shape[1]]
    rng = np.random.default_rng(1)
    xy = rng.uniform(low, high, (21, 2)).astype(np.float32)
    return HandPhoto(np.ascontiguousarray(rgb), "two", "ada", "g", "h", xy, **options)


def draws(made, n=60, backgrounds=()):
    return [scene.draw(made, list(backgrounds), RECIPE, np.random.default_rng(i)) for i in range(n)]


@SHAPES
@pytest.mark.parametrize(
    "reach", [(0.25, 0.75), (0.02, 0.98)], ids=["in-the-middle", "to-the-edge"]
)
def test_landmarks_stay_in_the_picture(shape, reach):
    made = photo(shape, *reach)
    for i in range(200):
        _, moved = scene.place(made, RECIPE, np.random.default_rng(i))
        outside = np.maximum(-moved, moved - 1).max()
        # From a corner of the photo even the last resort, a little turn, may lead out a little.
        bound = scene.FINGERTIP_MARGIN if reach[0] == 0.25 else 0.1
        assert outside <= bound, "a fingertip outside changes the count"


@SHAPES
def test_pictures_keep_the_photos_shape(shape):
    for picture in draws(photo(shape), 20):
        assert picture.rgb.shape == (*shape, 3) and picture.rgb.dtype == np.uint8
        assert picture.landmarks.dtype == np.float32


def test_landmarks_move_with_the_pixels():
    """A bright dot at each landmark is found where the moved landmark says."""
    made = photo((80, 80))
    rgb = np.zeros((80, 80, 3), np.uint8)
    made.landmarks = np.tile([[0.3, 0.6]], (21, 1)).astype(np.float32)
    rgb[46:51, 22:27] = 255
    made.rgb = rgb
    from fingercount.augment import warp

    for i in range(40):
        matrix, moved = scene.place(made, RECIPE, np.random.default_rng(i))
        y, x = np.nonzero(warp(rgb, matrix)[..., 0] > 100)
        assert (x.mean() / 80, y.mean() / 80) == pytest.approx(moved[0], abs=0.03)


def test_without_landmarks_it_never_zooms_in_much():
    made = photo()
    made.landmarks = None
    for i in range(100):
        matrix, moved = scene.place(made, RECIPE, np.random.default_rng(i))
        assert moved is None
        assert abs(np.linalg.det(matrix[:, :2])) < 1.05


def test_the_same_generator_draws_the_same_picture():
    first, second, other = (
        scene.draw(photo(), [], RECIPE, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert (first.rgb == second.rgb).all() and (first.landmarks == second.landmarks).all()
    assert (first.rgb != other.rgb).any()


def test_a_cut_out_hand_moves_to_another_place():
    made = photo(
        cutout=np.zeros((80, 80), np.uint8)
    )  # a hand of no opacity: only the place is seen
    background = np.full((50, 70, 3), (0, 200, 0), np.uint8)
    pictures = [
        scene.draw(made, [background], Recipe(cutout=1.0), np.random.default_rng(i))
        for i in range(10)
    ]
    greener = [p.rgb[..., 1].mean() >= p.rgb[..., 0].mean() for p in pictures]
    assert all(greener)


def test_opacity_decides_what_is_pasted():
    hand, place = np.full((4, 4, 3), 200, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    opacity = np.zeros((4, 4), np.uint8)
    opacity[0], opacity[1] = 255, 128
    out = scene.paste(hand, opacity, place)
    assert (out[0] == 200).all() and (out[2:] == 100).all()
    assert out[1] == pytest.approx(150, abs=1)


@pytest.mark.parametrize("size", [(40, 40), (64, 20)], ids=str)
def test_a_background_of_any_size_fills_the_picture(size):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        assert scene.fill(draw("one", size=30), size, rng).shape == (size[1], size[0], 3)


def test_the_camera_keeps_shape_and_type():
    rgb = draw("two", size=50)[:40]
    for seed in range(60):
        seen = scene.camera(rgb, np.random.default_rng(seed))
        assert seen.shape == rgb.shape and seen.dtype == np.uint8
