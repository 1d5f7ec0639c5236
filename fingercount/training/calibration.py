"""What a trained model learns about itself last: how sure to be, and whom to ask about no hand."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from fingercount.labels import NONE
from fingercount.models.backbones import Backbone
from fingercount.models.decision import NO_HAND

ENOUGH = 50  # photos; fewer say more about themselves than about how sure to be
RANGE = (0.5, 4.0)  # a temperature beyond is a sign of something else
HANDS_REFUSED = 0.02  # share of the user's own photos that the check may hold for no hand


def fit_temperature(probabilities: np.ndarray, y: np.ndarray, same_session: bool) -> float:
    """Return the temperature under which held-out photos are most likely (temperature scaling).

    Args:
        probabilities: [N, C] at temperature 1.
        y: class indices [N].
        same_session: whether the photos come from sessions that were trained on; they flatter, so
            a model is then made less sure, never surer.
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
    found = minimize_scalar(unlikelihood, bounds=(low, high), method="bounded")
    return round(float(np.exp(found.x)), 3)


def can_check_hands(features: np.ndarray, backbone: Backbone, classes: Sequence[str]) -> bool:
    """Whether the backbone may say that there is no hand in front of a model without that class.

    Not where it takes the user's own photos for no hands: then they show something else.

    Args:
        features: of the training photos, [N, 512].
    """
    if NONE in classes or backbone.hand_check is None:
        return False
    weight, bias, none = backbone.hand_check
    logits = torch.from_numpy(features) @ weight.float().T + bias.float()
    empty = torch.softmax(logits, 1)[:, none] > NO_HAND
    return bool(empty.float().mean() <= HANDS_REFUSED)
