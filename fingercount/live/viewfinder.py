"""The clean crop of each frame, and what the viewer sees: a copy with the square drawn on it."""

from collections.abc import Callable

from fingercount.imaging.overlay import write, write_over
from fingercount.imaging.roi import Square, draw_squares
from fingercount.imaging.two_squares import TwoSquares
from fingercount.imaging.types import RGB
from fingercount.live.worker import Rate


class Viewfinder:
    """What happens to each frame of a camera: its crop is kept, and a copy is drawn on.

    Args:
        square: where the hand is held, as the viewer sees the frame; may be changed while
            frames come.
        mirror: whether the viewer sees the frame as in a mirror; what is saved and counted is as
            the camera sees it. May be changed.
        on_crop: called with each clean crop, of two squares with the left and the right one, in
            the camera's thread; must return at once.
        caption: returns the words to write over the frame, or those for each square, or None.

    Attributes:
        pair: two squares instead of the one, or None; may be changed while frames come.
        frames: how many came since the camera started.
        rate: how often they come.
    """

    def __init__(
        self,
        square: Square,
        on_crop: Callable[..., None] | None = None,
        caption: Callable[[], str | tuple[str, ...] | None] | None = None,
        mirror: bool = False,
    ):
        self.square = square
        self.pair: TwoSquares | None = None
        self.mirror = mirror
        self.on_crop = on_crop
        self.caption = caption
        self.frames = 0
        self.rate = Rate()
        self._crops: tuple[RGB, ...] = ()

    @property
    def crops(self) -> tuple[RGB, ...]:
        """The newest clean crops, uint8 RGB [side, side, 3], none before the first frame.

        Of two squares the first is the one that the viewer sees on the left.
        """
        return self._crops

    @property
    def crop(self) -> RGB | None:
        """The newest clean crop, of two squares the left one, or None before the first frame."""
        crops = self._crops
        return crops[0] if crops else None

    def squares(self, rgb: RGB) -> tuple[Square, ...]:
        """Return the squares in a frame of this size as the viewer sees it, from left to right."""
        pair = self.pair
        return pair.at(rgb.shape[1], rgb.shape[0]) if pair else (self.square,)

    def show(self, rgb: RGB) -> RGB:
        """Return what the viewer sees of a frame: uint8 RGB [H, W, 3] -> a copy with the square."""
        squares, mirror = self.squares(rgb), self.mirror
        crops = tuple((each.mirrored if mirror else each).crop(rgb) for each in squares)
        self._crops = crops
        self.frames += 1
        self.rate.tick()
        if self.on_crop:
            self.on_crop(*crops)
        words = self.caption() if self.caption else None
        picture = draw_squares(rgb[:, ::-1] if mirror else rgb, squares)
        if isinstance(words, str):
            return write(picture, words)
        for square, word in zip(squares, words or ()):
            write_over(picture, square.box(rgb.shape[1], rgb.shape[0]), word)
        return picture

    def close(self) -> None:
        """Forget the last picture, when the camera has stopped."""
        self.frames = 0
        self._crops = ()
