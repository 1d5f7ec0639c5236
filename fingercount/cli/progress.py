"""How far long work is, on one line of a terminal: a bar, counts and the time left.

show = progress("photos")
show(120, 900)     # photos 120/900 [###.....................] 1:05 left

Nothing is written where standard error is no terminal.
"""

import shutil
import sys
import time
from collections.abc import Callable

BAR = 24  # characters
OFTEN = 0.1  # seconds from one drawing to the next; a terminal is slower than most work

_open: "list[Bar]" = []  # the bar whose line the cursor is in; one at most


def bar_line(what: str, done: int, total: int, left: float | None, width: int = 80) -> str:
    """Return what a bar shows, on one line of a terminal.

    Args:
        what: what is counted.
        done, total: how far it is; a total of 0 is not known.
        left: seconds that are left, or None where that is not known.
        width: of the terminal in characters.
    """
    if total <= 0:
        return f"{what} ..."[: width - 1]
    filled = BAR * min(done, total) // total
    words = f"{what} {done}/{total} [{'#' * filled}{'.' * (BAR - filled)}]"
    if done < total and left is not None:
        words += f" {clock_time(left)} left"
    if len(words) >= width:  # a line that wraps cannot be drawn over
        words = f"{what} {done}/{total}"
    return words[: width - 1]


def clock_time(seconds: float) -> str:
    """Return seconds as 0:09, 12:30 or 2:00:00."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Bar:
    """A bar on standard error, drawn at most ten times a second.

    Args:
        what: what is counted.
        clock: says what time it is, in seconds.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic):
        self.what, self.clock = what, clock
        self.began: tuple[float, int] | None = None  # when, and what was done before
        self.drawn: float | None = None
        self.length = 0
        self.over = False

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` is done; once all is, the line stays as it is."""
        if not sys.stderr.isatty():
            return
        now, complete = self.clock(), 0 < total <= done
        if self.over and complete:
            return  # it was said already
        if self.began is None or self.over:
            self.began, self.drawn, self.over = (now, done), None, False
        if not complete and self.drawn is not None and now - self.drawn < OFTEN:
            return
        left = self._left(now, done, total)
        width = shutil.get_terminal_size().columns
        self._draw(bar_line(self.what, done, total, left, width))
        self.drawn = now
        if complete:
            self.over, self.length = True, 0
            _open.clear()
            sys.stderr.write("\n")
            sys.stderr.flush()

    def _left(self, now: float, done: int, total: int) -> float | None:
        """What was done before it began (kept from last time, say) took no time."""
        assert self.began is not None
        since, before = self.began
        return (now - since) / (done - before) * (total - done) if done > before else None

    def _draw(self, line: str) -> None:
        if _open and _open[0] is not self:
            clear()
        _open[:] = [self]
        sys.stderr.write("\r" + line.ljust(self.length))
        sys.stderr.flush()
        self.length = len(line)


def clear() -> None:
    """Make room for words: wipe a bar that is not full off its line; it is drawn again below."""
    if _open:
        bar = _open.pop()
        sys.stderr.write("\r" + " " * bar.length + "\r")
        sys.stderr.flush()
        bar.length, bar.drawn = 0, None


def progress(what: str) -> Callable[[int, int], None]:
    """Return a callback that shows done and total as a bar with the time left."""
    return Bar(what)


def stages() -> Callable[[str, int, int], None]:
    """Return a callback that shows a stage, done and total; each stage has a bar of its own."""
    shown: dict[str, Callable[[int, int], None]] = {}
    return lambda stage, done, total: shown.setdefault(stage, progress(stage))(done, total)
