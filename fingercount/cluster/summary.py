"""What all answers come to, worked out from the parts one by one."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fingercount.cluster.parts import columns_of
from fingercount.evaluation.metrics import ClassFigures, per_class, share, wilson
from fingercount.imaging.types import IntArray
from fingercount.labels import sort_labels


@dataclass(frozen=True)
class Summary:
    """How many photos got which answer.

    Attributes:
        model, data, out: what was asked about what, and where the parts are.
        classes: the model's, then labels that it does not know.
        answers: {answer: photos}.
        confusion: photos with a label, by actual and predicted class, int [C, C].
        unreadable: photos without an answer.
    """

    model: str
    data: str
    out: str
    classes: list[str]
    answers: dict[str, int]
    confusion: IntArray
    unreadable: int

    @property
    def n(self) -> int:
        """How many photos were answered."""
        return sum(self.answers.values())

    @property
    def labelled(self) -> int:
        """How many of those have a label."""
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.right, self.labelled)

    @property
    def per_class(self) -> dict[str, ClassFigures]:
        return per_class(self.confusion, self.classes)

    def to_json(self) -> dict[str, Any]:
        """Return it with the names that `evaluate --json` has; without labels, no accuracy."""
        return {
            "model": self.model,
            "data": self.data,
            "out": self.out,
            "photos": self.n,
            "unreadable": self.unreadable,
            "answers": self.answers,
            "n": self.labelled,
            "accuracy": share(self.right, self.labelled),
            "accuracy_interval": list(self.interval) if self.interval else None,
            "classes": self.classes,
            "confusion": self.confusion.tolist(),
            "per_class": self.per_class if self.labelled else {},
        }


def summarise(model: str, data: Path, out: Path, classes: list[str]) -> Summary:
    """Return what the answers in a folder come to.

    Raises:
        FingercountError: for a part that cannot be read.
    """
    answers, cells = Counter[str](), Counter[tuple[str, str]]()
    unreadable = 0
    for rows in columns_of(out, ["actual", "predicted", "answer", "error"]):
        for row in rows:
            if row["error"] is not None:
                unreadable += 1
                continue
            answers[row["answer"]] += 1
            if row["actual"] is not None:
                cells[row["actual"], row["predicted"]] += 1
    known = [*classes, *sort_labels({actual for actual, _ in cells} - set(classes))]
    confusion = np.zeros((len(known), len(known)), np.int64)
    for (actual, predicted), photos in cells.items():
        confusion[known.index(actual), known.index(predicted)] = photos
    return Summary(model, str(data), str(out), known, dict(answers), confusion, unreadable)
