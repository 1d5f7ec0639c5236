"""How often a model is right, how confident it is, and how certain that is, from plain counts."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics

from fingercount.imaging.types import BoolArray, Float64Array, IntArray


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
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def confusion_matrix(
    actual: Sequence[str], predicted: Sequence[str], classes: Sequence[str]
) -> IntArray:
    """Return counts [C, C]: rows actual, columns predicted, both in the order of `classes`."""
    if not len(actual):
        return np.zeros((len(classes), len(classes)), int)
    counts: IntArray = metrics.confusion_matrix(actual, predicted, labels=list(classes))
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
