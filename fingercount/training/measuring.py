"""What a training says of its own model: the figures of each side, before it is written.

Another window may take a photo away at any time. A training that is done must not be lost by that,
so a photo that can no longer be read is left out of the figures.
"""

from fingercount.data.snapshot import Snapshot
from fingercount.evaluation.evaluator import Known, ask, make_report
from fingercount.evaluation.figures import figures_of
from fingercount.models.features import Features
from fingercount.models.model import Model

PART = 4096  # photos at a time: all features at once would be a second copy of them


def measure(
    model: Model, snapshot: Snapshot, features: Features | None
) -> dict[str, dict[str, object]]:
    """Return {side: figures} as Evaluate would show them; a side without photos has none.

    Args:
        features: what the model's backbone says of the photos, where only its last layer is new;
            None asks the whole network about each photo.
    """
    known = {} if features is None else _answers(model, features)
    figures = {}
    for side, photos in snapshot.sides.items():
        read, rows = ask(model, snapshot, photos, known)
        if read:
            figures[side] = figures_of(make_report(model, snapshot, read, rows, side), snapshot)
    return figures


def _answers(model: Model, features: Features) -> Known:
    """Return {content hash: probabilities}; only photos that nobody looked at yet are opened."""
    snapshot = features.snapshot
    for _ in features.compute(snapshot.photos):
        pass
    photos, said = features.readable(snapshot.photos), Known()
    for first in range(0, len(photos), PART):
        part = photos[first : first + PART]
        rows = model.predict_features(features.matrix(part))
        said |= {snapshot.hash_of(photo): row for photo, row in zip(part, rows)}
    return said
