"""A frame in, a count out, without ever holding the video up."""

import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from fingercount.capture import Viewfinder
from fingercount.labels import NONE, count_of
from fingercount.models import answer_of
from fingercount.roi import Square
from fingercount.stream import LatestWorker


@dataclass(frozen=True)
class Reading:
    """What a model says of one crop.

    Attributes:
        answer: a class, "none" or "not sure".
        probabilities: class -> probability, in the model's order.
    """

    answer: str
    probabilities: dict[str, float]

    @property
    def count(self) -> int | None:
        """The number of fingers, or None where the answer is no number."""
        return count_of(self.answer)

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return max(self.probabilities.values())

    @property
    def words(self) -> str:
        """The answer as it is shown to a person: "3", "no hand", "not sure", "thumbs up"."""
        return words_of(self.answer)


def words_of(answer: str) -> str:
    """Return an answer as it is shown to a person: a count as a digit, none as "no hand"."""
    count = count_of(answer)
    if count is not None:
        return str(count)
    return "no hand" if answer == NONE else answer


class Smoother:
    """The mean of what was seen during the last moments, so that one odd frame does not flicker.

    Args:
        seconds: how far back the mean reaches; 0 smooths nothing.
    """

    def __init__(self, seconds: float = 0.3):
        self.seconds = seconds
        self._seen: deque[tuple[float, np.ndarray]] = deque()

    def update(self, probabilities: np.ndarray, now: float) -> np.ndarray:
        """Return the smoothed probabilities: float32 [C] at time `now` in seconds -> [C]."""
        while self._seen and self._seen[0][0] <= now - self.seconds:
            self._seen.popleft()
        self._seen.append((now, probabilities))
        return np.mean([seen for _, seen in self._seen], axis=0)


class Recognizer:
    """A model that watches a stream of crops.

    Args:
        model: anything with `classes`, `threshold` and `predict(list of RGB crops) -> [N, C]`.
        seconds: how far back the smoothing reaches; 0 for single photos.
    """

    def __init__(self, model, seconds: float = 0.3):
        self.model = model
        self._smoother = Smoother(seconds)

    def read(self, crop: np.ndarray, now: float | None = None) -> Reading:
        """Return what the stream shows now: uint8 RGB [H, W, 3], `now` in seconds -> Reading."""
        probabilities = np.asarray(self.model.predict([crop]))[0]
        smooth = self._smoother.update(probabilities, time.monotonic() if now is None else now)
        classes = self.model.classes
        return Reading(
            answer=answer_of(smooth, classes, self.model.threshold),
            probabilities={label: float(p) for label, p in zip(classes, smooth)},
        )


class LiveView(Viewfinder):
    """A viewfinder that counts: a worker reads the newest crop, and the answer is written over it.

    Each viewer has one of their own; the model may be shared.

    Args:
        square: where the hand is held.
        model: as for Recognizer; may be set anew with `use` while frames come.
    """

    def __init__(self, square: Square, model=None):
        super().__init__(square, on_crop=self._submit, caption=self._words)
        self.model = model
        self._worker: LatestWorker | None = None

    def use(self, model) -> None:
        """Let another model read from now on."""
        if model is not self.model:
            self.model = model
            self._drop_worker()

    @property
    def reading(self) -> Reading | None:
        """What was last read, or None before the first answer."""
        worker = self._worker
        return worker.result if worker else None

    @property
    def error(self) -> Exception | None:
        """What kept the model from answering, or None."""
        worker = self._worker
        return worker.error if worker else None

    def answers_per_second(self) -> float:
        """Return how often the model answers; at most the camera's rate."""
        worker = self._worker
        return worker.rate.per_second() if worker else 0.0

    def close(self) -> None:
        """Forget the picture and the answer, and let the worker end."""
        super().close()
        self._drop_worker()

    def _drop_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker:
            worker.close()

    def _submit(self, crop: np.ndarray) -> None:
        worker = self._worker
        if worker is None and self.model is not None:
            worker = self._worker = LatestWorker(Recognizer(self.model).read)
        if worker:
            worker.submit(crop)

    def _words(self) -> str | None:
        reading = self.reading
        return reading.words if reading else None
