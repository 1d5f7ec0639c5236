"""What cannot be loaded is advice, whether the card, the weights or the backbone is amiss."""

import pytest

from fingercount.errors import FingercountError
from fingercount.models.backbones import load_backbone
from fingercount.models.loading import load_model
from fingercount.models.storage import read_card, read_tensors, write_model
from tests.models.folders import SMALL, add_head, change_card


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
