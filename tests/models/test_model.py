"""Models at hand: found, loaded, asked, chosen, deleted; damaged ones are advice."""

import weakref

import numpy as np
import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.files import write_json
from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.models.backbones import load_backbone
from fingercount.models.model import load_model
from fingercount.models.storage import read_card, read_tensors, write_model
from fingercount.paths import models_dir
from tests.conftest import HANDS, draw

SMALL = Preprocess(size=32).to_json()


def add_head(name="mine", classes=("one", "two"), **changes):
    """Write a last-layer model that stands on models/hands; `changes` go into its card."""
    backbone = load_backbone("hands")
    card = {
        "kind": "head",
        "classes": list(classes),
        "preprocess": SMALL,
        "backbone": {"name": "hands", "hash": backbone.hash, "form": backbone.backend},
    }
    generator = torch.Generator().manual_seed(1)
    tensors = {
        "weight": torch.randn(len(classes), 512, generator=generator),
        "bias": torch.zeros(len(classes)),
    }
    return write_model(models_dir() / name, tensors, {**card, **changes})


def change_card(folder, **changes):
    write_json(folder / "card.json", {**read_card(folder), **changes})


def test_a_whole_network_answers_with_probabilities(hands):
    model = load_model("hands")
    photos = [draw("two", seed, size=40) for seed in range(3)]
    rows = model.predict(photos)
    assert rows.shape == (3, len(HANDS)) and rows.dtype == np.float32
    assert rows.sum(1) == pytest.approx(1, abs=1e-5) and (rows >= 0).all()
    assert (model.name, model.classes) == ("hands", list(HANDS))


def test_many_photos_at_once_are_told_as_one_by_one(hands):
    model = load_model("hands")
    photos = [draw("two", seed, size=20 + seed) for seed in range(35)]  # more than one batch
    alone = np.concatenate([model.predict([photo]) for photo in photos])
    assert model.predict(photos) == pytest.approx(alone, abs=1e-5)


def see_all_views(hands):
    """Let the card of models/hands name all views."""
    change_card(hands, preprocess=Preprocess(size=32, views=VIEWS).to_json())


def test_of_several_views_the_mean_is_told(hands):
    photos = [draw("two", seed, size=40) for seed in range(35)]
    one = load_model("hands")
    see_all_views(hands)
    model = load_model("hands")
    each = [[model.predict_view(photo, n) for n in range(5)] for photo in photos]
    assert model.predict(photos) == pytest.approx(np.mean(np.stack(each)[:, :4], 1), abs=1e-5)
    assert model.predict(photos, reference=True) == pytest.approx(model.predict(photos), abs=1e-5)
    assert one.predict(photos) == pytest.approx(np.stack(each)[:, 0], abs=1e-5)
    assert np.array_equal(np.stack(each)[:, 0], np.stack(each)[:, 4]), "views take turns"
    assert not np.allclose(np.stack(each)[:, 0], np.stack(each)[:, 1], atol=1e-4)


def test_a_last_layer_on_a_backbone_of_several_views_is_asked_about_one(hands):
    see_all_views(hands)
    assert load_model(add_head()).n_views == 1 and load_model("hands").n_views == 4


@pytest.mark.parametrize("kind", ["full", "head"])
def test_no_photos_no_answers(hands, kind):
    model = load_model("hands" if kind == "full" else add_head())
    assert model.predict([]).shape == (0, len(model.classes))


def test_a_last_layer_stands_on_its_backbone(hands):
    model, backbone = load_model(add_head()), load_backbone("hands")
    tensors, photo = read_tensors(models_dir() / "mine"), draw("two")
    with torch.no_grad():
        features = backbone.network(torch.from_numpy(backbone.preprocess.batch([photo])))
        expected = torch.softmax(features @ tensors["weight"].T + tensors["bias"], 1).numpy()
    assert model.predict([photo]) == pytest.approx(expected, abs=1e-5)


def test_a_temperature_softens_and_keeps_the_order(hands):
    photo = draw("two")
    sharp = load_model("hands").predict([photo])[0]
    change_card(hands, temperature=4.0)
    soft = load_model("hands").predict([photo])[0]
    assert soft.max() < sharp.max() and soft.argmax() == sharp.argmax()


@pytest.mark.parametrize(
    "card, advice",
    [
        pytest.param({"format": 99}, "has format 99.*update fingercount or retrain", id="newer"),
        pytest.param({"format": None}, "has format None", id="no-format"),
        pytest.param({"classes": []}, "no list of distinct class names", id="no-classes"),
        pytest.param({"classes": ["a", "a"]}, "distinct class names", id="classes-twice"),
        pytest.param({"classes": "two"}, "distinct class names", id="classes-no-list"),
        pytest.param({"classes": [1, 2]}, "distinct class names", id="classes-no-names"),
        pytest.param({"kind": "forest"}, "lacks its kind", id="unknown-kind"),
        pytest.param({"preprocess": None}, "its preprocess is missing", id="no-preprocess"),
        pytest.param({"preprocess": {**SMALL, "gamma": 2}}, "gamma.*update", id="unknown-key"),
        pytest.param({"preprocess": {**SMALL, "fit": "crop"}}, "update", id="unknown-value"),
        pytest.param(
            {"preprocess": {**SMALL, "size": "big"}}, "its preprocess.size", id="no-number"
        ),
        pytest.param({"classes": ["a", "b"]}, "do not fit its card", id="other-shapes"),
        pytest.param({"kind": "head"}, "stands on|no backbone", id="other-kind"),
    ],
)
def test_a_card_that_cannot_be_obeyed_is_advice(hands, card, advice):
    change_card(hands, **card)
    with pytest.raises(FingercountError, match=advice):
        load_model("hands")


@pytest.mark.parametrize(
    "backbone, advice",
    [
        pytest.param({"name": "hands", "form": "reference"}, "retrain it", id="no-hash"),
        pytest.param(
            {"name": "hands", "hash": "0" * 16, "form": "reference"}, "retrain", id="gone"
        ),
        pytest.param({"name": "tuesday"}, "no backbone 'tuesday'", id="unknown-name"),
        pytest.param({}, "no backbone", id="empty"),
        pytest.param(None, "no backbone", id="none"),
        pytest.param("hands", "its backbone is missing or", id="a-word"),
    ],
)
def test_a_last_layer_without_its_backbone_is_never_put_on_another(hands, backbone, advice):
    add_head(backbone=backbone)
    with pytest.raises(FingercountError, match=advice):
        load_model("mine")


def test_features_of_another_form_are_other_features(hands):
    backbone = load_backbone("hands")
    add_head(backbone={"name": "hands", "hash": backbone.hash, "form": "fast"})
    with pytest.raises(FingercountError, match=r"fast form; here .*, reference\); retrain"):
        load_model("mine")


def test_a_backbone_that_was_trained_anew_is_another(hands):
    add_head()
    tensors = read_tensors(hands)
    tensors["layer1.0.conv1.weight"] += 0.01
    write_model(hands, tensors, read_card(hands), replace=True)
    with pytest.raises(FingercountError, match=r"not the one here.*retrain it on the Train page"):
        load_model("mine")


def test_without_the_backbone_the_message_says_what_is_missing(hands):
    add_head()
    delete = hands.with_name("moved")
    hands.rename(delete)
    with pytest.raises(FingercountError, match=r"hands/card\.json"):
        load_model("mine")


def test_damaged_weights_are_advice(hands):
    path = hands / "weights.safetensors"
    whole = path.read_bytes()
    for damage in (b"", b"no weights", whole[: len(whole) // 2]):
        path.unlink()
        path.write_bytes(damage)
        with pytest.raises(FingercountError, match="missing or damaged"):
            load_model("hands")


def test_a_model_that_asks_its_backbone_for_a_hand_leaves_that_much_to_one(hands):
    add_head()
    add_head("asking", hand_check=True)
    plain, asking = load_model("mine"), load_model("asking")
    photos = [draw("one"), draw("two")]
    backbone = load_backbone("hands")
    empty = load_model("hands").predict(photos)[:, backbone.classes.index("none")]
    assert plain.predict(photos).sum(1) == pytest.approx(1)
    assert asking.predict(photos).sum(1) == pytest.approx(1 - empty, abs=1e-5)
    inputs = asking.preprocess.batch(photos)
    assert asking.predict_by_reference(inputs).sum(1) == pytest.approx(1 - empty, abs=0.1)


def test_photos_that_are_read_one_by_one_are_held_one_by_one(hands):
    held = []

    def photos():
        for n in range(3):
            rgb = draw("one", n)
            held.append(weakref.ref(rgb))
            assert sum(photo() is not None for photo in held) <= 2
            yield rgb
            del rgb

    assert load_model("hands").predict(photos()).shape[0] == 3
