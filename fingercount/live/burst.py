"""Photos at a steady rate, written by a thread of its own: a burst, or as long as one holds."""

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB
from fingercount.live.guard import Guard
from fingercount.text import plural

RECENT = 12  # photos that can be shown while more are taken
ROUNDING = 1e-6  # seconds; sums of times differ by less, and no frame is put off for that


@dataclass
class Burst:
    """Photos taken at a steady rate and written by a thread of their own.

    A slow disk never slows the video: photos that cannot be written in time are not taken. The
    first write that fails ends the burst with its message; photos saved before that stay.

    Attributes:
        save: writes one crop, uint8 RGB; called in the writer's thread.
        count: how many photos to take, or None to take them until `stop`.
        rate: photos per second.
        patience: seconds without a frame after which the burst gives up.
        guard: looks at each photo; one that it does not keep is not saved.
        settle: seconds that a photo waits before it is written, so that `stop` can still take it
            back: the news that a button was let go comes later than that it was.
        saved: how many are written.
        left_out: how many were nearly the same as the one before.
        faults: what the guard found, and how often.
        fault: what it found last, or None.
        recent: the newest crops that were written.
        message: why it ended early, in words for a person, or None.
        done: whether it has ended, for whatever reason.
    """

    save: Callable[[RGB], object]
    count: int | None = 1
    rate: float = 5.0
    patience: float = 10.0
    guard: Guard | None = None
    settle: float = 0.0
    saved: int = 0
    left_out: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    fault: str | None = None
    message: str | None = None
    recent: deque[RGB] = field(default_factory=lambda: deque(maxlen=RECENT), repr=False)
    _taken: int = field(default=0, repr=False)
    _due: float = field(default=float("-inf"), repr=False)

    def __post_init__(self) -> None:
        room = 8 + round(self.settle * self.rate)
        self._crops: queue.Queue[tuple[float, RGB]] = queue.Queue(maxsize=room)
        self._ended = threading.Event()
        self._let_go = threading.Event()
        self._until = float("inf")
        self._first: float | None = None
        threading.Thread(target=self._write, name="burst", daemon=True).start()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def offer(self, crop: RGB, now: float | None = None) -> bool:
        """Take the crop if one is due; return whether it was taken. Never waits."""
        now = time.monotonic() if now is None else now
        enough = self.count is not None and self._taken - self.left_out >= self.count
        if self.done or self._let_go.is_set() or enough or now < self._due - ROUNDING:
            return False
        try:
            self._crops.put_nowait((now, crop))
        except queue.Full:
            return False
        self._first = now if self._first is None else self._first
        self._taken += 1
        # Due times keep a steady beat, so that frames at 30 a second still give the rate asked for.
        late = now - self._due > 1 / self.rate
        self._due = (now if late else self._due) + 1 / self.rate
        return True

    def stop(self, message: str | None = None) -> None:
        """End it now; what is not written yet is not saved."""
        if message and not self.done:
            self.message = message
        self._let_go.set()
        self._ended.set()

    def let_go(self, held: float) -> None:
        """End it as of when the button was let go; a tap is one photo.

        Args:
            held: seconds from the first photo on; those taken later are not saved.
        """
        if self._first is None:
            self.count = 1
            return
        self._until = self._first + held
        self._let_go.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        return self._ended.wait(timeout)

    @property
    def so_far(self) -> str:
        """How many photos there are: "2 of 20 photos", or "2 photos"."""
        if self.count is None:
            return plural(self.saved, "photo")
        return f"{self.saved} of {plural(self.count, 'photo')}"

    def _write(self) -> None:
        last = time.monotonic()
        while (self.count is None or self.saved < self.count) and not self.done:
            try:
                when, crop = self._crops.get(timeout=0.1)
            except queue.Empty:
                if self._let_go.is_set():
                    break
                if time.monotonic() - last > self.patience:
                    self.message = (
                        f"The camera stopped after {self.so_far}; start it again and take the rest."
                    )
                    break
                continue
            last = time.monotonic()
            if self.settle:
                self._let_go.wait(when + self.settle - time.monotonic())
            if when > self._until or self.done:
                continue
            try:
                self._save(crop)
            except FingercountError as error:
                self.message = f"Stopped after {self.so_far}. {error}"
                break
            except Exception as error:
                self.message = f"Stopped after {self.so_far}: {error!r}"
                break
        self._ended.set()

    def _save(self, crop: RGB) -> None:
        if self.guard:
            verdict = self.guard.look(crop)
            self.fault = verdict.fault
            if not verdict.keep:
                self.left_out += 1
                return
            if verdict.fault:
                self.faults[verdict.fault] += 1
        self.save(crop)
        self.saved += 1
        self.recent.append(crop)
