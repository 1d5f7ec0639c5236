"""Adam (Kingma and Ba 2015) on NumPy arrays, with a learning rate that falls along a cosine."""

import math
from collections.abc import Sequence

import numpy as np

from fingercount.imaging.types import Float32Array

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class Adam:
    """Moves weights, in place, against their gradients.

    Attributes:
        steps: how many were taken.
    """

    def __init__(self, weights: Sequence[Float32Array]):
        self.weights, self.steps = weights, 0
        self._means = [np.zeros_like(weight) for weight in weights]
        self._squares = [np.zeros_like(weight) for weight in weights]

    def step(self, gradients: Sequence[Float32Array], rate: float) -> None:
        """Take one step at a learning rate; a gradient for each of the weights."""
        self.steps += 1
        of_mean, of_square = (1 - beta**self.steps for beta in BETAS)
        for weight, gradient, mean, square in zip(
            self.weights, gradients, self._means, self._squares
        ):
            mean += (1 - BETAS[0]) * (gradient - mean)
            square *= BETAS[1]
            square += (1 - BETAS[1]) * np.square(gradient)
            weight -= rate / of_mean * mean / (np.sqrt(square) / math.sqrt(of_square) + EPSILON)


def cosine(peak: float, step: int, steps: int) -> float:
    """Return the learning rate at a step of so many: from the peak down to nothing."""
    return peak * (1 + math.cos(math.pi * step / steps)) / 2
