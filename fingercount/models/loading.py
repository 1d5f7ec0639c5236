"""A model out of its folder, with the network or the fast backend that its card names.

model = load_model("hands")
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.files import read_settled
from fingercount.models import last_layer
from fingercount.models.backbones import (
    Backbone,
    fast_form,
    misfit,
    same_arrays,
    shared_backbone,
    weights_hash,
)
from fingercount.models.last_layer import LastLayer
from fingercount.models.model import Model
from fingercount.models.quantized import Fast
from fingercount.models.registry import find_model, model_folder
from fingercount.models.second_hand import read_second_hand
from fingercount.models.storage import Card, Tensors, read_arrays, read_card, read_seen

if TYPE_CHECKING:
    from torch import nn


def load_model(name: str | Path) -> Model:
    """Load a model by its name in models/ or by a path.

    Raises:
        FingercountError: if it is missing, damaged, from another version, or needs a backbone that
            is not here any more.
    """
    folder = find_model(name)
    model = read_settled(folder, lambda: _read(folder))
    if isinstance(model.extract_features, Fast):
        model.extract_features.compile()
    return model


def _read(folder: Path) -> Model:
    name = folder.resolve().name
    card, weights = read_card(folder), read_arrays(folder)
    if card["kind"] == "head" or card.get("fast") is None:
        return build_model(name, card, weights, read_seen(folder))
    own = weights_hash(weights)
    fast = fast_form(folder, card, own)
    if fast is None:
        return build_model(name, card, weights, read_seen(folder))
    layer = last_layer.last_layer_in(weights, len(card["classes"]), "fc.")
    if layer is None:
        raise misfit(name)
    before = seen_by_backbone(name, card)
    again = partial(_whole_again, folder, own, layer)
    second = read_second_hand(folder, card, own)
    return Model(name, card, layer, again, read_seen(folder), fast, None, before, second)


def build_model(name: str, card: Card, weights: Tensors, seen: dict[str, str]) -> Model:
    """Return a model from what its folder holds, or will hold; a whole one by the reference."""
    before = seen_by_backbone(name, card)
    if card["kind"] == "full":
        return _whole(name, card, weights, seen, before)
    backbone = _backbone(name, card)
    layer = last_layer.last_layer_in(weights, len(card["classes"]))
    if layer is None or set(weights) != {"weight", "bias"}:
        raise misfit(name)
    check = backbone.hand_check if card.get("hand_check") else None
    extract_features = backbone.fast if backbone.backend == "fast" else None
    network = partial(_on_backbone, backbone, layer)
    second = backbone.second_hand
    return Model(name, card, layer, network, seen, extract_features, check, before, second)


def seen_by_backbone(name: str, card: Card) -> frozenset[str]:
    """Return the photos that its backbone was trained on, if the model began with its weights."""
    named = card.get("backbone") or {}
    stands_on = named.get("name", name)
    if stands_on in ("imagenet", name):
        return frozenset()
    folder = model_folder(stands_on)
    try:
        # A last layer is refused on other weights; a whole network may have begun with earlier
        # ones. What its fast form was made of says so without loading it.
        here = read_card(folder).get("fast") or shared_backbone(stands_on).hash
    except FingercountError:  # a whole network does not need it
        return frozenset()
    return frozenset(read_seen(folder)) if here == named.get("hash") else frozenset()


def _whole(
    name: str, card: Card, weights: Tensors, seen: dict[str, str], before: frozenset[str]
) -> Model:
    with advised():
        from fingercount.models.reference import whole_network

    try:
        network = whole_network(weights, len(card["classes"]))
    except RuntimeError as error:
        raise misfit(name) from error
    layer = last_layer.last_layer_in(network.state_dict(), len(card["classes"]), "fc.")
    assert layer is not None  # the weights fit
    return Model(name, card, layer, lambda: network, seen, backbone_seen=before)


def _whole_again(folder: Path, own: str, layer: LastLayer) -> "nn.Module":
    """Return the reference of a model that its fast backend has answered for so far."""
    with advised():
        from fingercount.models.reference import whole_network

    weights = {**same_arrays(folder, own), "fc.weight": layer[0], "fc.bias": layer[1]}
    return whole_network(weights, len(layer[1]))


def _on_backbone(backbone: Backbone, layer: LastLayer) -> "nn.Module":
    with advised():
        from fingercount.models.reference import with_last_layer

    return with_last_layer(backbone.network, *layer)


def _backbone(name: str, card: Card) -> Backbone:
    """Return the backbone of a last layer, with the backend that its card names."""
    wanted = card.get("backbone")
    wanted = wanted if isinstance(wanted, dict) else {}
    here = shared_backbone(str(wanted.get("name", "")))
    backbone = here.with_backend(str(wanted.get("form")))
    if backbone is None or backbone.hash != wanted.get("hash"):
        raise FingercountError(
            f"The model {name!r} needs a backbone {wanted.get('name')!r} that is "
            f"not the one here ({wanted.get('hash')}, {wanted.get('form')} form; here "
            f"{here.hash}, {here.backend}); retrain it on the Train page."
        )
    return backbone
