"""Connected groups: items that are joined, directly or through others, are one group.

groups = join(groups, a, b)               # a[i] and b[i] belong together, for every i
groups = common_groups(sessions, copies)  # together if either grouping says so
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Groups = NDArray[np.int64]


def join(groups: Groups, a: Groups, b: Groups) -> Groups:
    """Return the groups after joining those of each pair, numbered by their first items: int [N].

    Args:
        groups: a number from 0 to N - 1 for each of N items, int [N].
        a, b: the items of each pair, int [P].
    """
    n = len(groups)
    edges = coo_matrix((np.ones(len(a), bool), (groups[a], groups[b])), shape=(n, n))
    _, components = connected_components(edges, directed=False)
    _, first, inverse = np.unique(components[groups], return_index=True, return_inverse=True)
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
