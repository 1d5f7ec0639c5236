"""Two hands, one in each of two squares: one call of the model for both, and their sum."""

import time
from dataclasses import dataclass

import numpy as np

from fingercount.imaging.types import RGB
from fingercount.live.recognizer import STEADY, LiveSettings, Reading, Recognizer
from fingercount.live.sums import label_of_sum, sum_of, words_of_sum
from fingercount.models.classifier import Classifier, SeesSameView


@dataclass(frozen=True)
class TwoReadings:
    """What a model says about two crops of one frame.

    Attributes:
        left, right: what it says about each.
        committed: the answers (left, right) that were last held, or None before both had one.
    """

    left: Reading
    right: Reading
    committed: tuple[str, str] | None = None

    @property
    def answer(self) -> str:
        """Both answers as one label, such as "three + five"."""
        return label_of_sum(self.left.answer, self.right.answer)

    @property
    def count(self) -> int | None:
        """The fingers of both hands, or None if that cannot be said."""
        return sum_of(self.left.answer, self.right.answer)

    @property
    def confidence(self) -> float:
        """The smaller of the two."""
        return min(self.left.confidence, self.right.confidence)

    @property
    def words(self) -> str:
        """Both as they are shown to a person: "3 + 5 = 8", "no hand", "3 + not sure"."""
        return words_of_sum(self.left.answer, self.right.answer)


class TwoHandsRecognizer:
    """A model that watches two streams of crops at once, each as `Recognizer` watches one.

    Args:
        model, settings: as for Recognizer.
    """

    def __init__(self, model: Classifier, settings: LiveSettings = STEADY):
        self.model, self._frames = model, 0
        self._left, self._right = Recognizer(model, settings), Recognizer(model, settings)
        self._together = Together(settings.hold)
        self.settings = settings

    def tune(self, settings: LiveSettings) -> None:
        """Continue with other settings; what was seen so far is kept."""
        self.settings, self._together.seconds = settings, settings.hold
        self._left.tune(settings)
        self._right.tune(settings)

    def read(self, left: RGB, right: RGB, now: float | None = None) -> TwoReadings:
        """Return what both streams show now: uint8 RGB [H, W, 3] each, `now` in seconds."""
        now = time.monotonic() if now is None else now
        if self.settings.smooth and isinstance(self.model, SeesSameView):
            rows = self.model.predict_same_view([left, right], self._frames)
        else:
            rows = np.asarray(self.model.predict([left, right]))
        self._frames += 1
        one, other = self._left.update(rows[0], now), self._right.update(rows[1], now)
        return TwoReadings(one, other, self._together.update(one, other, now))


class Together:
    """The last pair of held answers, without sums that no pair of hands has shown.

    Two hands that change together are not held at the very same moment. While one has been held
    and the other is still changing, their sum would be wrong, so it waits for the other, but no
    longer than an answer must stay: a hand that never keeps still must not hide the other one.

    Args:
        seconds: how long it waits at most. May be changed.

    Attributes:
        committed: (left, right), or None before both had an answer.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.committed: tuple[str, str] | None = None
        self._since: float | None = None

    def update(self, left: Reading, right: Reading, now: float) -> tuple[str, str] | None:
        """Note both readings at `now` in seconds; return what is committed then."""
        if left.committed is None or right.committed is None:
            return None
        pair = left.committed, right.committed
        if pair == self.committed:
            self._since = None
            return pair
        if self._since is None:
            self._since = now
        settled = (left.answer, right.answer) == pair
        if settled or now - self._since >= self.seconds - 1e-6:
            self.committed, self._since = pair, None
        return self.committed
