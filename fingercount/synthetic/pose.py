"""Which fingers are up, and the angles of the joints that show it."""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

Fingers = tuple[bool, bool, bool, bool, bool]  # thumb, index, middle, ring, little


@dataclass(frozen=True)
class Pose:
    """Joint angles in degrees, bending to the palm positive.

    up: thumb to little finger; fingers [4, 4]: index to little, each (knuckle, sideways to the
    thumb, middle joint, end joint); thumb [5]: base away from the index finger, base out of the
    palm, twist of the pad, knuckle, end joint; wrist [2]: bend of the forearm, sideways.
    """

    up: Fingers
    fingers: np.ndarray
    thumb: np.ndarray
    wrist: np.ndarray

    @property
    def count(self) -> int:
        return sum(self.up)


def parse_fingers(letters: str) -> Fingers:
    """("TI") -> (True, True, False, False, False)."""
    return cast(Fingers, tuple(letter in letters for letter in "TIMRL"))  # five letters


def blend(a: Pose, b: Pose, share: float) -> Pose:
    """The pose `share` (0..1) of the way from a to b; `up` is that of the nearer one."""
    mixed = {
        name: (1 - share) * getattr(a, name) + share * getattr(b, name)
        for name in ("fingers", "thumb", "wrist")
    }
    return replace(a if share < 0.5 else b, **mixed)
