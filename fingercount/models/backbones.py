"""ResNet-18 and where its weights come from."""

import functools
import hashlib
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn
from torchvision.models import ResNet, ResNet18_Weights, resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.types import Float32Array
from fingercount.labels import NONE
from fingercount.models.quantized import Fast, load_fast
from fingercount.models.registry import bring_back, model_folder
from fingercount.models.storage import CARD, WEIGHTS, Card, read_full

BACKBONES = ("hands", "imagenet")
FEATURES = 512  # numbers that ResNet-18 gives for a photo before its last layer


@dataclass(frozen=True)
class Backbone:
    """A ResNet-18 without its last layer, in eval mode.

    Attributes:
        name: "hands", "imagenet" or a whole model's.
        network: float32 [N, 3, size, size] -> [N, 512].
        hash: 16 hex digits over its weights; a last-layer model's card names it.
        preprocess: what its input must go through.
        backend: "reference" (PyTorch) or "fast" (int8); the features of the two differ.
        classes: those of its own last layer; empty if they are of no use here.
        last_layer: that layer's (weight [C, 512], bias [C]), a start for classes it knows.
        fast: the network's fast backend, if it is available.
    """

    name: str
    network: nn.Module
    hash: str
    preprocess: Preprocess
    backend: str = "reference"
    classes: tuple[str, ...] = ()
    last_layer: tuple[torch.Tensor, torch.Tensor] | None = None
    fast: Callable[[Float32Array], Float32Array] | None = None

    @property
    def hand_check(self) -> tuple[torch.Tensor, torch.Tensor, int] | None:
        """Its own last layer and which output means no hand, or None if it has no such output."""
        if NONE not in self.classes or self.last_layer is None:
            return None
        return *self.last_layer, self.classes.index(NONE)

    @torch.inference_mode()
    def extract_features(self, inputs: Float32Array) -> Float32Array:
        """Return features, computed by its backend: [N, 3, size, size] -> [N, 512]."""
        if self.backend == "fast":
            assert self.fast is not None  # as `with_backend` and `load_backbone` see to
            return self.fast(inputs)
        x = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
        features: Float32Array = self.network(x).numpy()
        return features

    def with_backend(self, backend: str) -> "Backbone | None":
        """Return this backbone with another backend, or None if that is not available."""
        known = backend == "reference" or (backend == "fast" and self.fast is not None)
        return replace(self, backend=backend) if known else None


def weights_hash(state: dict[str, torch.Tensor]) -> str:
    """Return 16 hex digits over a ResNet-18's weights, without its last layer, for any dtype."""
    digest = hashlib.sha256()
    for key in sorted(state):
        if not key.startswith("fc.") and not key.endswith("num_batches_tracked"):
            digest.update(key.encode())
            digest.update(state[key].detach().float().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def empty_resnet18(classes: int = 1000) -> ResNet:
    """Return a ResNet-18 of zeros, whose weights are then loaded: no random ones are drawn."""
    with torch.device("meta"):
        network = resnet18(num_classes=classes)
    network.to_empty(device="cpu")
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.detach().zero_()
    return network


def without_last_layer(state: dict[str, torch.Tensor]) -> nn.Module:
    """Return ResNet-18 with these weights and its last layer taken off, frozen in eval mode."""
    network = empty_resnet18()
    network.fc = nn.Identity()
    kept = {k: v.float() for k, v in state.items() if not k.startswith("fc.")}
    network.load_state_dict(kept)
    network.requires_grad_(False)
    # channels_last is the faster layout for convolutions on a CPU.
    frozen: nn.Module = network.eval().to(memory_format=torch.channels_last)
    return frozen


def load_backbone(name: str) -> Backbone:
    """Return a backbone by name: "hands", "imagenet", or a whole model's in models/.

    Raises:
        FingercountError: if the name is unknown or that of a last layer, or the weights are not
            available; it says where to put the file.
    """
    if name == "imagenet":
        state = imagenet_weights()
        return Backbone(name, without_last_layer(state), weights_hash(state), Preprocess(size=224))
    folder = model_folder(name)
    if Path(name).name == name and (folder / CARD).is_file():  # no path: a name is kept in cards
        card, state = read_full(folder)
        fast = fast_form(folder, card, state)
        return Backbone(
            name,
            without_last_layer(state),
            weights_hash(state),
            Preprocess.from_json(card["preprocess"]),
            backend="fast" if fast else "reference",
            fast=fast,
            classes=tuple(card["classes"]),
            last_layer=(state["fc.weight"], state["fc.bias"]),
        )
    if name == "hands":
        raise FingercountError(
            f"The backbone hands is not here ({folder / CARD} is missing): {bring_back()}, or "
            "use imagenet."
        )
    raise FingercountError(
        f"There is no backbone {name!r}; choose one of {', '.join(BACKBONES)}, or a whole network "
        "among your models."
    )


def fast_form(folder: Path, card: Card, state: dict[str, torch.Tensor]) -> Fast | None:
    """Return the fast backend for a model's weights, or None if there is none for these."""
    return load_fast(folder) if card.get("fast") == weights_hash(state) else None


def imagenet_file() -> Path:
    """Return where torchvision keeps, or would keep, the ImageNet weights."""
    url: str = ResNet18_Weights.IMAGENET1K_V1.url
    return Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]


def imagenet_weights() -> dict[str, torch.Tensor]:
    """Return torchvision's ImageNet weights from its cache, fetching them once.

    Raises:
        FingercountError: without a network and a cached file, or if the file is damaged.
    """
    weights, path = ResNet18_Weights.IMAGENET1K_V1, imagenet_file()
    try:
        state: dict[str, torch.Tensor] = weights.get_state_dict(
            progress=False, check_hash=True, weights_only=True
        )
        without_last_layer(state)
    except (urllib.error.URLError, OSError) as error:
        raise FingercountError(
            f"The imagenet weights could not be fetched ({error}). Download {weights.url} on a "
            f"machine with a network and put the file at {path}, or use the backbone hands."
        ) from error
    except Exception as error:  # a damaged or foreign file: unpickling fails in many ways
        raise FingercountError(
            f"The imagenet weights at {path} cannot be read; delete the file and try again."
        ) from error
    return state


@functools.lru_cache(maxsize=4)
def _cached(name: str, stamp: tuple[str, int] | None) -> Backbone:
    return load_backbone(name)


def shared_backbone(name: str) -> Backbone:
    """Return a backbone, loaded once per process and again when its file changes."""
    path = imagenet_file() if name == "imagenet" else model_folder(name) / WEIGHTS
    stamp = (str(path), path.stat().st_mtime_ns) if path.exists() else None
    return _cached(name, stamp)
