"""The order of the photos and the views of an epoch: the same for a seed, everywhere and always.

    draws = Draws(seed=0)
    order, view = draws.order(n), draws.below(3, n)

They are those that earlier versions drew with PyTorch's generator (Mersenne Twister, one number of
32 bits each, modulo what is asked for), so a training gives the same model again without PyTorch.
"""

import numpy as np

from fingercount.imaging.types import IntArray

WORD = 2**32


class Draws:
    """Numbers that follow from a seed.

    Args:
        seed: 0 or more; its lowest 32 bits count.
    """

    def __init__(self, seed: int):
        # Of NumPy's generators the one whose numbers are promised never to change.
        self._random = np.random.RandomState(seed % WORD)

    def below(self, least: int, n: int) -> IntArray:
        """Return n numbers from 0 to less than `least`."""
        return self._words(n) % least

    def order(self, n: int) -> IntArray:
        """Return the numbers from 0 to n - 1, shuffled."""
        places = range(max(0, n - 1))
        steps = self._words(len(places)) % np.arange(n, n - len(places), -1)
        order = list(range(n))
        for place, step in zip(places, steps.tolist()):
            order[place], order[place + step] = order[place + step], order[place]
        return np.array(order, np.int64)

    def _words(self, n: int) -> IntArray:
        return self._random.randint(0, WORD, n, np.uint32).astype(np.int64)
