"""One writer at a time in a data set, over all windows and processes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from fingercount.errors import FingercountError
from fingercount.paths import advice_on_write_errors

LOCK_SECONDS = 30  # longer than any edit takes; then something is stuck


@contextlib.contextmanager
def writer(root: Path) -> Iterator[None]:
    """Hold the lock of a data set's folder; it ends with the process, so a crash leaves none.

    Raises:
        FingercountError: where the folder refuses, or another writer does not finish.
    """
    lock = FileLock(root / ".lock")
    with advice_on_write_errors(root):
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except Timeout as error:
            raise FingercountError(
                f"Another window or program has been writing to {root} for "
                f"{LOCK_SECONDS} seconds; close it and try again."
            ) from error
    try:
        yield
    finally:
        lock.release()
