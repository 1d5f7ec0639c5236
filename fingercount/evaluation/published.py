"""How well a model was measured to work before it shipped: report.json beside its weights.

    for measured in read_measured(Path("models/hands"), weights): print(measured.name, measured.n)

benchmarks/report.py writes it from evaluations on sets that no user has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fingercount.evaluation.metrics import ClassFigures, calibration_error, per_class, share, wilson
from fingercount.evaluation.report import Report
from fingercount.files import write_json
from fingercount.imaging.types import IntArray
from fingercount.json_files import COUNT, NUMBER, SHARE, AnyOf, fault, read_json
from fingercount.labels import NONE, count_of

FILE = "report.json"
_SHAPE = {
    "format!": COUNT,
    "weights!": str,
    "sets!": [
        {
            "name!": str,
            "about!": str,
            "classes!": [str],
            "confusion!": [[COUNT]],
            "refused!": AnyOf(SHARE, None),
            "none_counted!": AnyOf(SHARE, None),
            "calibration_error!": NUMBER,
        }
    ],
}


@dataclass(frozen=True)
class Measured:
    """One set's figures, like an evaluation's Report as far as charts and tables need them.

    Attributes:
        name, about: of the set, for people; `about` is a sentence.
        classes: as in Report.
        confusion: int [C, C], rows actual, columns predicted.
        refused: share of the hands that get no number at the model's threshold, or None.
        none_counted: share of the photos without a hand that get one, or None.
        calibration_error: expected, over ten bins.
    """

    name: str
    about: str
    classes: list[str]
    confusion: IntArray
    refused: float | None
    none_counted: float | None
    calibration_error: float

    @property
    def n(self) -> int:
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        return int(self.confusion.trace())

    @property
    def accuracy(self) -> float | None:
        return share(self.right, self.n)

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.right, self.n)

    @property
    def per_class(self) -> dict[str, ClassFigures]:
        return per_class(self.confusion, self.classes)

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "n": self.n, "confusion": self.confusion.tolist()}


def summarize(report: Report, name: str, about: str) -> Measured:
    """Return what is kept of an evaluation: no photo and no path."""
    hands = [item for item in report.items if item.actual != NONE]
    others = [item for item in report.items if item.actual == NONE]
    numbered = sum(count_of(item.answer) is not None for item in hands)
    counted = sum(count_of(item.answer) is not None for item in others)
    return Measured(
        name,
        about,
        list(report.classes),
        report.confusion,
        share(len(hands) - numbered, len(hands)),
        share(counted, len(others)),
        calibration_error(
            np.array([item.confidence for item in report.items]),
            np.array([item.right for item in report.items], bool),
        ),
    )


def write_measured(path: Path, weights: str, sets: Sequence[Measured]) -> None:
    """Write report.json for the model whose weights have this hash."""
    write_json(path, {"format": 1, "weights": weights, "sets": [one.to_json() for one in sets]})


def read_measured(folder: Path, weights: str) -> list[Measured]:
    """Return what report.json says of these weights; nothing if it is for others or damaged.

    Args:
        folder: the model's.
        weights: hash of the weights that are there now, from `backbones.weights_hash`.
    """
    try:
        report = read_json(Path(folder) / FILE)
        if fault(report, _SHAPE) is not None:
            return []
        if report["format"] != 1 or report["weights"] != weights:
            return []
        return [_read_set(one) for one in report["sets"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # it only informs; the model works without it


def _read_set(one: dict[str, Any]) -> Measured:
    fields = {name: one[name] for name in Measured.__dataclass_fields__}
    confusion = np.array(fields.pop("confusion"), int)
    if confusion.shape != (len(one["classes"]),) * 2:
        raise ValueError("the matrix does not fit its classes")
    return Measured(confusion=confusion, **fields)
