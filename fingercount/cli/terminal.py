"""How the commands talk: words to stderr, results as JSON, progress on one line."""

import json
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from fingercount.text import one_line

_FOREIGN = "backslashreplace"  # a file's name in another code: so it is, in JSON, what it was


def speak_utf8() -> None:
    """Write UTF-8 to standard output: JSON is read so, but a pipe on Windows has another code."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors=_FOREIGN)


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for JSON."""
    lines = (one_line(line) for line in text.split("\n"))
    print("\n".join(lines), file=sys.stderr, flush=True)


def write_result(target: str | None, value: object) -> None:
    """Write a result as JSON to a file, to standard output for "-", or nowhere for None."""
    if target is None:
        return
    # In parts: the text of 100,000 photos is large, and its pieces in one list are far larger.
    encoder = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False)
    parts = chain(encoder.iterencode(value), ["\n"])
    if target == "-":
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    else:
        from fingercount.files import write_atomic

        write_atomic(Path(target), (part.encode(errors=_FOREIGN) for part in parts))


def progress(what: str) -> Callable[[int, int], None]:
    """Return a callback that shows done and total on one line of a terminal."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done >= total else ""
            print(f"\r{what} {done}/{total}", end=end, file=sys.stderr, flush=True)

    return show


def stages() -> Callable[[str, int, int], None]:
    """Return a callback that shows a stage, done and total on one line of a terminal."""
    shown: dict[str, Callable[[int, int], None]] = {}
    return lambda stage, done, total: shown.setdefault(stage, progress(stage))(done, total)
