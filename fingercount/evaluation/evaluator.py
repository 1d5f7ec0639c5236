"""How far to trust a model: confusion matrix, precision, recall, and intervals.

    report = evaluate(load_model("hands"), Dataset("data/hands"))
    report.accuracy, report.interval

Rows are actual, columns are predicted, everywhere.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics

from fingercount.data.dataset import Dataset, Photo
from fingercount.data.splits import GUESSED
from fingercount.errors import FingercountError
from fingercount.labels import NONE, canonical, sort_labels
from fingercount.models.decision import given_a_hand, no_hand
from fingercount.models.model import BATCH, Model

SPLITS = ("test", "val", "train", "all")


@dataclass(frozen=True)
class Item:
    """What a model says of one photo.

    Attributes:
        path: relative to the data set.
        actual, predicted: class names; predicted is the most probable class.
        answer: what a person would be told: a class, "none" or "not sure".
        probabilities: in the order of the model's classes.
        seen: "train" or "val" where this very photo trained the model, else None.
        session_seen: whether any photo of its session did.
        backbone_seen: whether this very photo trained what the model's last layer stands on.
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

    @property
    def confidence(self) -> float:
        """The probability of the predicted class, if there is a hand (see answers.no_hand)."""
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
    items: list[Item]
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
    def sessions(self) -> int:
        return len({item.session for item in self.items})

    @property
    def confusion(self) -> np.ndarray:
        return confusion_matrix(
            [item.actual for item in self.items],
            [item.predicted for item in self.items],
            self.classes,
        )

    @property
    def per_class(self) -> dict[str, dict]:
        return per_class(self.confusion, self.classes)

    def to_json(self) -> dict:
        """Return the report as `evaluate --json` writes it."""
        return {
            "model": self.model,
            "data": self.dataset,
            "split": self.split,
            "n": self.n,
            "sessions": self.sessions,
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


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None for 0/0: nothing was measured, which is not zero."""
    return part / whole if whole else None


def wilson(right: int, n: int) -> tuple[float, float] | None:
    """Return the 95 % Wilson score interval of a share, or None for n = 0."""
    if not n:
        return None
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def confusion_matrix(actual: Sequence[str], predicted: Sequence[str], classes) -> np.ndarray:
    """Return counts [C, C]: rows actual, columns predicted, both in the order of `classes`."""
    if not len(actual):
        return np.zeros((len(classes), len(classes)), int)
    return metrics.confusion_matrix(actual, predicted, labels=list(classes))


def per_class(matrix: np.ndarray, classes: Sequence[str]) -> dict[str, dict]:
    """Return {label: n, precision, recall, f1} of a confusion matrix; 0/0 is None.

    Recall: of the photos of this class, the share found. Precision: of the photos that the model
    gave this name, the share that it is right for.
    """
    out = {}
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


def choose_photos(dataset: Dataset, split: str | None) -> tuple[list[Photo], str]:
    """Return the photos to evaluate, and the split they are.

    Args:
        split: one of SPLITS; None takes the stored test side where there is one, else everything.

    Raises:
        FingercountError: where there is no such photo.
    """
    if split not in (None, *SPLITS):
        raise FingercountError(f"There is no split {split!r}; choose one of {', '.join(SPLITS)}.")
    photos = dataset.photos()
    if not photos:
        raise FingercountError(
            f"The data set {dataset.name} has no photos; collect or import some."
        )
    if split is None:
        split = "test" if any(photo.split == "test" for photo in photos) else "all"
    chosen = [photo for photo in photos if split in ("all", photo.split)]
    if not chosen:
        raise FingercountError(
            f"The data set {dataset.name} has no {split} side yet; train on it once, which holds "
            "sessions out, or evaluate everything (--split all)."
        )
    return chosen, split


def evaluate(
    model: Model,
    dataset: Dataset,
    split: str | None = None,
    *,
    known: dict[str, np.ndarray] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Ask the model about every photo of one side of a data set.

    Args:
        model: from load_model.
        dataset: any folder of label folders.
        split: see choose_photos.
        known: {content hash: probabilities [C]} of photos this model was asked about before; what
            is new is added, so that relabelling a photo asks nothing again.
        progress: called with (done, total) as it goes.

    Raises:
        FingercountError: where there is nothing to evaluate, or a photo cannot be read.
    """
    photos, split = choose_photos(dataset, split)
    rows = ask(model, dataset, photos, {} if known is None else known, progress)
    return make_report(model, dataset, photos, rows, split)


def ask(
    model: Model,
    dataset: Dataset,
    photos: Sequence[Photo],
    known: dict[str, np.ndarray],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Return the model's probabilities [N, C] of photos; the arguments are those of evaluate."""
    hashes = dataset.hashes()
    asked = [photo for photo in photos if hashes.get(photo.path) not in known]
    progress(len(photos) - len(asked), len(photos))
    for first in range(0, len(asked), BATCH):
        part = asked[first : first + BATCH]
        rows = model.predict(dataset.image(photo) for photo in part)
        known |= {hashes[photo.path]: row for photo, row in zip(part, rows)}
        progress(len(photos) - len(asked) + first + len(part), len(photos))
    return np.stack([known[hashes[photo.path]] for photo in photos])


def make_report(model: Model, dataset: Dataset, photos, probabilities, split: str) -> Report:
    """Return the report on photos whose probabilities [N, C] are known."""
    hashes = dataset.hashes()
    canonical_of = {canonical(label): label for label in model.classes}
    known = {p.session for p in dataset.photos() if hashes.get(p.path) in model.seen}
    items = [
        Item(
            path=photo.path,
            actual=canonical_of.get(photo.label, photo.label),
            predicted=model.classes[int(np.argmax(row))],
            answer=model.answer(row),
            probabilities=tuple(float(p) for p in row),
            session=photo.session,
            split=photo.split,
            seen=model.seen.get(hashes.get(photo.path)),
            session_seen=photo.session in known,
            backbone_seen=hashes.get(photo.path) in model.backbone_seen,
        )
        for photo, row in zip(photos, probabilities)
    ]
    strange = sort_labels({item.actual for item in items} - set(model.classes))
    notes = [sessions_note(items, dataset.people_unknown)]
    if before := sum(item.backbone_seen for item in items):
        notes.append(
            f"Its backbone was trained on {_part(before, len(items))} photos: expect less on new "
            "ones."
        )
    if left_out := dataset.left_out:
        notes.append(left_out)
    if strange:
        notes.append(f"The model does not know {', '.join(strange)}: those photos count as wrong.")
    return Report(model.name, dataset.name, split, [*model.classes, *strange], items, notes)


def sessions_note(items: list[Item], guessed: bool = False) -> str:
    """Say in a sentence how new these photos are to the model.

    Args:
        guessed: whether it is not known which photos are of one sitting.
    """
    seen = sum(item.seen is not None for item in items)
    sessions = {item.session for item in items}
    known = {item.session for item in items if item.session_seen}
    if seen:
        part = _part(seen, len(items))
        return f"The model was trained on {part} photos: expect less on new ones."
    if guessed and not known:
        return f"The model was trained on none of these photos. {GUESSED}"
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
    """Return a row per photo as CSV, with the probability of each of the model's classes."""
    columns = ["path", "actual", "predicted", "answer", "confidence", "session", "seen in training"]
    # A model without that class may leave its probability to 1 (see answers.no_hand).
    rest = [] if NONE in classes else ["p(no hand)"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, *(f"p({label})" for label in classes), *rest])
    for item in report.items:
        row = [item.path, item.actual, item.predicted, item.answer, item.confidence, item.session]
        empty = [no_hand(np.array(item.probabilities), classes)] if rest else []
        writer.writerow([*row, item.seen or "", *item.probabilities, *empty])
    return text.getvalue()
