"""Steady answers from single frames: averaged probabilities, and a count only once it is held.

smoother, hold = Smoother(0.3), Hold(0.3)
smooth = smoother.update(probabilities, now)
committed = hold.update(answer, now)
"""

from collections import deque

import numpy as np

from fingercount.imaging.types import Probabilities

# Seconds. On labelled clips, twice as long followed changes twice as late and was right no more
# often (`python benchmarks/steady.py`).
SMOOTH, HOLD = 0.2, 0.2


class Smoother:
    """The mean over the last moments, so that one odd frame causes no flicker.

    Args:
        seconds: how far back the mean reaches; 0 smooths nothing. May be changed at any time.
    """

    def __init__(self, seconds: float = SMOOTH):
        self.seconds = seconds
        self._seen: deque[tuple[float, Probabilities]] = deque()

    def update(self, probabilities: Probabilities, now: float) -> Probabilities:
        """Return the smoothed probabilities: float32 [C] at time `now` in seconds -> [C]."""
        while self._seen and self._seen[0][0] <= now - self.seconds:
            self._seen.popleft()
        self._seen.append((now, probabilities))
        mean: Probabilities = np.mean([seen for _, seen in self._seen], axis=0)
        return mean


class Debouncer:
    """The last answer that was held long enough; what a hand shows on its way does not count.

    Args:
        seconds: how long an answer must stay; 0 commits each at once. May be changed.

    Attributes:
        committed: the answer that was last held, or None before the first.
    """

    def __init__(self, seconds: float = HOLD):
        self.seconds = seconds
        self.committed: str | None = None
        self._answer: str | None = None
        self._since = 0.0

    def update(self, answer: str, now: float) -> str | None:
        """Note what is answered at `now` in seconds; return what is committed then."""
        if answer != self._answer:
            self._answer, self._since = answer, now
        # A little slack: sums of frame times are not exact.
        if now - self._since >= self.seconds - 1e-6:
            self.committed = answer
        return self.committed
