"""The clean crop of each frame, and what the viewer sees: a copy with the square drawn on it."""

from collections.abc import Callable

from fingercount.imaging.overlay import write
from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.live.worker import Rate


class Viewfinder:
    """What happens to each frame of a camera: its crop is kept, and a copy is drawn on.

    Args:
        square: where the hand is held, as the viewer sees the frame; may be changed while
            frames come.
        mirror: whether the viewer sees the frame as in a mirror; what is saved and counted is as
            the camera sees it. May be changed.
        on_crop: called with each clean crop, in the camera's thread; must return at once.
        caption: returns the words to write over the frame, or None.

    Attributes:
        frames: how many came since the camera started.
        rate: how often they come.
    """

    def __init__(
        self,
        square: Square,
        on_crop: Callable[[RGB], None] | None = None,
        caption: Callable[[], str | None] | None = None,
        mirror: bool = False,
    ):
        self.square = square
        self.mirror = mirror
        self.on_crop = on_crop
        self.caption = caption
        self.frames = 0
        self.rate = Rate()
        self._crop: RGB | None = None

    @property
    def crop(self) -> RGB | None:
        """The newest clean crop, uint8 RGB [side, side, 3], or None before the first frame."""
        return self._crop

    def show(self, rgb: RGB) -> RGB:
        """Return what the viewer sees of a frame: uint8 RGB [H, W, 3] -> a copy with the square."""
        square, mirror = self.square, self.mirror
        self._crop = (square.mirrored if mirror else square).crop(rgb)
        self.frames += 1
        self.rate.tick()
        if self.on_crop:
            self.on_crop(self._crop)
        words = self.caption() if self.caption else None
        picture = square.draw(rgb[:, ::-1] if mirror else rgb)
        return write(picture, words) if words else picture

    def close(self) -> None:
        """Forget the last picture, when the camera has stopped."""
        self.frames = 0
        self._crop = None
