"""The program's own files inside a folder that may come from somebody else: never through a link.

A data set or a model that was unpacked from an archive may hold links. A photo that is one is read,
as a person may have put it there; but what fingercount itself writes, moves or locks stays inside.
"""

import errno
import os
import stat
from pathlib import Path, PurePath

from fingercount.errors import FingercountError
from fingercount.files import json_bytes, write_atomic
from fingercount.leftovers import is_link


def own_path(root: Path, relative: str) -> Path:
    """Return where a file of the program's own lies below a folder, which may be a link itself.

    Raises:
        FingercountError: where the file, or a folder on the way to it, is a link.
    """
    path = Path(root)
    for part in PurePath(relative).parts:
        path = path / part
        if is_link(path):
            raise FingercountError(
                f"{path} is a link, and nothing is written or moved through it; put the real "
                "file or folder in its place."
            )
    return path


def write_own(root: Path, relative: str, data: bytes) -> None:
    """Write a file of the program's own, whole or not at all.

    Raises:
        FingercountError: as `own_path`, and where the write fails.
    """
    path = own_path(root, relative)
    if path.exists() and not path.is_file():
        raise FingercountError(f"{path} is a pipe, a device or a folder; delete it and try again.")
    write_atomic(path, data)


def write_own_json(root: Path, relative: str, value: object) -> None:
    """Write a value as readable JSON, as `write_own`."""
    write_own(root, relative, json_bytes(value))


def read_plain(path: Path, start: int = 0) -> bytes:
    """Return a file's bytes from a place on, and never wait for a pipe or read a device.

    Raises:
        OSError: where it cannot be read, or is something else than a file.
    """
    path = Path(path)
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a file but a pipe, a device or a folder", str(path))
    with path.open("rb") as file:
        file.seek(start)
        return file.read()


def open_to_append(path: Path) -> int:
    """Return a handle of a file that reads and appends; it is made if missing, never a link.

    Raises:
        OSError: where it is a link, no file, or cannot be written.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file but a pipe, a device or a folder", str(path))
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    for name in ("O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o644)
