"""The reference backend: ResNet-18 in PyTorch, for training, export and parity.

It also answers for a model that has no fast backend. PyTorch takes a second and hundreds of
megabytes to import, so what only answers imports this file where it needs it, not before.
"""

import urllib.error
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torchvision.models import ResNet, ResNet18_Weights, resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.types import Float32Array, Probabilities

if TYPE_CHECKING:
    from fingercount.models.storage import Tensors


def empty_resnet18(classes: int = 1000) -> ResNet:
    """Return a ResNet-18 of zeros, whose weights are then loaded: no random ones are drawn."""
    with torch.device("meta"):
        network = resnet18(num_classes=classes)
    network.to_empty(device="cpu")
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.detach().zero_()
    return network


def as_tensors(state: "Tensors") -> dict[str, torch.Tensor]:
    """Return weights as float32 tensors, whether they are tensors or arrays."""
    return {name: torch.as_tensor(value).float() for name, value in state.items()}


def without_last_layer(state: "Tensors") -> nn.Module:
    """Return ResNet-18 with these weights and its last layer taken off, frozen in eval mode."""
    network = empty_resnet18()
    network.fc = nn.Identity()
    kept = {k: v for k, v in as_tensors(state).items() if not k.startswith("fc.")}
    network.load_state_dict(kept)
    return frozen(network)


def whole_network(state: "Tensors", classes: int) -> nn.Module:
    """Return ResNet-18 with these weights, frozen in eval mode.

    Raises:
        RuntimeError: where they do not fit.
    """
    network = empty_resnet18(classes)
    network.load_state_dict(as_tensors(state))
    return frozen(network)


def with_last_layer(backbone: nn.Module, weight: Float32Array, bias: Float32Array) -> nn.Module:
    """Return a backbone and the last layer on it, frozen in eval mode."""
    last = nn.Linear(weight.shape[1], weight.shape[0])
    last.load_state_dict(as_tensors({"weight": weight, "bias": bias}))
    return nn.Sequential(backbone, last).eval().requires_grad_(False)


def frozen(network: ResNet) -> nn.Module:
    """Return a network as it answers: in eval mode, in the layout that is faster on a CPU."""
    laid_out: nn.Module = network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    return laid_out


@torch.inference_mode()
def features_of(network: nn.Module, inputs: Float32Array) -> Float32Array:
    """Return a network's output for preprocessed photos: [N, 3, size, size] -> [N, outputs]."""
    x = torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)
    outputs: Float32Array = network(x).numpy()
    return outputs


def backbone_part(network: nn.Module) -> nn.Module | None:
    """Return the network below a last layer that was put on it, or None of a whole one."""
    return network[0] if isinstance(network, nn.Sequential) else None


def probabilities_of(network: nn.Module, inputs: Float32Array, temperature: float) -> Probabilities:
    """Return the probabilities of a whole network: [N, 3, size, size] -> [N, C]."""
    logits = torch.from_numpy(features_of(network, inputs))
    probabilities: Probabilities = torch.softmax(logits / temperature, 1).numpy()
    return probabilities


def imagenet_file() -> Path:
    """Return where torchvision keeps, or would keep, the ImageNet weights."""
    url: str = ResNet18_Weights.IMAGENET1K_V1.url
    return Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]


def imagenet_weights() -> Mapping[str, Any]:
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
