"""The square to hold the hand in: what is saved and what is drawn use the same geometry."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB

GREEN = (0, 230, 118)
SMALLEST = 0.1  # a smaller square holds too few pixels to see fingers in


def three_numbers(text: str, advice: str) -> tuple[float, float, float]:
    """Return the numbers of a text such as "0.5,0.5,0.8".

    Raises:
        FingercountError: with the advice, where it is not three numbers.
    """
    try:
        x, y, size = (float(part) for part in text.split(","))
    except ValueError:
        raise FingercountError(advice) from None
    return x, y, size


@dataclass(frozen=True)
class Square:
    """A square inside a frame of any size, in fractions, because a camera's frames change size.

    Attributes:
        x, y: the centre, as fractions of the frame's width and height, 0 to 1.
        size: the side, as a fraction of the frame's shorter edge, 0.1 to 1.

    Raises:
        FingercountError: for values outside those ranges.
    """

    x: float = 0.5
    y: float = 0.5
    size: float = 1.0

    def __post_init__(self) -> None:
        inside = 0 <= self.x <= 1 and 0 <= self.y <= 1 and SMALLEST <= self.size <= 1
        if not inside or not all(map(math.isfinite, (self.x, self.y, self.size))):
            raise FingercountError(
                f"The square {self} lies outside the frame: X and Y go from 0 to 1, "
                f"SIZE from {SMALLEST} to 1."
            )

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g},{self.size:g}"

    @classmethod
    def parse(cls, text: str) -> "Square":
        """Return the square that "X,Y,SIZE" names, such as "0.5,0.5,0.8".

        Raises:
            FingercountError: where the text is not three numbers inside their ranges.
        """
        advice = (
            f"The square {text!r} is not X,Y,SIZE: give three fractions of the frame, "
            "such as 0.5,0.5,0.8."
        )
        return cls(*three_numbers(text, advice))

    @property
    def mirrored(self) -> "Square":
        """The same place in a frame whose left and right are swapped."""
        return replace(self, x=1 - self.x)

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) in pixels: a square, wholly inside the frame."""
        side = max(1, round(self.size * min(width, height)))
        left = min(max(round(self.x * width - side / 2), 0), width - side)
        top = min(max(round(self.y * height - side / 2), 0), height - side)
        return left, top, left + side, top + side

    def crop(self, rgb: RGB) -> RGB:
        """Return the pixels in the square: uint8 [H, W, 3] -> [side, side, 3], a copy."""
        left, top, right, bottom = self.box(rgb.shape[1], rgb.shape[0])
        return rgb[top:bottom, left:right].copy()

    def draw(self, rgb: RGB) -> RGB:
        """Return a copy of the frame with the square's edge in green, the rest a little darker."""
        return draw_squares(rgb, [self])


def draw_squares(rgb: RGB, squares: Iterable[Square]) -> RGB:
    """Return a copy of a frame with the squares' edges in green, the rest a little darker."""
    height, width = rgb.shape[:2]
    out = rgb - rgb // 4
    for square in squares:
        left, top, right, bottom = square.box(width, height)
        line = min(max(2, min(width, height) // 120), right - left)
        inside = out[top:bottom, left:right]
        inside[:] = GREEN
        inside[line:-line, line:-line] = rgb[top + line : bottom - line, left + line : right - line]
    return out
