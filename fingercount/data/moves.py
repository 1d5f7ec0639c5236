"""The moves of an edit: each can be repeated after a crash, or taken back."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from fingercount.data.journal import Moves
from fingercount.data.metadata import BIN
from fingercount.files import sync


def move_files(root: Path, moves: Iterable[tuple[str, str]]) -> None:
    """Move files from one path below `root` to another; what was moved already stays.

    Raises:
        OSError: where one cannot be moved; those before it are in their new place.
    """
    for before, after in moves:
        source, target = root / before, root / after
        # Either can be true after a crash or a person's own change; both are fine.
        # A photo may be a link, which leads nowhere while it is in the bin.
        if os.path.lexists(source) and not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            rename(source, target)


def sync_moves(root: Path, moves: Moves) -> None:
    """Let the moves reach the disk, before the journal says that they are done."""
    sync(sorted({(root / path).parent for pair in moves for path in pair}))


def drop_emptied(root: Path, paths: Iterable[str]) -> None:
    """Remove folders that an undo has emptied: in the bin, and that of a mistyped label."""
    for folder in {(root / path).parent for path in paths}:
        with contextlib.suppress(OSError):  # others are still in it
            folder.rmdir()
            if folder.is_relative_to(root / BIN):
                folder.parent.rmdir()


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those folders that nothing is in."""
    for folder in folders:
        with contextlib.suppress(OSError):  # others are in it by now
            folder.rmdir()


def rename(source: Path, target: Path) -> None:
    """Move a file; if a label's folder is on another disk, copy it there first."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(f".moving-{target.name}")
        try:
            shutil.copy2(source, copy, follow_symlinks=False)
            copy.rename(target)
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        source.unlink()
