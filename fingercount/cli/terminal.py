"""How the commands talk: words to stderr, results as JSON."""

import json
import sys
from itertools import chain
from pathlib import Path

from fingercount.cli.progress import clear
from fingercount.text import one_line

_FOREIGN = "backslashreplace"  # a file's name in another code: so it is, in JSON, what it was


def speak_utf8() -> None:
    """Write UTF-8 to standard output: JSON is read so, but a pipe on Windows has another code."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors=_FOREIGN)


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for JSON."""
    clear()
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
