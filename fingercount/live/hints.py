"""What a person at the camera could do better: light, stillness, and where the hand is.

The limits are where `hands` began to fail when photos of people it had never seen were darkened,
blurred and shrunk (`python benchmarks/hints.py`).
"""

import time

from fingercount.imaging.quality import NAMES, measure
from fingercount.imaging.types import RGB

EVERY = 0.5  # seconds; a hint that changes faster cannot be read
LAST = 2  # times in a row before it is shown, so that it does not come and go

# What is wrong is neither light nor place: see models/second_hand.py.
SECOND_HAND = "Two hands are in the square. Show one, or switch on Two hands."

DARK, FLAT, BLURRED, SMALL, EDGE = 0.06, 0.015, -5.5, 0.06, 0.72


def hint_of(rgb: RGB) -> str | None:
    """Return the most urgent hint for a crop, uint8 RGB [H, W, 3], or None."""
    found = dict(zip(NAMES, measure(rgb)))
    if found["brightness"] < DARK:
        return "It is dark: add light."
    if found["contrast"] < FLAT:
        return None  # an empty wall, so no hand to give a hint on
    if found["sharpness"] < BLURRED:
        return "The picture is blurred: hold still, or wipe the lens."
    if found["size"] < SMALL:
        return "The hand is small: come closer, or make the square smaller."
    if found["edge"] > EDGE:
        return "The hand reaches the edge: step back, or make the square larger."
    return None


class Hints:
    """Hints for a stream of crops, rare enough to cost nothing and steady enough to read."""

    def __init__(self) -> None:
        self._next = float("-inf")
        self._said: str | None = None
        self._latest: str | None = None
        self._times = 0

    def of(self, crop: RGB, now: float | None = None) -> str | None:
        """Return the hint for the crop seen `now`, in seconds."""
        now = time.monotonic() if now is None else now
        if now < self._next:
            return self._said
        self._next = now + EVERY
        hint = hint_of(crop)
        self._times = self._times + 1 if hint == self._latest else 1
        self._latest = hint
        if self._times >= LAST:
            self._said = hint
        return self._said
