"""How far photos are from each other: 1 - cosine of what the network sees in them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances_chunked

from fingercount.groups import Groups

Floats = NDArray[np.floating]
MEBIBYTES = 80  # that a table of distances may take: those of 1,000 photos to 10,000


def between_groups(features: Floats, groups: Groups) -> Floats:
    """Return each photo's distance to the nearest of another group: float [N]; [0] with one group.

    Args:
        features: float32 [N, 512].
        groups: number of each photo's group, int [N].
    """
    if len(np.unique(groups)) < 2:
        return np.zeros(0)

    def nearest_outside(distances: Floats, first: int) -> Floats:
        distances[groups[first : first + len(distances), None] == groups[None]] = np.inf
        return distances.min(1)

    return _in_parts(features, features, nearest_outside)


def to_nearest(features: Floats, others: Floats) -> Floats:
    """Return the distance of each of `features` [n, 512] to the nearest of `others` [N, 512]."""
    return _in_parts(features, others, lambda distances, first: distances.min(1))


def _in_parts(x: Floats, y: Floats, reduce: Callable[[Floats, int], Floats]) -> Floats:
    """Return what `reduce` makes of some rows of the table of distances at a time."""
    parts = pairwise_distances_chunked(
        x, y, reduce_func=reduce, metric="cosine", working_memory=MEBIBYTES
    )
    return np.concatenate(list(parts))
