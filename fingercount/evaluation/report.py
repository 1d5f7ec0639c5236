"""The result of an evaluation: each photo's answer, and everything that follows from them.

Rows are actual, columns are predicted, everywhere.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fingercount.data.session_count import SessionCount
from fingercount.data.splits import GUESSED
from fingercount.evaluation.metrics import ClassFigures, confusion_matrix, per_class, share, wilson
from fingercount.imaging.types import IntArray
from fingercount.labels import NONE
from fingercount.models.decision import given_a_hand, no_hand
from fingercount.text import cell


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """What a model says of one photo.

    Attributes:
        path: relative to the data set.
        actual, predicted: class names; predicted is the most probable class.
        answer: what a person sees: a class, "none" or "not sure".
        probabilities: in the order of the model's classes.
        seen: "train" or "val" if this very photo trained the model, else None.
        session_seen: whether any photo of its session did.
        session_guessed: whether nobody has said which session it is of.
        backbone_seen: whether this very photo trained the network below the model's last layer.
    """

    path: str
    actual: str
    predicted: str
    answer: str
    probabilities: tuple[float, ...]
    session: str
    split: str | None = None
    seen: str | None = None
    session_seen: bool = False
    backbone_seen: bool = False
    session_guessed: bool = False

    @property
    def confidence(self) -> float:
        """The probability of the predicted class, if there is a hand (see decision.no_hand)."""
        return float(max(given_a_hand(np.array(self.probabilities))))

    @property
    def right(self) -> bool:
        return self.actual == self.predicted


@dataclass(frozen=True)
class Report:
    """The result of an evaluation; everything in it follows from the items.

    Attributes:
        model, dataset, split: what was measured on what.
        classes: the model's classes in its order, then labels that it does not know.
        items: one for each photo.
        notes: sentences that belong beside the numbers.
    """

    model: str
    dataset: str
    split: str
    classes: list[str]
    items: list[PhotoResult]
    notes: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.items)

    @property
    def right(self) -> int:
        return sum(item.right for item in self.items)

    @property
    def accuracy(self) -> float | None:
        return share(self.right, self.n)

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.right, self.n)

    @property
    def session_count(self) -> SessionCount:
        """How many sessions the photos are of, as far as that is known."""
        return SessionCount.of(self.items)

    @property
    def sessions(self) -> int:
        """How many sessions there are, guessed ones included."""
        return len({item.session for item in self.items})

    @property
    def confusion(self) -> IntArray:
        return confusion_matrix(
            [item.actual for item in self.items],
            [item.predicted for item in self.items],
            self.classes,
        )

    @property
    def per_class(self) -> dict[str, ClassFigures]:
        return per_class(self.confusion, self.classes)

    def to_json(self) -> dict[str, Any]:
        """Return the report as `evaluate --json` writes it."""
        return {
            "model": self.model,
            "data": self.dataset,
            "split": self.split,
            "n": self.n,
            "sessions": self.sessions,
            **self.session_count.to_json(),
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.interval) if self.interval else None,
            "classes": self.classes,
            "confusion": self.confusion.tolist(),
            "per_class": self.per_class,
            "notes": self.notes,
            "items": [
                {
                    "path": item.path,
                    "actual": item.actual,
                    "predicted": item.predicted,
                    "answer": item.answer,
                    "confidence": item.confidence,
                    "session": item.session,
                    "seen": item.seen,
                    "session_seen": item.session_seen,
                }
                for item in self.items
            ],
        }


def sessions_note(items: list[PhotoResult], guessed: bool = False) -> str:
    """Say in a sentence how new these photos are to the model.

    Args:
        guessed: whether the data set has photos of which nobody has said the session.
    """
    seen = sum(item.seen is not None for item in items)
    sessions = {item.session for item in items}
    known = {item.session for item in items if item.session_seen}
    if seen:
        part = _part(seen, len(items))
        return f"The model was trained on {part} photos: expect less on new ones."
    if guessed and not known:
        return f"The model was trained on none of these photos. {GUESSED}"
    if any(item.session_guessed for item in items):  # what is guessed is not counted
        return (
            "Some of their sessions trained the model (same session: expect less on another day). "
            f"{GUESSED}"
        )
    if len(sessions) == 1:
        if known:
            return "This session trained the model: expect less on another day."
        return "The model has not seen this session in training."
    if known:
        part = "All" if known == sessions else f"{len(known):,}"
        return (
            f"{part} of the {len(sessions):,} sessions trained the model (same session: expect "
            "less on another day)."
        )
    return f"The model has seen none of the {len(sessions):,} sessions in training."


def _part(n: int, total: int) -> str:
    return f"{'all' if n == total else f'{n:,} of'} these {total:,}"


def to_csv(report: Report, classes: Sequence[str]) -> str:
    """Return a row for each photo as CSV, with the probability of each of the model's classes."""
    columns = ["path", "actual", "predicted", "answer", "confidence", "session", "seen in training"]
    # A model without that class may leave its probability to 1 (see decision.no_hand).
    rest = [] if NONE in classes else ["p(no hand)"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, *(cell(f"p({label})") for label in classes), *rest])
    for item in report.items:
        said = map(cell, (item.path, item.actual, item.predicted, item.answer))
        row = [*said, item.confidence, cell(item.session)]
        empty = [no_hand(np.array(item.probabilities), classes)] if rest else []
        writer.writerow([*row, item.seen or "", *item.probabilities, *empty])
    return text.getvalue()
