"""A frame in, a count out, without ever delaying the video."""

import time
from dataclasses import dataclass

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB, Probabilities
from fingercount.labels import NONE, count_of
from fingercount.live.smoothing import HOLD, SMOOTH, Debouncer, Smoother
from fingercount.models.classifier import Classifier, SeesSecondHand, SeesViews
from fingercount.models.decision import answer_of, words_of
from fingercount.models.second_hand import SURE

LONGEST = 10  # seconds
# Seconds over which a second hand is averaged, and that it must stay, before it is said. Late is
# better than wrong: nobody can mend what is not there.
SECOND_HAND_SMOOTH, SECOND_HAND_HOLD = 1.0, 0.5


@dataclass(frozen=True)
class Reading:
    """What a model says about one crop.

    Attributes:
        answer: a class, "none" or "not sure", averaged over the last moments.
        probabilities: class -> probability, in the model's order, averaged in the same way.
        raw: the answer of the newest crop alone.
        committed: the answer that was last held for a while, or None before the first.
        second_hand: whether a second hand has been in the crop for a while, so that the answer is
            of one of the two; never where the model cannot tell.
    """

    answer: str
    probabilities: dict[str, float]
    raw: str | None = None
    committed: str | None = None
    second_hand: bool = False

    @property
    def count(self) -> int | None:
        """The number of fingers, or None if the answer is not a number."""
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
class LiveSettings:
    """How answers become steady, and how confident they must be.

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

    def __post_init__(self) -> None:
        inside = 0 <= self.smooth <= LONGEST and 0 <= self.hold <= LONGEST
        if not inside or not 0 <= (self.threshold or 0) <= 1:
            raise FingercountError(
                f"Smooth and hold must be 0 to {LONGEST} seconds, and the threshold 0 to 1."
            )


STEADY = LiveSettings()  # for a camera
STILL = LiveSettings(smooth=0, hold=0)  # for single photos


class Recognizer:
    """A model that watches a stream of crops.

    Args:
        model: answers for one crop at a time. One with several views (see models.Model) is asked
            about one of them at each frame, in turns, where answers are averaged over frames.
        settings: how answers become steady.
    """

    def __init__(self, model: Classifier, settings: LiveSettings = STEADY):
        self.model, self._frames = model, 0
        self._smoother, self._debouncer = Smoother(), Debouncer()
        self._second_hand = SecondHandWatch()
        self.tune(settings)

    def tune(self, settings: LiveSettings) -> None:
        """Continue with other settings; what was seen so far is kept."""
        self.settings = settings
        self._smoother.seconds, self._debouncer.seconds = settings.smooth, settings.hold

    def read(self, crop: RGB, now: float | None = None) -> Reading:
        """Return what the stream shows now: uint8 RGB [H, W, 3], `now` in seconds -> Reading."""
        second: float | None = None
        if self.settings.smooth and isinstance(self.model, SeesSecondHand):
            probabilities, second = self.model.look(crop, self._frames)
        elif self.settings.smooth and isinstance(self.model, SeesViews):
            probabilities = self.model.predict_view(crop, self._frames)
        else:
            probabilities = np.asarray(self.model.predict([crop]))[0]
        self._frames += 1
        return self.update(probabilities, now, second)

    def update(
        self, probabilities: Probabilities, now: float | None = None, second: float | None = None
    ) -> Reading:
        """Return the reading for an answer that the model has already given.

        Args:
            probabilities: float32 [C].
            now: in seconds.
            second: the probability that a second hand is there, or None where that is not known.
        """
        now = time.monotonic() if now is None else now
        classes, threshold = self.model.classes, self.settings.threshold
        threshold = self.model.threshold if threshold is None else threshold
        smooth = self._smoother.update(probabilities, now)
        answer = answer_of(smooth, classes, threshold)
        two = self._second_hand.update(second, now)
        return Reading(
            answer=answer,
            probabilities={label: float(p) for label, p in zip(classes, smooth)},
            raw=answer_of(probabilities, classes, threshold),
            committed=self._debouncer.update(answer, now),
            second_hand=two and answer != NONE,
        )


class SecondHandWatch:
    """Whether a second hand is there, once that holds."""

    def __init__(self) -> None:
        self._smoother, self._debouncer = Smoother(SECOND_HAND_SMOOTH), Debouncer(SECOND_HAND_HOLD)

    def update(self, probability: float | None, now: float) -> bool:
        """Note the probability of a second hand at `now` in seconds; None is not known."""
        if probability is None:
            return False
        mean = float(self._smoother.update(np.array([probability]), now)[0])
        return self._debouncer.update("two" if mean > SURE else "one", now) == "two"
