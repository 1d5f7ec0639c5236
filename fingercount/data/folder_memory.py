"""What was made of a folder, kept for as long as the folder stays as it is.

    photos = Memory(most=100)
    found = photos.get(folder, stamp_of(folder), lambda: look_into(folder))

A page is drawn again with every click, and must not look through 100,000 photos each time. The
times of a folder change with each name that comes into it, goes, or changes.
"""

import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
Stamp: TypeAlias = Hashable
YOUNG = 3_000_000_000  # nanoseconds; some disks count in steps of two seconds


def stamp_of(folder: Path) -> Stamp | None:
    """Return what is another after any change of a folder's names, or None if it is too young.

    A folder that has just changed may change again and keep its time.

    Raises:
        OSError: where it is gone, or cannot be read.
    """
    stat = folder.stat()
    if time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) < YOUNG:
        return None
    return stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns


class Memory(Generic[T]):
    """The newest things that were made, each with the stamp of what it was made of.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int):
        self._most = most
        self._kept: dict[Hashable, tuple[Stamp, T]] = {}

    def get(self, key: Hashable, stamp: Stamp | None, make: Callable[[], T]) -> T:
        """Return what was made before if the stamp is still the same, else make it.

        Args:
            stamp: taken before; None makes it anew and keeps nothing.
        """
        kept = self._kept.pop(key, None)
        if stamp is None:
            return make()
        if kept is None or kept[0] != stamp:
            kept = (stamp, make())
        self._kept[key] = kept  # the newest last
        for old in list(self._kept)[: -self._most]:
            self._kept.pop(old, None)
        return kept[1]
