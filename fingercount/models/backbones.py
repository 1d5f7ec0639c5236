"""ResNet-18 and where its weights come from."""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.files import read_settled
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.types import Float32Array
from fingercount.labels import NONE
from fingercount.models.last_layer import FEATURES as FEATURES  # of its network
from fingercount.models.last_layer import HandCheck, LastLayer, last_layer_in
from fingercount.models.quantized import Fast, load_fast
from fingercount.models.registry import bring_back, model_folder
from fingercount.models.second_hand import SecondHand, read_second_hand
from fingercount.models.storage import CARD, WEIGHTS, Array, Card, Tensors, read_arrays, read_card

if TYPE_CHECKING:
    from torch import nn

BACKBONES = ("hands", "imagenet")


@dataclass(frozen=True)
class Backbone:
    """A ResNet-18 without its last layer, in eval mode.

    Attributes:
        name: "hands", "imagenet" or a whole model's.
        make_network: returns `network`, the same one each time; called when it is first needed.
        hash: 16 hex digits over its weights; a last-layer model's card names it.
        preprocess: what its input must go through.
        backend: "reference" (PyTorch) or "fast" (int8); the features of the two differ.
        classes: those of its own last layer; empty if they are of no use here.
        last_layer: that layer's (weight [C, 512], bias [C]), a start for classes it knows.
        fast: the network's fast backend, if it is available.
        second_hand: what says whether a second hand is in the picture, where it has that.
    """

    name: str
    make_network: "Callable[[], nn.Module]"
    hash: str
    preprocess: Preprocess
    backend: str = "reference"
    classes: tuple[str, ...] = ()
    last_layer: LastLayer | None = None
    fast: Callable[[Float32Array], Float32Array] | None = None
    second_hand: SecondHand | None = None

    @property
    def network(self) -> "nn.Module":
        """The reference: float32 [N, 3, size, size] -> [N, 512]."""
        return self.make_network()

    @property
    def identity(self) -> tuple[str, str, str]:
        """What computes its features: two backbones with the same one give the same."""
        form = self.fast.hash if self.backend == "fast" and isinstance(self.fast, Fast) else ""
        return self.hash, self.backend, form

    @property
    def hand_check(self) -> HandCheck | None:
        """Its own last layer and which output means no hand, or None if it has no such output."""
        if NONE not in self.classes or self.last_layer is None:
            return None
        return *self.last_layer, self.classes.index(NONE)

    def extract_features(self, inputs: Float32Array) -> Float32Array:
        """Return features, computed by its backend: [N, 3, size, size] -> [N, 512]."""
        if self.backend == "fast":
            assert self.fast is not None  # as `with_backend` and `load_backbone` see to
            return self.fast(inputs)
        with advised():
            from fingercount.models.reference import features_of

        return features_of(self.network, inputs)

    def with_backend(self, backend: str) -> "Backbone | None":
        """Return this backbone with another backend, or None if that is not available."""
        known = backend == "reference" or (backend == "fast" and self.fast is not None)
        return replace(self, backend=backend) if known else None


def weights_hash(state: Tensors) -> str:
    """Return 16 hex digits over a ResNet-18's weights, without its last layer, for any dtype."""
    digest = hashlib.sha256()
    for key in sorted(state):
        if not key.startswith("fc.") and not key.endswith("num_batches_tracked"):
            value = state[key]
            array = value if isinstance(value, np.ndarray) else value.detach().float().numpy()
            digest.update(key.encode())
            digest.update(np.ascontiguousarray(array, np.float32).data)
    return digest.hexdigest()[:16]


def load_backbone(name: str) -> Backbone:
    """Return a backbone by name: "hands", "imagenet", or a whole model's in models/.

    Raises:
        FingercountError: if the name is unknown or that of a last layer, or the weights are not
            available; it says where to put the file.
    """
    if name == "imagenet":
        with advised():
            from fingercount.models.reference import imagenet_weights, without_last_layer

        state = imagenet_weights()
        network = without_last_layer(state)
        return Backbone(name, lambda: network, weights_hash(state), Preprocess(size=224))
    folder = model_folder(name)
    if Path(name).name == name and (folder / CARD).is_file():  # no path: a name is kept in cards
        return read_settled(folder, lambda: _of_model(name, folder))
    if name == "hands":
        raise FingercountError(
            f"The backbone hands is not here ({folder / CARD} is missing): {bring_back()}, or "
            "use imagenet."
        )
    raise FingercountError(
        f"There is no backbone {name!r}; choose one of {', '.join(BACKBONES)}, or a whole network "
        "among your models."
    )


def _of_model(name: str, folder: Path) -> Backbone:
    """Return a whole model without its last layer."""
    card = read_card(folder)
    if card["kind"] != "full":
        raise FingercountError(f"{folder} holds only a last layer, not a whole network.")
    state = read_arrays(folder)
    own, classes = weights_hash(state), tuple(card["classes"])
    last_layer = last_layer_in(state, len(classes), "fc.")
    if last_layer is None:
        raise misfit(name)
    fast = fast_form(folder, card, own)
    return Backbone(
        name,
        _network_of(folder, own) if fast else _network_now(state),
        own,
        Preprocess.from_json(card["preprocess"]),
        backend="fast" if fast else "reference",
        fast=fast,
        classes=classes,
        last_layer=last_layer,
        second_hand=read_second_hand(folder, card, own),
    )


def fast_form(folder: Path, card: Card, own: str) -> Fast | None:
    """Return the fast backend of a model, or None if it has none for weights with this hash."""
    return load_fast(folder) if card.get("fast") == own else None


def _network_of(folder: Path, own: str) -> "Callable[[], nn.Module]":
    @functools.cache
    def make() -> "nn.Module":
        with advised():
            from fingercount.models.reference import without_last_layer

        return without_last_layer(same_arrays(folder, own))

    return make


def _network_now(state: Tensors) -> "Callable[[], nn.Module]":
    with advised():
        from fingercount.models.reference import without_last_layer

    network = without_last_layer(state)
    return lambda: network


def same_arrays(folder: Path, own: str) -> dict[str, Array]:
    """Return a model's weights once more, for the reference beside a fast backend.

    Raises:
        FingercountError: if they are not those with the hash `own` any more.
    """
    state = read_arrays(folder)
    if weights_hash(state) != own:
        raise FingercountError(
            f"The weights in {folder} have changed since the model was loaded; load it again."
        )
    return state


def misfit(name: str) -> FingercountError:
    """Return the advice where a model's weights are not what its card says."""
    return FingercountError(
        f"The weights of {name!r} do not fit its card; restore its files or retrain it."
    )


@functools.lru_cache(maxsize=4)
def _cached(name: str, stamp: tuple[str, int] | None) -> Backbone:
    return load_backbone(name)


def shared_backbone(name: str) -> Backbone:
    """Return a backbone, loaded once per process and again when its file changes."""
    path = model_folder(name) / WEIGHTS
    if name == "imagenet":
        with advised():
            from fingercount.models.reference import imagenet_file

        path = imagenet_file()
    stamp = (str(path), path.stat().st_mtime_ns) if path.exists() else None
    return _cached(name, stamp)
