"""The one path to the network's input: nothing is cut off, nothing is stretched."""

import json

import numpy as np
import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import IMAGENET_MEAN, IMAGENET_STD, VIEWS, Preprocess
from tests.conftest import draw

PLAIN = Preprocess(size=64, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
SHAPES = pytest.mark.parametrize(
    "shape", [(64, 64), (200, 100), (100, 200), (37, 301), (20, 33), (640, 480), (1, 90)]
)


def photo(shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)


@SHAPES
def test_output_is_a_float32_square(shape):
    out = PLAIN(photo(shape))
    assert out.shape == (3, 64, 64) and out.dtype == np.float32
    assert PLAIN.batch([photo(shape)] * 2).shape == (2, 3, 64, 64)


def test_no_photos_no_inputs():
    assert PLAIN.batch([]).shape == (0, 3, 64, 64)


@SHAPES
def test_what_is_added_is_zero_and_centred(shape):
    out = Preprocess(size=64)(np.full((*shape, 3), 255, np.uint8))
    inside = (out != 0).all(0)
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    assert (out[:, ~inside] == 0).all()
    for line, side in ((rows, shape[0]), (columns, shape[1])):
        assert len(line) == max(1, round(side * 64 / max(shape)))
        assert abs(line[0] - (63 - line[-1])) <= 1, "as much before as behind"


@pytest.mark.parametrize("edge", ["top", "bottom", "left", "right"])
@pytest.mark.parametrize("shape", [(240, 120), (120, 240), (128, 128)], ids=str)
def test_a_fingertip_at_the_edge_survives(edge, shape):
    rgb = np.zeros((*shape, 3), np.uint8)
    height, width = shape
    tip = {
        "top": np.s_[:8, width // 2 - 4 : width // 2 + 4],
        "bottom": np.s_[-8:, width // 2 - 4 : width // 2 + 4],
        "left": np.s_[height // 2 - 4 : height // 2 + 4, :8],
        "right": np.s_[height // 2 - 4 : height // 2 + 4, -8:],
    }[edge]
    rgb[tip] = 255
    out = PLAIN(rgb)
    scale = 64 / max(shape)
    assert out.max() > 0.8
    assert out[0].sum() == pytest.approx((8 * scale) ** 2, rel=0.1), "its area is its own, scaled"


def test_a_circle_stays_round():
    rgb = np.zeros((300, 150, 3), np.uint8)
    y, x = np.mgrid[:300, :150]
    rgb[(y - 150) ** 2 + (x - 75) ** 2 < 60**2] = 255
    disc = PLAIN(rgb)[0] > 0.5
    assert abs(int(disc.any(1).sum()) - int(disc.any(0).sum())) <= 1


def test_a_photo_of_the_right_size_is_not_touched():
    rgb = photo((64, 64))
    assert PLAIN.resize(rgb) is rgb
    assert PLAIN(rgb) == pytest.approx(rgb.transpose(2, 0, 1) / 255, abs=1e-6)


def test_normalising_is_imagenets():
    rgb = photo((64, 64))
    expected = (rgb / 255 - IMAGENET_MEAN) / IMAGENET_STD
    assert Preprocess(size=64)(rgb) == pytest.approx(expected.transpose(2, 0, 1), abs=1e-5)


@pytest.mark.parametrize("shape", [(200, 200), (90, 200), (640, 480), (30, 20), (65, 63)], ids=str)
def test_it_is_what_pytorch_computes_within_one_grey_level(shape):
    rgb = photo(shape)
    small = PLAIN.resize(rgb)
    x = torch.from_numpy(rgb.transpose(2, 0, 1)[None].astype(np.float32))
    expected = torch.nn.functional.interpolate(
        x, size=small.shape[:2], mode="bilinear", antialias=True
    )[0].numpy()
    assert np.abs(small.transpose(2, 0, 1) - expected).max() <= 1


def test_settings_go_through_a_card_unchanged():
    settings = Preprocess(size=96, mean=(0.5, 0.4, 0.3))
    assert Preprocess.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"size": 128, "gamma": 2.2}, id="unknown-setting"),
        pytest.param({"interpolation": "lanczos"}, id="unknown-interpolation"),
        pytest.param({"fit": "crop"}, id="unknown-fit"),
        pytest.param({"size": 8}, id="too-small"),
        pytest.param({"size": 100_000}, id="too-large"),
        pytest.param({"size": "large"}, id="no-number"),
        pytest.param({"size": None}, id="nothing"),
    ],
)
def test_settings_that_this_code_does_not_know_are_refused(settings):
    with pytest.raises(FingercountError, match=r"update fingercount|cannot be read"):
        Preprocess.from_json(settings)


def test_the_photo_itself_is_left_alone():
    rgb = draw("two", size=64)
    before = rgb.copy()
    PLAIN(rgb)
    assert (rgb == before).all()


ALL_VIEWS = Preprocess(size=40, views=VIEWS)


def test_the_views_are_the_photo_mirrored_and_smaller():
    rgb = draw("two", size=100)[:, :70]
    plain, mirrored, smaller, both = ALL_VIEWS.all_views(rgb)
    assert np.array_equal(plain, Preprocess(size=40)(rgb))
    assert np.array_equal(mirrored, plain[:, :, ::-1])
    assert np.array_equal(both, smaller[:, :, ::-1])
    # 40 x 28 pixels of the photo, of which it fills 32 x 22 in the smaller view.
    inner = Preprocess(size=32)(rgb)[:, :, 5:27]
    assert np.array_equal(smaller[:, 4:36, 9:31], inner)
    assert np.array_equal(smaller[:, 0, 9:31], inner[:, 0]), "the edge goes on"
    assert (smaller[:, :, :6] == 0).all(), "what is no photo stays padding"


@pytest.mark.parametrize("shape", [(1, 1), (300, 2), (2, 300), (37, 53), (480, 640)])
def test_every_shape_has_every_view(shape):
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert ALL_VIEWS.all_views(rgb).shape == (4, 3, 40, 40)


def test_a_card_says_which_views_and_older_cards_mean_one():
    assert "views" not in Preprocess().to_json()
    assert Preprocess.from_json(ALL_VIEWS.to_json()) == ALL_VIEWS
    assert ALL_VIEWS.one_view() == Preprocess(size=40)


@pytest.mark.parametrize("views", [[], ["plain", "plain"], ["upside-down"]])
def test_views_that_are_not_known_are_refused(views):
    with pytest.raises(FingercountError, match="update fingercount"):
        Preprocess.from_json({**Preprocess().to_json(), "views": views})
