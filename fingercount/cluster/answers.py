"""What one process does for its share of the photos: read, ask, write."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fingercount.cluster.parts import write_part
from fingercount.cluster.photos import Asked
from fingercount.errors import FingercountError
from fingercount.imaging.read import read_image
from fingercount.imaging.types import RGB, Probabilities
from fingercount.labels import count_of
from fingercount.models.decision import given_a_hand
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.quantized import use_one_thread

TOGETHER = 64  # photos; those that are decoded and wait for the network


class Answers:
    """A model in a process of its own, which leaves the other cores to other processes.

    Args:
        model: the folder of the model.
        folder: of the photos.
        out: of the parts.
    """

    def __init__(self, model: Path, folder: Path, out: Path):
        use_one_thread()
        self.model, self.folder, self.out = load_model(model), folder, out

    def answer(self, photos: Sequence[Asked]) -> int:
        """Ask about some photos and write one part; return how many of them could not be read."""
        rows = [
            row
            for first in range(0, len(photos), TOGETHER)
            for row in self._rows(photos[first : first + TOGETHER])
        ]
        write_part(self.out, rows, self.model.classes)
        return sum(row["error"] is not None for row in rows)

    def _rows(self, photos: Sequence[Asked]) -> Iterator[dict[str, Any]]:
        read = [_read(self.folder / photo.path) for photo in photos]
        said = iter(self.model.predict(rgb for rgb in read if isinstance(rgb, np.ndarray)))
        for photo, rgb in zip(photos, read):
            row = {"path": photo.path, "actual": photo.actual, "error": None}
            if isinstance(rgb, str):
                yield row | {"error": rgb}
            else:
                yield row | columns(self.model, next(said))


def columns(model: Model, probabilities: Probabilities) -> dict[str, Any]:
    """Return what a part says of a photo, from the model's probabilities [C] of it."""
    answer = model.answer(probabilities)
    return {
        "predicted": model.classes[int(np.argmax(probabilities))],
        "answer": answer,
        "count": count_of(answer),
        "confidence": float(given_a_hand(probabilities).max()),
        **{f"p({label})": float(p) for label, p in zip(model.classes, probabilities)},
    }


def _read(path: Path) -> RGB | str:
    """Return a photo, or why it cannot be read."""
    try:
        return read_image(path)
    except FingercountError as error:
        return str(error)
