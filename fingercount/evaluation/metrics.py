"""How often a model is right, how confident it is, and how certain that is, from plain counts."""

import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from fingercount.imaging.types import BoolArray, Float64Array, IntArray

Z = 1.959963984540054  # of a 95 % interval: 2.5 % of a normal distribution lie above it


class ClassFigures(TypedDict):
    """How a class fares: its photos, and shares from 0 to 1, None where nothing was measured."""

    n: int
    precision: float | None
    recall: float | None
    f1: float | None


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None for 0/0: nothing was measured, which is not zero."""
    return part / whole if whole else None


def wilson(right: int, n: int) -> tuple[float, float] | None:
    """Return the 95 % Wilson score interval of a share, or None for n = 0."""
    if not n:
        return None
    p, scale = right / n, 2 * (n + Z**2)
    middle = (2 * n * p + Z**2) / scale
    reach = Z / scale * math.sqrt(4 * n * p * (1 - p) + Z**2)
    return (middle - reach if right else 0.0), (middle + reach if right < n else 1.0)


def sign_test(first: int, second: int) -> float:
    """Return the p-value, two-sided and exact, of so many against so many where even is expected.

    It is the binomial test with a chance of one half.
    """
    n, less = first + second, min(first, second)
    if first == second:
        return 1.0
    # The tail, from its largest term down; each is the one before times a ratio.
    log = math.lgamma(n + 1) - math.lgamma(less + 1) - math.lgamma(n - less + 1)
    term = tail = math.exp(log - n * math.log(2))
    for k in range(less, 0, -1):
        term *= k / (n - k + 1)
        tail += term
    return min(1.0, 2 * tail)


def confusion_matrix(
    actual: Sequence[str], predicted: Sequence[str], classes: Sequence[str]
) -> IntArray:
    """Return counts [C, C]: rows actual, columns predicted, both in the order of `classes`."""
    place = {label: i for i, label in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), int)
    for label, said in zip(actual, predicted):
        if label in place and said in place:
            counts[place[label], place[said]] += 1
    return counts


def per_class(matrix: IntArray, classes: Sequence[str]) -> dict[str, ClassFigures]:
    """Return {label: n, precision, recall, f1} of a confusion matrix; 0/0 is None.

    Recall: of the photos of this class, the share found. Precision: of the photos that the model
    gave this name, the share for which that is right.
    """
    out: dict[str, ClassFigures] = {}
    for i, label in enumerate(classes):
        found, n, named = int(matrix[i, i]), int(matrix[i].sum()), int(matrix[:, i].sum())
        f1 = share(2 * found, n + named)
        out[label] = {
            "n": n,
            "precision": share(found, named),
            "recall": share(found, n),
            "f1": f1,
        }
    return out


def calibration_error(confidence: Float64Array, right: BoolArray, bins: int = 10) -> float:
    """Return the expected calibration error: how far confidence is from the share of right answers.

    Photos are sorted into bins of equal width by confidence; the gap of each bin is weighted by
    its photos (Guo et al. 2017).

    Args:
        confidence: of each answer, 0 to 1, [N].
        right: whether it is right, bool [N].
        bins: how many.
    """
    if not len(confidence):
        return 0.0
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    error: float = sum(
        abs(confidence[bin_of == b].mean() - right[bin_of == b].mean()) * (bin_of == b).mean()
        for b in np.unique(bin_of)
    ).item()
    return error
