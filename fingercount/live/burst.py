"""A burst of photos at a steady rate, written by a thread of its own."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB


@dataclass
class Burst:
    """Photos taken at a steady rate and written by a thread of their own.

    A slow disk never slows the video: photos that cannot be written in time are not taken. The
    first write that fails ends the burst with its message; photos saved before that stay.

    Attributes:
        save: writes one crop, uint8 RGB; called in the writer's thread.
        count: how many photos to take.
        rate: photos per second.
        patience: seconds without a frame after which the burst gives up.
        saved: how many are written.
        message: why it ended early, in words for a person, or None.
        done: whether it has ended, for whatever reason.
    """

    save: Callable[[RGB], object]
    count: int = 1
    rate: float = 5.0
    patience: float = 5.0
    saved: int = 0
    message: str | None = None
    _taken: int = field(default=0, repr=False)
    _due: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        self._crops: queue.Queue[RGB] = queue.Queue(maxsize=8)
        self._ended = threading.Event()
        threading.Thread(target=self._write, name="burst", daemon=True).start()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def offer(self, crop: RGB, now: float | None = None) -> bool:
        """Take the crop if one is due; return whether it was taken. Never waits."""
        now = time.monotonic() if now is None else now
        if self.done or self._taken >= self.count or now < self._due:
            return False
        try:
            self._crops.put_nowait(crop)
        except queue.Full:
            return False
        self._taken += 1
        # Due times keep a steady beat, so that frames at 30 a second still give the rate asked for.
        late = now - self._due > 1 / self.rate
        self._due = (now if late else self._due) + 1 / self.rate
        return True

    def stop(self) -> None:
        """End it now."""
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
