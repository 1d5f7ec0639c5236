"""The bin of a data set: how large it is, and emptying it for good."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from fingercount.data.dataset import Dataset
from fingercount.data.metadata import BIN
from fingercount.files import advice_on_write_errors
from fingercount.own_files import own_path


@dataclass(frozen=True)
class BinSize:
    """n: how many files are in a bin. bytes: how large they are together."""

    n: int
    bytes: int


def bin_size(root: Path) -> BinSize:
    """Return how much is in a data set's bin."""
    return size_of(Path(root) / BIN)


def size_of(folder: Path) -> BinSize:
    """Return how many files are below a folder, and how large they are together."""
    sizes = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_symlink() or path.is_file():
                sizes.append(path.lstat().st_size)
    return BinSize(len(sizes), sum(sizes))


def empty_bin(dataset: Dataset) -> BinSize:
    """Remove what was deleted for good, and return how much that was.

    What was worked out from the photos goes with them (thumbnails, features, the map): all of
    cache/, which builds itself again from the photos that are left.

    Raises:
        FingercountError: where the data set cannot be written.
    """
    with dataset.writing():
        size = bin_size(dataset.root)
        for name in ("cache", BIN):
            folder = own_path(dataset.root, name)
            if folder.is_dir():
                with advice_on_write_errors(folder):
                    shutil.rmtree(folder)
    return size
