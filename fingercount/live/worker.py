"""A thread that takes only the newest frame of a stream, and a count of how often."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Rate:
    """How often something happens, counted over the last seconds; safe between threads."""

    def __init__(self, window: float = 2.0):
        self.window = window
        self._ticks: deque[float] = deque()
        self._lock = threading.Lock()

    def tick(self, now: float | None = None) -> None:
        """Note that it happened."""
        now = time.monotonic() if now is None else now
        with self._lock:
            self._ticks.append(now)
            self._forget(now)

    def per_second(self, now: float | None = None) -> float:
        """Return the times per second; 0 when it has stopped happening."""
        now = time.monotonic() if now is None else now
        with self._lock:
            self._forget(now)
            if len(self._ticks) < 2:
                return 0.0
            return (len(self._ticks) - 1) / max(self._ticks[-1] - self._ticks[0], 1e-9)

    def _forget(self, now: float) -> None:
        while self._ticks and self._ticks[0] < now - self.window:
            self._ticks.popleft()


class LatestWorker(Generic[Item, Result]):
    """One thread that always works on the newest item and drops the ones in between.

    The thread starts with the first item and ends by itself when none has come for a while, so a
    viewer who leaves leaves nothing behind.

    Args:
        work: called with an item, in the worker's thread; what it returns becomes `result`.
        idle: seconds without an item after which the thread ends.

    Attributes:
        result: what `work` last returned, or None.
        error: what the last call raised, or None; the next items are still tried.
        rate: how often `work` finishes.
    """

    def __init__(self, work: Callable[[Item], Result], idle: float = 5.0):
        self.work = work
        self.idle = idle
        self.result: Result | None = None
        self.error: Exception | None = None
        self.rate = Rate()
        self._newest: list[Item] = []  # empty or one item, which may itself be None
        self._closed = False
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        with self._changed:
            return self._thread is not None

    def submit(self, item: Item) -> None:
        """Offer an item and return at once; after `close` it is dropped."""
        with self._changed:
            if self._closed:
                return
            self._newest = [item]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="latest", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Let the thread end after its current item, and forget the items and the result."""
        with self._changed:
            self._closed = True
            self._newest = []
            self.result = None
            self._changed.notify_all()

    def _next(self) -> list[Item]:
        """Return [item], or [] after which the thread ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._closed, timeout=self.idle)
            item, self._newest = self._newest, []
            if not item:
                self._thread = None
            return item

    def _run(self) -> None:
        while item := self._next():
            result: Result | None = None
            error: Exception | None = None
            try:
                result = self.work(item[0])
            except Exception as failure:  # shown by the page; the video goes on
                error = failure
            with self._changed:
                if not self._closed:
                    self.result, self.error = result, error
                    self._changed.notify_all()
            self.rate.tick()
