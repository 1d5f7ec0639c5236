"""Two squares side by side, for two hands: each is the mirror image of the other."""

import math
from dataclasses import dataclass

from fingercount.errors import FingercountError
from fingercount.imaging.roi import SMALLEST, Square, three_numbers

FARTHEST = 0.4  # of the left centre from the edge; closer to the middle no square has room


@dataclass(frozen=True)
class TwoSquares:
    """Two squares of the same size in a frame of any size, that never overlap.

    Attributes:
        x: centre of the left one, as a fraction of the frame's width, 0 to 0.4; the right one is
            as far from the other edge.
        y: centre of both, as a fraction of the frame's height, 0 to 1.
        size: the side, as a fraction of the largest at which they do not overlap, 0.1 to 1. By
            default that is half the frame's width, or its height where that is less.

    Raises:
        FingercountError: for values outside those ranges.
    """

    x: float = 0.25
    y: float = 0.5
    size: float = 1.0

    def __post_init__(self) -> None:
        inside = 0 <= self.x <= FARTHEST and 0 <= self.y <= 1 and SMALLEST <= self.size <= 1
        if not inside:  # not a number is inside of nothing
            raise FingercountError(
                f"The two squares {self} do not fit: X, the middle of the left one, goes from 0 to "
                f"{FARTHEST}, Y from 0 to 1, SIZE from {SMALLEST} to 1."
            )

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g},{self.size:g}"

    @classmethod
    def parse(cls, text: str) -> "TwoSquares":
        """Return the squares that "X,Y,SIZE" names, such as "0.25,0.5,1".

        Raises:
            FingercountError: where the text is not three numbers inside their ranges.
        """
        advice = (
            f"The two squares {text!r} are not X,Y,SIZE: give three fractions, such as {cls()}."
        )
        return cls(*three_numbers(text, advice))

    def at(self, width: int, height: int) -> tuple[Square, Square]:
        """Return the left and the right square in a frame of this size, in pixels."""
        shorter = min(width, height)
        # Within a quarter of the edge the frame's edge keeps a large square off the middle.
        room = width // 2 if self.x <= 0.25 else math.floor(width * (1 - 2 * self.x)) - 1
        size = max(SMALLEST, self.size * min(1.0, room / shorter))
        left = Square(self.x, self.y, size)
        return left, left.mirrored
