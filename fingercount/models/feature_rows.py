"""Features by key in one array: with 100,000 photos a second copy of them is what fills a memory.

rows = FeatureRows()
rows.reserve(["a", "b"])
rows["a"], rows["b"] = ...                     # float32 [512] each
x = rows.take(["a", "b"])                      # [2, 512], here no copy
"""

from collections.abc import Iterable, Sequence

import numpy as np

from fingercount.imaging.types import Float32Array


class FeatureRows:
    """Rows of features, in the order in which places were reserved for them.

    Args:
        width: numbers in a row.
        more: for how many rows beyond the first that are reserved there is to be room. Room that is
            not used takes no memory.
    """

    def __init__(self, width: int, more: int = 0):
        self._array = np.empty((0, width), np.float32)
        self._more = more
        self._place: dict[str, int] = {}
        self._there = np.zeros(0, bool)

    def __contains__(self, key: str) -> bool:
        place = self._place.get(key)
        return place is not None and bool(self._there[place])

    def __setitem__(self, key: str, row: Float32Array) -> None:
        place = self._place[key]
        self._array[place] = row
        self._there[place] = True

    def reserve(self, keys: Iterable[str]) -> None:
        """Give a place to each key that has none, one behind the other."""
        for key in keys:
            self._place.setdefault(key, len(self._place))
        n, room = len(self._place), len(self._array)
        if n > room:
            larger = np.empty((n + self._more, self._array.shape[1]), np.float32)
            larger[:room] = self._array
            there = np.zeros(len(larger), bool)
            there[:room] = self._there
            self._array, self._there = larger, there

    def take(self, keys: Sequence[str]) -> Float32Array:
        """Return the rows of keys, float32 [N, width]; not a copy where they follow each other.

        Raises:
            KeyError: for a key without a row.
        """
        missing = next((key for key in keys if key not in self), None)
        if missing is not None:
            raise KeyError(missing)
        places = np.fromiter((self._place[key] for key in keys), np.int64, len(keys))
        if len(places) and (np.diff(places) == 1).all():
            return self._array[places[0] : places[-1] + 1]
        return self._array[places]
