"""Whether a second hand is in the picture, from the features that the count is read from.

    probabilities = second_hand(features, check)     # [N, 512] -> [N]

It is one more output beside a backbone's last layer, so it costs next to nothing, and it belongs to
that backbone: the model's card names the weights whose features it reads.
"""

from pathlib import Path
from typing import TypeAlias

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from fingercount.errors import FingercountError
from fingercount.files import write_atomic, write_json
from fingercount.imaging.types import Float32Array
from fingercount.models.card import CARD, Card
from fingercount.models.last_layer import FEATURES
from fingercount.models.registry import bring_back
from fingercount.models.storage import SECOND_HAND, read_card, vouch

SecondHand: TypeAlias = tuple[Float32Array, Float32Array]  # weight [1, 512], bias [1]

SURE = 0.5  # from this probability on it is said; the bias was chosen so (see docs/benchmarks.md)


def second_hand(features: Float32Array, check: SecondHand) -> Float32Array:
    """Return the probability [N] that there is more than one hand."""
    weight, bias = check
    logits = features @ weight[0] + bias[0]
    probabilities: Float32Array = (0.5 + 0.5 * np.tanh(logits / 2)).astype(np.float32)
    return probabilities


def read_second_hand(folder: Path, card: Card, own: str) -> SecondHand | None:
    """Return a model's check for a second hand, or None if it has none for weights with this hash.

    Args:
        folder, card: the model's.
        own: the hash of its weights.

    Raises:
        FingercountError: if its file is damaged.
    """
    path = Path(folder) / SECOND_HAND
    if card.get("second_hand") != own or not path.is_file():
        return None
    try:
        arrays = load_file(str(path))
        weight, bias = arrays["weight"], arrays["bias"]
        if weight.shape != (1, FEATURES) or bias.shape != (1,):
            raise ValueError("its shape is another")
        if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
            raise ValueError("its numbers are not finite")
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise FingercountError(
            f"{path} is damaged ({error}); delete {SECOND_HAND} to do without or, where it is the "
            f"model that ships, {bring_back()}."
        ) from error
    return weight.astype(np.float32), bias.astype(np.float32)


def write_second_hand(folder: Path, check: SecondHand, own: str) -> Path:
    """Write a check for a second hand beside a model's weights, and say so in its card.

    Args:
        folder: a model of kind "full".
        check: what it is to ask.
        own: the hash of the weights whose features it reads.
    """
    weight, bias = (np.ascontiguousarray(part, np.float32) for part in check)
    write_atomic(Path(folder) / SECOND_HAND, save({"weight": weight, "bias": bias}))
    write_json(Path(folder) / CARD, {**read_card(folder), "second_hand": own})
    vouch(folder)
    return Path(folder) / SECOND_HAND
