"""What a program that was killed leaves behind, found and removed at the next start.

Unfinished things have hidden names until they are whole. While a program works on one it holds a
lock on it, which ends with the program, so that what nobody holds is a leftover.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, which removes nothing that a program has open
    fcntl = None  # type: ignore[assignment]

# .replaced-NAME is what NAME was, until what replaces it is in its place.
WRITING, IMPORTING, DELETING, REPLACED = ".writing-", ".importing-", ".deleting-", ".replaced-"
KINDS = (WRITING, IMPORTING, DELETING)
_YOUNG = 2.0  # seconds; between making something and holding its lock
_LONGEST_REPLACING = 5.0  # seconds between its two renames, on a disk that is busy
_YOUNG_UNLOCKED = 3600.0  # where folders cannot be locked: longer than any takes


@contextlib.contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Hold a file or folder that is not finished, so that nobody takes it for a leftover."""
    handle, tries = _hold(path), 0
    while fcntl and handle is None and tries < 10:  # somebody looks whether it is a leftover
        time.sleep(0.01)
        handle, tries = _hold(path), tries + 1
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_link(path: Path) -> bool:
    """Say whether something is a link, or what Windows calls a junction."""
    is_junction = getattr(path, "is_junction", None)  # from Python 3.12 on
    return path.is_symlink() or bool(is_junction and is_junction())


def bring_back(path: Path) -> None:
    """Bring back a folder that was to be replaced, where that was cut off in the middle.

    Where the new one is in its place already, the old one is removed. Where another program is
    replacing it right now, this waits until it has.
    """
    old = path.with_name(f"{REPLACED}{path.name}")
    if not old.is_dir() or is_link(old):
        return
    deadline = time.monotonic() + _LONGEST_REPLACING
    while not _nobody_holds(old):
        if os.path.lexists(path) or time.monotonic() > deadline:
            return
        time.sleep(0.005)
    if os.path.lexists(path):
        shutil.rmtree(old, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            old.rename(path)


def bring_back_all(parent: Path) -> None:
    """Bring back each folder inside another whose replacement was cut off."""
    with contextlib.suppress(OSError):
        for path in list(Path(parent).iterdir()):
            if path.name.startswith(REPLACED):
                bring_back(path.with_name(path.name.removeprefix(REPLACED)))


def leftovers(folder: Path) -> list[Path]:
    """Return what programs that were killed have left directly inside a folder."""
    try:
        found = [path for path in Path(folder).iterdir() if path.name.startswith(KINDS)]
    except OSError:
        return []
    return sorted(path for path in found if _is_abandoned(path))


def remove(paths: list[Path]) -> None:
    """Remove leftovers as far as that is possible; a link goes, and what it leads to stays."""
    for path in paths:
        if path.is_dir() and not is_link(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def _is_abandoned(path: Path) -> bool:
    try:
        age = time.time() - path.lstat().st_mtime
    except OSError:
        return False
    if is_link(path):
        return age > _YOUNG
    return age > (_YOUNG if fcntl else _YOUNG_UNLOCKED) and _nobody_holds(path)


def _nobody_holds(path: Path) -> bool:
    if fcntl is None:
        return True
    handle = _hold(path)
    if handle is not None:
        os.close(handle)
    return handle is not None


def _hold(path: Path) -> int | None:
    """Return a handle that holds something's lock until it is closed; None if another has it."""
    if fcntl is None:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
