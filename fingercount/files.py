"""Write files whole or not at all, one writer at a time."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from fingercount.access import refuse_viewers
from fingercount.errors import FingercountError
from fingercount.leftovers import REPLACED, WRITING, bring_back, in_use
from fingercount.paths import data_dir, is_shipped

T = TypeVar("T")
_BLOCK = 1 << 20
_READINGS = 5  # of a folder that is replaced again and again
_SYNCING = 8  # files at a time: what waits for the disk together is written together
LOCK_SECONDS = 30  # longer than any edit takes, so something is stuck


@contextlib.contextmanager
def advice_on_write_errors(path: Path) -> Iterator[None]:
    """Turn an operating-system error during a write into one line of advice.

    Every write goes through here, so this is also where a viewer, who may only look, is refused.

    Raises:
        FingercountError: where the write fails, or whoever asks may not change anything.
    """
    refuse_viewers(path)
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise FingercountError(
            f"Could not write {path}: {reason}. Nothing was changed there; "
            "free some space or check the folder's permissions, then try again."
        ) from error


def write_atomic(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file so that a reader sees either the old one or the whole new one.

    Args:
        path: where; through a link, the file it leads to.
        data: all of it, or its parts one after the other.

    Raises:
        FingercountError: if the disk is full or the folder cannot be written; the old file stays.
    """
    path = Path(path)
    parts = [data] if isinstance(data, bytes) else data
    with advice_on_write_errors(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:  # a device or a pipe, such as /dev/stdout, stays one
                file.writelines(parts)
            return
        path = path.resolve()  # through a link, the file it leads to is written
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
        try:
            with in_use(Path(temporary)), os.fdopen(handle, "wb") as file:
                file.writelines(parts)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)  # mkstemp makes files that only their owner can read
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync([path.parent])


def sync(paths: Iterable[Path]) -> None:
    """Let files, and the names in folders, reach the disk, so that a power cut does not undo them.

    Where a system cannot do that for folders (Windows), it is left to it.
    """
    paths = list(paths)
    if len(paths) <= _SYNCING:
        _sync(paths)
        return
    with ThreadPoolExecutor(_SYNCING) as pool:
        list(pool.map(_sync, (paths[n::_SYNCING] for n in range(_SYNCING))))


def _sync(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def check_writable(folder: Path, room: int = 0) -> None:
    """Try to write into a folder before hours of work whose result goes there.

    Args:
        folder: made if it is missing.
        room: bytes that will be needed; so many are written and removed again, as a limit for a
            user shows in no other way.

    Raises:
        FingercountError: if that fails.
    """
    with advice_on_write_errors(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=WRITING) as file:
            for _ in range(-(-room // _BLOCK)):
                file.write(bytes(_BLOCK))
            file.flush()
            os.fsync(file.fileno())


def json_bytes(value: object) -> bytes:
    """Return a value as readable JSON."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_json(path: Path, value: object) -> None:
    """Write a value as readable JSON, whole or not at all."""
    write_atomic(path, json_bytes(value))


@contextlib.contextmanager
def atomic_folder(path: Path, replace: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that becomes `path` if the block succeeds, and else is removed.

    Args:
        path: where the folder is to be.
        replace: whether an existing folder may be swapped out.

    Raises:
        FingercountError: where `path` exists and may not be replaced, or a write fails.
    """
    path = Path(path)
    bring_back(path)
    if path.exists() and not replace:
        raise FingercountError(f"{path} exists already; pick another name or ask to replace it.")
    with advice_on_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=WRITING))
        try:
            with in_use(temporary):
                yield temporary
                temporary.chmod(0o755)
                if path.exists():
                    if not replace:  # made in the meantime
                        raise FingercountError(
                            f"Another window or program has just made {path}; pick another name."
                        )
                    _exchange(path, temporary)
                else:
                    temporary.rename(path)
                sync([path.parent])
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def _exchange(path: Path, new: Path) -> None:
    """Put a new folder in the place of one that is there.

    A program that is killed between the two renames leaves the old one where the next start finds
    it: `leftovers.bring_back`.
    """
    old = path.with_name(f"{REPLACED}{path.name}")
    with in_use(path):
        path.rename(old)
        try:
            new.rename(path)
        except OSError:
            old.rename(path)
            raise
    shutil.rmtree(old, ignore_errors=True)


def read_settled(folder: Path, read: Callable[[], T]) -> T:
    """Return what is read of a folder's files, all of it before or all of it after a replacement.

    Args:
        folder: one that `atomic_folder` may replace meanwhile.
        read: reads the files; it is called again where the folder was replaced under it.
    """
    for _ in range(_READINGS):
        before = _identity(folder)
        try:
            value = read()
        except FingercountError:
            if before is not None and _identity(folder) == before:
                raise  # nobody replaced it: it is as bad as it looks
        else:
            if _identity(folder) == before:
                return value
        bring_back(folder)  # waits for the other one
    return read()


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def refuse_shipped(root: Path) -> None:
    """Refuse to change a data set that came with the package.

    Raises:
        FingercountError: for such a data set; it says how to work on a copy.
    """
    if is_shipped(root):
        raise FingercountError(
            f"The data set {root.name} ships with fingercount and stays as it is. Collect makes a "
            f"copy of it that is yours to change; or import {root} into {data_dir() / root.name}."
        )


@contextlib.contextmanager
def writer(root: Path) -> Iterator[None]:
    """Hold the lock of a data set's folder; it ends with the process, even after a crash.

    Raises:
        FingercountError: if the folder cannot be written or came with the package, or another
            writer does not finish.
    """
    refuse_shipped(root)
    if (root / ".lock").is_symlink():  # opening it empties the file that it leads to
        raise FingercountError(f"{root / '.lock'} is a link; delete it and try again.")
    from filelock import FileLock, Timeout  # not for those who only read

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
