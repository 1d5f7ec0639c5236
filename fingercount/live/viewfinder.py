"""Saving what the camera sees: the clean crop of each frame, one photo or a burst at a time."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.overlay import write
from fingercount.imaging.roi import Square
from fingercount.live.worker import Rate


class Viewfinder:
    """What happens to each frame of a camera: its crop is noted, and a copy is drawn on.

    Args:
        square: where the hand is held, as the viewer sees the frame; may be set anew while frames
            come.
        mirror: whether the viewer sees the frame as in a mirror; what is saved and counted is as
            the camera sees it. May be set anew.
        on_crop: called with each clean crop, in the camera's thread; must return at once.
        caption: returns the words to write over the frame, or None.

    Attributes:
        frames: how many came since the camera started.
        rate: how often they come.
    """

    def __init__(
        self,
        square: Square,
        on_crop: Callable[[np.ndarray], None] | None = None,
        caption: Callable[[], str | None] | None = None,
        mirror: bool = False,
    ):
        self.square = square
        self.mirror = mirror
        self.on_crop = on_crop
        self.caption = caption
        self.frames = 0
        self.rate = Rate()
        self._crop: np.ndarray | None = None

    @property
    def crop(self) -> np.ndarray | None:
        """The newest clean crop, uint8 RGB [side, side, 3], or None before the first frame."""
        return self._crop

    def show(self, rgb: np.ndarray) -> np.ndarray:
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


@dataclass
class Burst:
    """Photos taken at a steady rate and written by a thread of their own.

    A slow disk never slows the video: what cannot be written in time is not taken. The first write
    that fails ends the burst with its message; what was saved before stays.

    Attributes:
        save: writes one crop, uint8 RGB; called in the writer's thread.
        count: how many photos to take.
        rate: photos per second.
        patience: seconds without a frame after which the burst gives up.
        saved: how many are written.
        message: why it ended early, in words for a person, or None.
        done: whether it has ended, one way or the other.
    """

    save: Callable[[np.ndarray], object]
    count: int = 1
    rate: float = 5.0
    patience: float = 5.0
    saved: int = 0
    message: str | None = None
    _taken: int = field(default=0, repr=False)
    _due: float = field(default=float("-inf"), repr=False)

    def __post_init__(self):
        self._crops: queue.Queue = queue.Queue(maxsize=8)
        self._ended = threading.Event()
        threading.Thread(target=self._write, name="burst", daemon=True).start()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def offer(self, crop: np.ndarray, now: float | None = None) -> bool:
        """Take the crop if one is due; return whether it was taken. Never waits."""
        now = time.monotonic() if now is None else now
        if self.done or self._taken >= self.count or now < self._due:
            return False
        try:
            self._crops.put_nowait(crop)
        except queue.Full:
            return False
        self._taken += 1
        # Due times keep their beat, so that frames at 30 a second still give the rate asked for.
        late = now - self._due > 1 / self.rate
        self._due = (now if late else self._due) + 1 / self.rate
        return True

    def stop(self) -> None:
        """End it where it is."""
        self._ended.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        return self._ended.wait(timeout)

    def _write(self) -> None:
        last = time.monotonic()
        while self.saved < self.count and not self.done:
            try:
                crop = self._crops.get(timeout=0.1)
            except queue.Empty:
                if time.monotonic() - last > self.patience:
                    self.message = (
                        f"The camera stopped after {self.saved} of {self.count} photos; "
                        "start it again and take the rest."
                    )
                    break
                continue
            try:
                self.save(crop)
            except FingercountError as error:
                self.message = f"Stopped after {self.saved} of {self.count} photos. {error}"
                break
            except Exception as error:
                self.message = f"Stopped after {self.saved} of {self.count} photos: {error!r}"
                break
            self.saved += 1
            last = time.monotonic()
        self._ended.set()


@dataclass(frozen=True)
class Sitting:
    """One sitting of one person in front of the camera: what a session is."""

    dataset: str
    person: str
    session: str


def continue_sitting(
    sitting: Sitting | None, dataset: str, person: str, new_name: Callable[[], str]
) -> Sitting:
    """Return the sitting that a photo taken now belongs to.

    Args:
        sitting: the one so far, or None after *New session*.
        dataset, person: whose photos are being taken now; another one begins a new sitting.
        new_name: names a new session.
    """
    person = person.strip()
    if sitting and (sitting.dataset, sitting.person) == (dataset, person):
        return sitting
    return Sitting(dataset, person, new_name())
