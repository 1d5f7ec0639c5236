"""A model's last layer, in NumPy: from a backbone's features to probabilities.

probabilities = answer(features, (weight, bias), temperature)      # [N, 512] -> [N, C]
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from fingercount.imaging.types import Float32Array, Probabilities

FEATURES = 512  # numbers that ResNet-18 gives for a photo before its last layer

LastLayer: TypeAlias = tuple[Float32Array, Float32Array]  # weight [C, 512], bias [C]
HandCheck: TypeAlias = tuple[Float32Array, Float32Array, int]  # and which output means no hand


def answer(features: Float32Array, layer: LastLayer, temperature: float = 1.0) -> Probabilities:
    """Return probabilities float32 [N, C] from a backbone's features, float32 [N, 512]."""
    weight, bias = layer
    return softmax((features @ weight.T + bias) / np.float32(temperature))


def hand_missing(features: Float32Array, check: HandCheck) -> Probabilities:
    """Return the probability [N] that there is no hand."""
    weight, bias, none = check
    return answer(features, (weight, bias))[:, none]


def softmax(logits: Float32Array) -> Probabilities:
    """Return the softmax of each row: [N, C] -> [N, C]."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    shares: Probabilities = raised / raised.sum(1, keepdims=True)
    return shares


def last_layer_in(state: Mapping[str, Any], classes: int, prefix: str = "") -> LastLayer | None:
    """Return the last layer that a model's weights hold, or None where it does not fit its classes.

    Args:
        state: names -> arrays or tensors.
        prefix: what its names begin with: "fc." in a whole network.
    """
    weight, bias = state.get(f"{prefix}weight"), state.get(f"{prefix}bias")
    if weight is None or bias is None:
        return None
    weight, bias = np.asarray(weight, np.float32), np.asarray(bias, np.float32)
    fits = weight.shape == (classes, FEATURES) and bias.shape == (classes,)
    return (weight, bias) if fits else None
