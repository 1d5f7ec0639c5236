"""What is wrong with a photo that is about to be taken, said while it can still be mended."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fingercount.imaging.near_duplicates import thumbnail
from fingercount.imaging.quality import NAMES, measure
from fingercount.imaging.types import RGB, Float32Array
from fingercount.live.hints import BLURRED, DARK, EDGE, FLAT

# Correlation distance of two photos in 16 x 16 areas. Of 72 webcam frames, the same frame with a
# camera's noise is 0.0003 away (95th percentile); moved by half a percent of the side 0.0026, and
# turned by two degrees 0.011 (medians; by a script that is not kept).
SAME = 0.003

TOO_DARK, BLURRY, CUT_OFF = "too dark", "blurred", "cut off"
NOBODY, UNCHANGED = "no hand?", "turn it a little"


@dataclass(frozen=True)
class Verdict:
    """What a photo is like.

    Attributes:
        keep: whether it says anything that the one before it did not.
        fault: what a person could do better, short enough to be written on the video, or None.
    """

    keep: bool = True
    fault: str | None = None


class Guard:
    """Looks at the photos of one recording, in the order in which they are taken.

    Only what is nearly the same as the last photo is not kept: that is certain. The other faults
    are guesses from simple measures, and a photo that looks odd may be the one that teaches most.

    Args:
        has_hand: whether there is a hand in a crop; left out where none is to be there.
    """

    def __init__(self, has_hand: Callable[[RGB], bool] | None = None) -> None:
        self._has_hand = has_hand
        self._last: Float32Array | None = None

    def look(self, crop: RGB) -> Verdict:
        """Return what is wrong with a crop, uint8 RGB [H, W, 3], if anything."""
        areas = thumbnail(crop).astype(np.float32)
        areas -= areas.mean()
        areas /= max(float(np.linalg.norm(areas)), 1e-6)
        if self._last is not None and 1 - float(areas @ self._last) < SAME:
            return Verdict(keep=False, fault=UNCHANGED)
        self._last = areas
        return Verdict(fault=self._fault(crop))

    def _fault(self, crop: RGB) -> str | None:
        found = dict(zip(NAMES, measure(crop)))
        if found["brightness"] < DARK:
            return TOO_DARK
        if self._has_hand is None:
            return None
        if not self._has_hand(crop):
            return NOBODY
        if found["contrast"] < FLAT:
            return None  # the other measures mean nothing on a flat picture
        if found["sharpness"] < BLURRED:
            return BLURRY
        return CUT_OFF if found["edge"] > EDGE else None
