"""A second hand in the picture: said from the features of the count, by its backbone alone."""

import csv
import itertools

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save

from fingercount.errors import FingercountError
from fingercount.imaging.read import read_image
from fingercount.models.backbones import load_backbone, weights_hash
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.second_hand import (
    SURE,
    read_second_hand,
    second_hand,
    write_second_hand,
)
from fingercount.models.storage import (
    SECOND_HAND,
    file_hashes,
    read_arrays,
    read_card,
    read_full,
    write_model,
)
from fingercount.paths import REPO, models_dir
from tests.conftest import HANDS, draw
from tests.models.folders import SMALL, add_head, change_card

SHIPPED = REPO / "models" / "hands"
PHOTOS = REPO.parent / "shared" / "hands"


def a_check(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(1, 512)).astype(np.float32), np.float32([0.25])


@pytest.fixture
def told(hands):
    """models/hands with a check for a second hand."""
    write_second_hand(hands, a_check(), weights_hash(read_arrays(hands)))
    return hands


def test_it_is_a_logistic_regression():
    weight, bias = a_check()
    features = np.random.default_rng(1).normal(size=(5, 512)).astype(np.float32)
    expected = 1 / (1 + np.exp(-(features @ weight[0] + bias[0]).astype(np.float64)))
    found = second_hand(features, (weight, bias))
    assert found == pytest.approx(expected, abs=1e-5) and found.shape == (5,)
    far = second_hand(features * 1e6, (weight, bias))
    assert np.isfinite(far).all() and ((far == 0) | (far == 1)).all()


def test_what_is_written_is_read_and_vouched_for(told):
    card = read_card(told)
    weight, bias = read_second_hand(told, card, card["second_hand"])
    assert (weight == a_check()[0]).all() and (bias == a_check()[1]).all()
    assert card["files"] == file_hashes(told) and SECOND_HAND in card["files"]
    assert load_backbone("hands").second_hand is not None


def test_other_weights_and_a_missing_file_have_none(told):
    card = read_card(told)
    assert read_second_hand(told, card, "of another") is None
    assert read_second_hand(told, {**card, "second_hand": None}, card["second_hand"]) is None
    (told / SECOND_HAND).unlink()
    assert read_second_hand(told, card, card["second_hand"]) is None
    assert load_model("hands").predict([draw("one")]).shape == (1, len(HANDS))


WEIGHT, BIAS = a_check()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no weights",
        save({"weight": WEIGHT}),
        save({"weight": WEIGHT[:, :100].copy(), "bias": BIAS}),
        save({"weight": WEIGHT, "bias": np.float32([np.nan])}),
    ],
    ids=["empty", "foreign", "no bias", "short", "not finite"],
)
def test_a_damaged_file_is_advice(told, data):
    (told / SECOND_HAND).unlink()
    (told / SECOND_HAND).write_bytes(data)
    with pytest.raises(
        FingercountError, match=rf"{SECOND_HAND} is damaged .*; delete {SECOND_HAND}"
    ):
        load_backbone("hands")


@pytest.mark.parametrize("value", [1, ["a"]], ids=["number", "list"])
def test_a_card_that_names_it_wrongly_is_damaged(told, value):
    change_card(told, second_hand=value)
    with pytest.raises(FingercountError, match="second_hand is missing or is not what"):
        load_model("hands")


def test_a_last_layer_on_the_backbone_keeps_it_and_a_network_of_its_own_has_none(told):
    add_head()
    assert load_model("mine").second_hand is not None
    card, tensors = read_full(told)
    kept = {key: card[key] for key in ("classes", "kind", "preprocess")}
    write_model(models_dir() / "own", tensors, kept)
    assert load_model("own").second_hand is None


def model(check, ask):
    """A last layer on features that `ask` gives."""
    card = {"kind": "head", "classes": ["one", "two"], "preprocess": SMALL}
    layer = np.eye(2, 512, dtype=np.float32), np.zeros(2, np.float32)
    return Model("m", card, layer, lambda: None, extract_features=ask, second_hand=check)


def test_count_and_second_hand_come_from_one_look():
    asked = []

    def ask(inputs):
        asked.append(len(inputs))
        return np.tile(np.arange(512, dtype=np.float32) / 512, (len(inputs), 1))

    check = a_check()
    row, second = model(check, ask).look(draw("one"), 0)
    assert asked == [1] and second == pytest.approx(second_hand(ask(np.zeros((1, 1))), check)[0])
    assert (row == model(check, ask).predict_view(draw("one"), 0)).all()
    assert model(None, ask).look(draw("one"), 0)[1] is None


def test_without_a_fast_form_nothing_is_said(told):
    assert load_model("hands").look(draw("one"), 0)[1] is None


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photos of hands are not here")
@pytest.mark.skipif(not (SHIPPED / SECOND_HAND).is_file(), reason="no shipped model")
def test_two_strangers_side_by_side_are_noticed_and_one_hand_is_left_alone():
    pytest.importorskip("openvino")
    shipped = load_model(SHIPPED)

    def share(pictures):
        return np.mean([shipped.look(picture, 0)[1] > SURE for picture in pictures])

    files = sorted((PHOTOS / "validation" / "hagrid").rglob("*.jpg"))
    assert len(files) > 100 and share(read_image(file.read_bytes()) for file in files) < 0.03
    with (PHOTOS / "scenes" / "boxes.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "validation"]
    strips = [strip(row) for row in rows]
    pairs = [np.hstack([one, other[:, ::-1]]) for one, other in itertools.pairwise(strips)]
    assert len(pairs) > 40 and share(pairs) > 0.6


def strip(row):
    """Return the hand of a whole frame as half of a square: uint8 [240, 120, 3]."""
    rgb = read_image((PHOTOS / "scenes" / row["path"]).read_bytes())
    x0, y0, x1, y1 = (float(row[key]) for key in ("x0", "y0", "x1", "y1"))
    half = 0.6 * max(x1 - x0, (y1 - y0) / 2)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    box = (x - half, y - 2 * half, x + half, y + 2 * half)
    return np.asarray(Image.fromarray(rgb).resize((120, 240), box=clip(box, rgb.shape)))


def clip(box, shape):
    height, width = shape[:2]
    left, top, right, bottom = box
    return max(0, left), max(0, top), min(width, right), min(height, bottom)
