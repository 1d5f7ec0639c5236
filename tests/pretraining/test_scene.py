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
    return [
        scene.draw(made, list(backgrounds), RECIPE, np.random.default_rng(i), 64) for i in range(n)
    ]


@SHAPES
@pytest.mark.parametrize(
    "reach", [(0.25, 0.75), (0.02, 0.98)], ids=["in-the-middle", "to-the-edge"]
)
def test_fingers_stay_in_the_picture(shape, reach):
    made, recipe = photo(shape, *reach), Recipe(most_extent=2.0)
    for i in range(200):
        _, moved = scene.place_hand(made, recipe, np.random.default_rng(i))
        fingers = moved[scene.MUST_BE_SEEN]
        outside = np.maximum(-fingers, fingers - 1).max()
        assert outside < 1e-6, "a fingertip outside changes the count"


@SHAPES
def test_of_a_hand_whose_box_alone_is_known_all_stays_in_the_picture(shape):
    made = photo(shape, box=(0.2, 0.3, 0.5, 0.7))
    made.landmarks = None
    left, top, right, bottom = made.box
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    size = np.array(shape[::-1])
    for i in range(100):
        matrix, landmarks = scene.place_hand(
            made, Recipe(most_extent=2.0), np.random.default_rng(i)
        )
        moved = ((corners * size) @ matrix[:, :2].T + matrix[:, 2]) / size
        assert landmarks is None and moved.min() > -1e-6 and moved.max() < 1 + 1e-6


def hand(low, high):
    """Landmarks of an upright hand [21, 2]: the wrist below, the fingertips above."""
    across, along = np.meshgrid(np.linspace(low, high, 5), np.linspace(high, low, 5)[1:])
    fingers = np.stack([across.T, along.T], -1).reshape(20, 2)
    return np.concatenate([[[(low + high) / 2, high]], fingers]).astype(np.float32)


def spans_of(made, recipe, n=400):
    """Return (landmarks [n, 21, 2], share of the picture that each hand spans [n])."""
    placed = [scene.place_hand(made, recipe, np.random.default_rng(i))[1] for i in range(n)]
    return np.stack(placed), np.array([np.ptp(moved, axis=0).max() for moved in placed])


@pytest.mark.parametrize("low", [0.1, 0.3])
def test_hands_are_drawn_in_every_size_however_large_they_are_in_the_photo(low):
    made = photo()
    made.landmarks = hand(low, 0.9 - low)
    placed, spans = spans_of(made, RECIPE)
    assert RECIPE.least_extent <= spans.min() < 0.22
    for least, most in [(0.3, 0.45), (0.45, 0.6), (0.6, 0.75)]:
        assert 0.1 < ((spans > least) & (spans < most)).mean() < 0.25
    whole = np.abs(placed[spans < 1] - 0.5).max() - 0.5
    assert whole < 1e-6, "what fits is whole"


def test_of_hands_larger_than_the_picture_the_palm_is_cut_off():
    made = photo()
    made.landmarks = hand(0.1, 0.8)
    placed, spans = spans_of(made, Recipe(most_extent=1.4))
    assert 0.1 < (spans > 1).mean() < 0.4 and spans.max() > 1.2
    wrist = np.abs(placed[spans > 1, 0] - 0.5).max(1) - 0.5
    assert (wrist > 0.1).mean() > 0.2


def test_small_hands_are_not_enlarged_to_a_blur():
    made = photo(low=0.45, high=0.5)
    assert max(scales_of(made, Recipe(stretch=0))) == pytest.approx(scene.ZOOM)


def scales_of(made, recipe):
    matrices = [scene.place_hand(made, recipe, np.random.default_rng(i))[0] for i in range(300)]
    return [np.sqrt(abs(np.linalg.det(matrix[:, :2]))) for matrix in matrices]


@SHAPES
def test_pictures_keep_the_photos_shape(shape):
    for picture in draws(photo(shape), 20):
        height, width = (round(64 * side / max(shape)) for side in shape)
        assert picture.rgb.shape == (height, width, 3) and picture.rgb.dtype == np.uint8
        assert picture.landmarks.dtype == np.float32


@SHAPES
@pytest.mark.parametrize("size", [32, 80, 128], ids=["shrunk", "same", "enlarged"])
def test_landmarks_move_with_the_pixels(size, shape):
    """A bright dot at a landmark is found where the moved landmark says."""
    made = photo(shape)
    rgb = np.zeros((*shape, 3), np.uint8)
    x, y = round(0.3 * shape[1]), round(0.6 * shape[0])
    made.landmarks[0] = x / shape[1], y / shape[0]
    rgb[y - 2 : y + 2, x - 2 : x + 2] = 255
    placed = [scene.place_hand(made, RECIPE, np.random.default_rng(i)) for i in range(100)]
    well_inside = [(m, xy) for m, xy in placed if np.abs(xy[0] - 0.5).max() < 0.3]
    assert len(well_inside) > 25
    for matrix, moved in well_inside:
        seen = scene._Move(rgb.shape, matrix, size)(rgb).astype(float)[..., 0]
        rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]] + 0.5
        centre = np.array([(columns * seen).sum(), (rows * seen).sum()]) / seen.sum()
        assert centre == pytest.approx(moved[0] * seen.shape[::-1], abs=0.6), "in pixels"


def test_without_landmarks_it_never_zooms_in_much():
    made = photo()
    made.landmarks = None
    for i in range(100):
        matrix, moved = scene.place_hand(made, RECIPE, np.random.default_rng(i))
        assert moved is None
        assert abs(np.linalg.det(matrix[:, :2])) < 1.05


def test_the_same_generator_draws_the_same_picture():
    first, second, other = (
        scene.draw(photo(), [], RECIPE, np.random.default_rng(seed), 64) for seed in (3, 3, 4)
    )
    assert (first.rgb == second.rgb).all() and (first.landmarks == second.landmarks).all()
    assert (first.rgb != other.rgb).any()


def test_a_cut_out_hand_moves_to_another_place():
    made = photo(
        cutout=np.zeros((80, 80), np.uint8)
    )  # a hand of no opacity: only the place is seen
    background = np.full((50, 70, 3), (0, 200, 0), np.uint8)
    recipe = Recipe(cutout=1.0, clutter=0.0, amplitude=0.0)
    pictures = [
        scene.draw(made, [background], recipe, np.random.default_rng(i), 80) for i in range(10)
    ]
    # A grey camera sees no green, and a covered patch may be red.
    greener = [p.rgb[..., 1].mean() > p.rgb[..., 0].mean() - 15 for p in pictures]
    assert all(greener)


def test_opacity_decides_what_is_pasted():
    hand, place_hand = np.full((4, 4, 3), 200, np.uint8), np.full((4, 4, 3), 100, np.uint8)
    opacity = np.zeros((4, 4), np.uint8)
    opacity[0], opacity[1] = 255, 128
    out = scene.paste(hand, opacity, place_hand)
    assert (out[0] == 200).all() and (out[2:] == 100).all()
    assert out[1] == pytest.approx(150, abs=1)


@pytest.mark.parametrize("size", [(40, 40), (64, 20)], ids=str)
def test_a_background_of_any_size_fills_the_picture(size):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        assert scene.fill(draw("one", size=30), size, rng).shape == (size[1], size[0], 3)


def test_clutter_changes_a_part_of_a_place_and_repeats():
    place_hand = np.full((60, 80, 3), (0, 200, 0), np.uint8)
    other = np.full((50, 50, 3), (0, 0, 200), np.uint8)
    shares = []
    for seed in range(40):
        first, again = (
            scene.clutter(place_hand, [other], np.random.default_rng(seed)) for _ in range(2)
        )
        assert first.shape == place_hand.shape and (first == again).all()
        shares.append((first != place_hand).any(-1).mean())
    assert 0.1 < np.mean(shares) < 0.7 and (place_hand == (0, 200, 0)).all()


@pytest.mark.parametrize("label, cutout", [("none", False), ("two", True)])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_recipe_says_how_often_places_are_cluttered(share, label, cutout, monkeypatch):
    """Before pasted hands as often as without a hand, so that clutter itself says nothing."""
    calls = []
    monkeypatch.setattr(scene, "clutter", lambda rgb, *_: calls.append(1) or rgb)
    rgb = draw("two", size=80)
    made = HandPhoto(rgb, label, "ada", "g", "h", cutout=rgb[..., 0] if cutout else None)
    recipe = Recipe(clutter=share, cutout=1.0)
    for i in range(200):
        scene.draw(made, [rgb], recipe, np.random.default_rng(i), 64)
    assert len(calls) / 200 == pytest.approx(share, abs=0.1)


def test_the_camera_keeps_shape_and_type():
    rgb = draw("two", size=50)[:40]
    for seed in range(60):
        seen = scene.camera(rgb, np.random.default_rng(seed))
        assert seen.shape == rgb.shape and seen.dtype == np.uint8


@pytest.mark.parametrize("shape", [(64, 64), (40, 51), (51, 40)], ids=str)
def test_amplitudes_are_mixed_and_places_stay(shape):
    height, width = shape
    rng = np.random.default_rng(0)
    rgb = np.full((height, width, 3), 90, np.uint8)
    rgb[10:20, 12:30] = 200
    other = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    assert np.abs(scene.mix_amplitude(rgb, other, 0.0).astype(int) - rgb).max() <= 1
    mixed = scene.mix_amplitude(rgb, other, 0.5)
    assert mixed.shape == rgb.shape and mixed.dtype == np.uint8
    # Half of the other's light, and the bright patch is still where it was.
    assert mixed.mean() == pytest.approx((rgb.mean() + other.mean()) / 2, abs=8)
    assert mixed[10:20, 12:30].mean() > mixed[24:, :].mean() + 30


def test_the_recipe_says_how_often_amplitudes_are_mixed(monkeypatch):
    calls = []
    monkeypatch.setattr(scene, "mix_amplitude", lambda rgb, *_: calls.append(1) or rgb)
    place_hand = draw("one", size=40)
    for i in range(200):
        scene.draw(photo(), [place_hand], Recipe(amplitude=0.4), np.random.default_rng(i), 64)
    assert len(calls) / 200 == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_recipe_says_how_many_pictures_are_dark(share, monkeypatch):
    monkeypatch.setattr(scene, "camera", lambda rgb, _: rgb)
    recipe = Recipe(dark=share, amplitude=0.0, cutout=0.0, least_scale=1.0)
    bright = photo()
    bright.landmarks = None  # so that it fills the picture, in place of what is around it
    bright.rgb[:] = 200
    means = []
    for i in range(100):
        rgb = scene.draw(bright, [], recipe, np.random.default_rng(i), 64).rgb
        means.append(rgb[rgb.max(2) > 0].mean() if rgb.any() else 0)
    dark = np.array(means) < 110
    assert dark.mean() == pytest.approx(share, abs=0.13)
    assert not dark.any() or np.array(means)[dark].min() > 200 / 13


@pytest.mark.parametrize("least", [0.3, 0.8])
def test_pictures_without_a_hand_are_drawn_down_to_the_least_scale(least):
    made = photo()
    made.label, made.landmarks = "none", None
    scales = scales_of(made, Recipe(least_scale=least, stretch=0.0))
    assert least <= min(scales) < least * 1.1


def test_how_far_a_photo_is_zoomed_says_nothing_about_a_hand():
    """Else a blur, or a photo shrunk amid its own edges, would be one's sign."""
    somewhere, nobody = photo(low=0.2, high=0.8), photo()
    nobody.label, nobody.landmarks = "none", None
    hands, places = (scales_of(made, Recipe(stretch=0.0)) for made in (somewhere, nobody))
    assert min(hands) > 0.9 * min(places) and max(hands) < max(places) * 1.05
    assert max(places) == pytest.approx(scene.ZOOM, rel=0.05)


def test_a_stretch_makes_a_hand_longer_or_shorter_but_no_larger():
    ratios = []
    for i in range(200):
        matrix = scene.place_hand(photo(low=0.4, high=0.6), Recipe(), np.random.default_rng(i))[0]
        longest, shortest = np.linalg.svd(matrix[:, :2], compute_uv=False)
        ratios.append(longest / shortest)
    assert min(ratios) < 1.1 and 1.5 < max(ratios) < 3


def test_a_coarse_picture_keeps_its_shape_and_light_and_loses_its_detail():
    rgb = draw("two", size=96)[:, :80]
    coarse = scene.coarsen(rgb, np.random.default_rng(0))
    assert coarse.shape == rgb.shape
    assert coarse.mean() == pytest.approx(rgb.mean(), abs=4)
    steps, before = (np.abs(np.diff(x.astype(int), axis=1)).mean() for x in (coarse, rgb))
    assert steps < 0.6 * before
