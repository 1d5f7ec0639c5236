"""How far photos lie from each other, by what the network sees in them."""

import numpy as np

BLOCK = 1024  # photos at a time


def between_groups(features: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return each photo's distance to the nearest of another group: float [N]; [0] with one group.

    Args:
        features: unit length, float32 [N, 512]; a distance is 1 - cosine.
        groups: number of each photo's group, int [N].
    """
    if len(set(groups)) < 2:
        return np.zeros(0)
    found = []
    for first in range(0, len(features), BLOCK):
        likeness = features[first : first + BLOCK] @ features.T
        likeness[groups[first : first + BLOCK, None] == groups[None]] = -1
        found.append(1 - likeness.max(1))
    return np.concatenate(found)


def to_nearest(features: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance of each of `features` [n, 512] to the nearest of `others` [N, 512]."""
    return np.concatenate(
        [
            1 - (features[first : first + BLOCK] @ others.T).max(1)
            for first in range(0, len(features), BLOCK)
        ]
    )
