"""The last steps of a training: how confident the model may be, and who looks for a hand."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fingercount.data.snapshot import Photo
from fingercount.imaging.types import Float32Array, IntArray, Probabilities
from fingercount.labels import NONE
from fingercount.models.backbones import Backbone
from fingercount.models.decision import NO_HAND
from fingercount.models.features import Features
from fingercount.models.last_layer import answer, hand_missing
from fingercount.training.head import targets

ENOUGH = 50  # photos; fewer say too little about confidence
RANGE = (0.5, 4.0)  # a temperature outside it means something else is wrong
HANDS_REFUSED = 0.02  # share of the user's own photos in which the check may see no hand
GOLDEN = (5**0.5 - 1) / 2


def calibrate(
    features: Features,
    layer: Mapping[str, Float32Array],
    train: Sequence[Photo],
    val: Sequence[Photo],
    classes: Sequence[str],
    same_session: bool,
) -> dict[str, float | bool]:
    """Return what a fitted last layer's card says of itself: "temperature" and "hand_check".

    Args:
        features: computed for all of these photos.
        layer: "weight" [C, 512] and "bias" [C].
        same_session: see `fit_temperature`.
    """
    rows = answer(features.matrix(val), (layer["weight"], layer["bias"]))
    y = targets(val, classes)
    return {
        "temperature": fit_temperature(rows, y, same_session),
        "hand_check": can_check_hands(features.matrix(train), features.backbone, classes),
    }


def fit_temperature(probabilities: Probabilities, y: IntArray, same_session: bool) -> float:
    """Return the temperature under which held-out photos are most likely (temperature scaling).

    Args:
        probabilities: [N, C] at temperature 1.
        y: class indices [N].
        same_session: whether the photos come from sessions that were trained on; the model looks
            better on these, so it is then made less confident, never more.
    """
    if len(y) < ENOUGH:
        return 1.0
    logits = np.log(np.clip(probabilities, 1e-7, None))

    def unlikelihood(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        scaled = scaled - scaled.max(1, keepdims=True)
        log_p = scaled - np.log(np.exp(scaled).sum(1, keepdims=True))
        return -float(log_p[np.arange(len(y)), y].mean())

    low, high = np.log(RANGE)
    low = max(low, 0.0) if same_session else low
    return round(float(np.exp(lowest(unlikelihood, low, high))), 3)


def lowest(of: Callable[[float], float], low: float, high: float, within: float = 1e-6) -> float:
    """Return where a function with one valley is lowest, by golden section."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = of(left), of(right)
    while high - low > within:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = of(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = of(right)
    return (low + high) / 2


def can_check_hands(features: Float32Array, backbone: Backbone, classes: Sequence[str]) -> bool:
    """Whether the backbone may say that there is no hand, for a model without that class.

    It may not if it sees no hand in the user's own photos: then these show something else.

    Args:
        features: of the training photos, [N, 512].
    """
    if NONE in classes or backbone.hand_check is None:
        return False
    empty = hand_missing(features, backbone.hand_check) > NO_HAND
    return bool(empty.mean() <= HANDS_REFUSED)
