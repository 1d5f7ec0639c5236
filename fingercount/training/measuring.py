"""What a training says of its own model: the figures of each side, before it is written.

Another window may take a photo away at any time. A training that is done must not be lost by that,
so a photo that is gone is left out of the figures.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from fingercount.data.snapshot import Photo, Snapshot
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import ask, make_report
from fingercount.evaluation.report import Report
from fingercount.imaging.types import Probabilities
from fingercount.models.model import Model
from fingercount.training.features import Features

T = TypeVar("T")


def measure(
    model: Model, snapshot: Snapshot, features: Features | None
) -> dict[str, dict[str, object]]:
    """Return {side: figures} as Evaluate would show them; a side without photos has none.

    Args:
        features: what the model's backbone says of the photos, where only its last layer is new;
            None asks the whole network about each photo.

    Raises:
        FingercountError: where a photo that is there cannot be read.
    """
    known = {} if features is None else _answers(model, features)
    figures = {}
    for side, photos in snapshot.sides.items():
        report = _report(model, snapshot, side, photos, known)
        if report is not None:
            figures[side] = _figures(report)
    return figures


def _answers(model: Model, features: Features) -> dict[str, Probabilities]:
    """Return {content hash: probabilities}; only photos that nobody looked at yet are opened."""
    snapshot = features.snapshot

    def look(photos: Sequence[Photo]) -> Sequence[Photo]:
        for _ in features.compute(photos):
            pass
        return photos

    photos = features.readable(_with_those_there(snapshot, snapshot.photos, look) or ())
    rows = model.predict_features(features.matrix(photos))
    return {snapshot.hash_of(photo): row for photo, row in zip(photos, rows)}


def _report(
    model: Model,
    snapshot: Snapshot,
    side: str,
    photos: Sequence[Photo],
    known: dict[str, Probabilities],
) -> Report | None:
    def report(those: Sequence[Photo]) -> Report:
        read, rows = ask(model, snapshot, those, known)
        return make_report(model, snapshot, read, rows, side)

    made = _with_those_there(snapshot, photos, report)
    return made if made and made.n else None


def _figures(report: Report) -> dict[str, object]:
    return {
        "n": report.n,
        "sessions": report.sessions,
        "accuracy": report.accuracy,
        "interval": report.interval,
        "backbone_seen": sum(item.backbone_seen for item in report.items),
    }


def _with_those_there(
    snapshot: Snapshot, photos: Sequence[Photo], use: Callable[[Sequence[Photo]], T]
) -> T | None:
    """Return what `use` makes of the photos; where it fails, of those that are still there.

    None without any.

    Raises:
        FingercountError: where it fails though all of them are there.
    """
    while photos:
        try:
            return use(photos)
        except FingercountError:
            there = [photo for photo in photos if snapshot.absolute(photo).is_file()]
            if len(there) == len(photos):
                raise
            photos = there
    return None
