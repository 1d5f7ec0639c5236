"""Connected groups: items that are joined, directly or through others, are one group.

groups = join(groups, a, b)               # a[i] and b[i] belong together, for every i
groups = common_groups(sessions, copies)  # together if either grouping says so
"""

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.int64]


def join(groups: Groups, a: Groups, b: Groups) -> Groups:
    """Return the groups after joining those of each pair, numbered by their first items: int [N].

    Args:
        groups: a number from 0 to N - 1 for each of N items, int [N].
        a, b: the items of each pair, int [P].
    """
    # The least group that each group is known to be joined with, until no pair says otherwise.
    least, ones, others = np.arange(len(groups)), groups[a], groups[b]
    while (apart := least[ones] != least[others]).any():
        ones, others = ones[apart], others[apart]
        left, right = least[ones], least[others]
        np.minimum.at(least, np.maximum(left, right), np.minimum(left, right))
        while not np.array_equal(beyond := least[least], least):
            least = beyond
    _, first, inverse = np.unique(least[groups], return_index=True, return_inverse=True)
    rank: Groups = np.argsort(np.argsort(first))
    return rank[inverse]


def common_groups(*groupings: NDArray[np.generic]) -> Groups:
    """Return the connected groups of several groupings, numbered as by `join`: int [N].

    Args:
        groupings: names or numbers, [N] each; items that share one belong together.
    """
    items = np.arange(len(groupings[0]))
    groups = items
    for grouping in groupings:
        _, first, inverse = np.unique(grouping, return_index=True, return_inverse=True)
        groups = join(groups, items, first[inverse])
    return groups
