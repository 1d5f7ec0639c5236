"""How far photos are from each other: 1 - cosine of what the network sees in them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances_chunked

from fingercount.groups import Groups

Floats = NDArray[np.floating]
MEBIBYTES = 80  # that a table of distances may take: those of 1,000 photos to 10,000
MOST = 4000  # photos whose distance is looked up: enough for what is usual, and no N x N table


def between_groups(features: Floats, groups: Groups, most: int = MOST) -> Floats:
    """Return photos' distances to the nearest of another group: float [n]; [0] with one group.

    Args:
        features: float32 [N, 512].
        groups: number of each photo's group, int [N].
        most: of how many photos; of more, that many are taken evenly from all.
    """
    if len(np.unique(groups)) < 2:
        return np.zeros(0)
    asked = np.unique(np.linspace(0, len(groups) - 1, most).round().astype(int))
    own = groups[asked]

    def nearest_outside(distances: Floats, first: int) -> Floats:
        distances[own[first : first + len(distances), None] == groups[None]] = np.inf
        return distances.min(1)

    return _in_parts(features[asked], features, nearest_outside)


def to_nearest(features: Floats, others: Floats) -> Floats:
    """Return the distance of each of `features` [n, 512] to the nearest of `others` [N, 512]."""
    return _in_parts(features, others, lambda distances, first: distances.min(1))


def _in_parts(x: Floats, y: Floats, reduce: Callable[[Floats, int], Floats]) -> Floats:
    """Return what `reduce` makes of some rows of the table of distances at a time."""
    parts = pairwise_distances_chunked(
        x, y, reduce_func=reduce, metric="cosine", working_memory=MEBIBYTES
    )
    return np.concatenate(list(parts))
