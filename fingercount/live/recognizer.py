"""A frame in, a count out, without ever holding the video up."""

import time
from dataclasses import dataclass

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.labels import count_of
from fingercount.live.hints import Hints
from fingercount.live.smoothing import HOLD, SMOOTH, Hold, Smoother
from fingercount.live.viewfinder import Viewfinder
from fingercount.live.worker import LatestWorker
from fingercount.models.decision import answer_of, words_of

LONGEST = 10  # seconds


@dataclass(frozen=True)
class Reading:
    """What a model says of one crop.

    Attributes:
        answer: a class, "none" or "not sure", of the last moments together.
        probabilities: class -> probability, in the model's order, averaged likewise.
        raw: the answer of the newest crop alone.
        committed: the answer that was last held for a while, or None before the first.
    """

    answer: str
    probabilities: dict[str, float]
    raw: str | None = None
    committed: str | None = None

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


@dataclass(frozen=True)
class Steadiness:
    """How answers become steady, and how sure they must be.

    Attributes:
        smooth: seconds over which probabilities are averaged; 0 for single photos.
        hold: seconds that an answer must stay before it is committed.
        threshold: confidence under which the answer is "not sure"; None takes the model's own.

    Raises:
        FingercountError: for values that make no sense.
    """

    smooth: float = SMOOTH
    hold: float = HOLD
    threshold: float | None = None

    def __post_init__(self):
        inside = 0 <= self.smooth <= LONGEST and 0 <= self.hold <= LONGEST
        if not inside or not 0 <= (self.threshold or 0) <= 1:
            raise FingercountError(
                f"Smoothing and holding take 0 to {LONGEST} seconds, a threshold 0 to 1."
            )


STEADY = Steadiness()  # for a camera
STILL = Steadiness(smooth=0, hold=0)  # for single photos


class Recognizer:
    """A model that watches a stream of crops.

    Args:
        model: anything with `classes`, `threshold` and `predict(list of RGB crops) -> [N, C]`.
        steadiness: how answers become steady.
    """

    def __init__(self, model, steadiness: Steadiness = STEADY):
        self.model = model
        self._smoother, self._hold = Smoother(), Hold()
        self.tune(steadiness)

    def tune(self, steadiness: Steadiness) -> None:
        """Go on with other settings; what was seen so far is not forgotten."""
        self.steadiness = steadiness
        self._smoother.seconds, self._hold.seconds = steadiness.smooth, steadiness.hold

    def read(self, crop: np.ndarray, now: float | None = None) -> Reading:
        """Return what the stream shows now: uint8 RGB [H, W, 3], `now` in seconds -> Reading."""
        return self.hear(np.asarray(self.model.predict([crop]))[0], now)

    def hear(self, probabilities: np.ndarray, now: float | None = None) -> Reading:
        """Return the reading where the model has answered already: float32 [C]."""
        now = time.monotonic() if now is None else now
        classes, threshold = self.model.classes, self.steadiness.threshold
        threshold = self.model.threshold if threshold is None else threshold
        smooth = self._smoother.update(probabilities, now)
        answer = answer_of(smooth, classes, threshold)
        return Reading(
            answer=answer,
            probabilities={label: float(p) for label, p in zip(classes, smooth)},
            raw=answer_of(probabilities, classes, threshold),
            committed=self._hold.update(answer, now),
        )


@dataclass(frozen=True)
class Seen:
    """What was read of one crop, when, and what its light and place let expect.

    Attributes:
        crop: uint8 RGB [side, side, 3].
        reading: what the model says.
        hint: what the person could do better, or None.
    """

    crop: np.ndarray
    reading: Reading
    hint: str | None = None


class LiveView(Viewfinder):
    """A viewfinder that counts: a worker reads the newest crop, and the answer is written over it.

    Each viewer has one of their own; the model may be shared.

    Args:
        square: where the hand is held.
        model: as for Recognizer; may be set anew with `use` while frames come.
        steadiness: as for Recognizer; may be set anew with `tune`.
    """

    def __init__(self, square: Square, model=None, steadiness: Steadiness = STEADY):
        super().__init__(square, on_crop=self._submit, caption=self._words)
        self.model = model
        self.steadiness = steadiness
        self._hints = Hints()
        self._recognizer: Recognizer | None = None
        self._worker: LatestWorker | None = None

    def use(self, model) -> None:
        """Let another model read from now on."""
        if model is not self.model:
            self.model = model
            self._drop_worker()

    def tune(self, steadiness: Steadiness) -> None:
        """Let answers be steadied otherwise from now on."""
        self.steadiness = steadiness
        recognizer = self._recognizer
        if recognizer:
            recognizer.tune(steadiness)

    @property
    def seen(self) -> Seen | None:
        """What was last read and of which crop, or None before the first answer."""
        worker = self._worker
        return worker.result if worker else None

    @property
    def reading(self) -> Reading | None:
        """What was last read, or None before the first answer."""
        seen = self.seen
        return seen.reading if seen else None

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
        worker, self._worker, self._recognizer = self._worker, None, None
        if worker:
            worker.close()

    def _submit(self, crop: np.ndarray) -> None:
        worker = self._worker
        if worker is None and self.model is not None:
            self._recognizer = recognizer = Recognizer(self.model, self.steadiness)

            def see(crop: np.ndarray) -> Seen:
                return Seen(crop, recognizer.read(crop), self._hints.of(crop))

            worker = self._worker = LatestWorker(see)
        if worker:
            worker.submit(crop)

    def _words(self) -> str | None:
        reading = self.reading
        return reading.words if reading else None
