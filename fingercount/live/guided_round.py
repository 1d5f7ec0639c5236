"""A round that leads a person through all labels: what to show, when, and how to vary it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fingercount.imaging.types import RGB
from fingercount.labels import NONE, WORDS
from fingercount.live.burst import Burst
from fingercount.text import plural

COUNTDOWN = 3  # seconds before each label, to put up the next hand
TO_MOVE = 1.2  # seconds to do what a step says before its photos are taken
QUOTA = 5  # photos of a step
RATE = 2.5  # photos per second: slow enough that a hand looks different in the next
LONGEST = 6.0  # seconds after which a step that has too few photos is over

STEPS = ("hold it up", "turn it slowly", "the other hand", "further away")
EMPTY_STEPS = ("nothing here", "your face", "a cup or a book", "somewhere else")
SHOWN = {WORDS[0]: "zero (a fist)", NONE: "no hand"}


@dataclass(frozen=True)
class Cue:
    """What the person is to do now.

    Attributes:
        label: what the hand shows.
        step: how to show it.
        seconds: left of the countdown before the label, 0 when it is over.
        recording: whether photos are taken.
    """

    label: str
    step: str
    seconds: int = 0
    recording: bool = False

    @property
    def words(self) -> str:
        """What to write on the video."""
        what = SHOWN.get(self.label, self.label)
        return f"{what} in {self.seconds}" if self.seconds else f"{what}: {self.step}"


class GuidedRound:
    """Leads through the labels and takes the same number of photos of each.

    Call `offer` with every crop; it says nothing and never waits. `cue` is what to show.

    Args:
        labels: in the order in which they are to be shown.
        begin: makes the burst that saves a label's photos; called when the label's turn comes.
        quota: photos of each of a label's four steps.
    """

    def __init__(
        self, labels: Sequence[str], begin: Callable[[str], Burst], quota: int = QUOTA
    ) -> None:
        self.labels = list(labels)
        self.bursts: dict[str, Burst] = {}
        self.message: str | None = None
        self.cue: Cue | None = None
        self._begin, self._quota = begin, quota
        self._label = self._step = 0
        self._since: float | None = None  # when the countdown or the step began
        self._counting = True
        self._had = 0
        self._over = not self.labels

    @property
    def done(self) -> bool:
        """Whether it has ended and all is written."""
        if (burst := self.burst) and burst.message:
            self.stop(burst.message)
        return self._over and all(burst.done for burst in self.bursts.values())

    @property
    def saved(self) -> int:
        """How many photos are written."""
        return sum(burst.saved for burst in self.bursts.values())

    @property
    def so_far(self) -> str:
        """How many photos there are, in words."""
        return plural(self.saved, "photo")

    @property
    def progress(self) -> float:
        """How much of the round is over, 0 to 1."""
        if self._over:
            return 1.0
        return min((self._label + self._step / len(STEPS)) / len(self.labels), 1.0)

    @property
    def burst(self) -> Burst | None:
        """What takes the photos of the label whose turn it is."""
        turn = self._label
        return self.bursts.get(self.labels[turn]) if turn < len(self.labels) else None

    def stop(self, message: str | None = None) -> None:
        """End it now; the photos that were taken stay."""
        if not self._over:
            self.message = message
        self._end()

    def offer(self, crop: RGB, now: float | None = None) -> bool:
        """Go on to what is next at the time `now`; return whether the crop was taken."""
        if self._over:
            return False
        now = time.monotonic() if now is None else now
        self._since = now if self._since is None else self._since
        waited = now - self._since
        label = self.labels[self._label]
        if self._counting:
            if waited < COUNTDOWN:
                self.cue = Cue(label, self._words(label), seconds=COUNTDOWN - int(waited))
                return False
            self._counting, self._since, waited = False, now, 0.0
            self.bursts[label] = self._begin(label)
        burst = self.bursts[label]
        if burst.done:
            self.stop(burst.message)
            return False
        recording = waited >= TO_MOVE
        self.cue = Cue(label, self._words(label), recording=recording)
        if recording and (burst.saved - self._had >= self._quota or waited > LONGEST):
            self._next(now)
            return False
        return recording and burst.offer(crop, now)

    def _words(self, label: str) -> str:
        return (EMPTY_STEPS if label == NONE else STEPS)[self._step]

    def _next(self, now: float) -> None:
        """Turn to the next step, or to the next label."""
        burst = self.bursts[self.labels[self._label]]
        self._since, self._had, self._step = now, burst.saved, self._step + 1
        if self._step < len(STEPS):
            return
        burst.stop()
        self._label, self._step, self._had, self._counting = self._label + 1, 0, 0, True
        if self._label == len(self.labels):
            self._end()

    def _end(self) -> None:
        self._over, self.cue = True, None
        for burst in self.bursts.values():
            burst.stop()
