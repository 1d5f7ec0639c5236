"""What the folders and names of a data set mean; it only looks, it never writes."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fingercount.data.splits import parse_name
from fingercount.errors import FingercountError
from fingercount.imaging.read import IMAGE_SUFFIXES, TO_CONVERT
from fingercount.labels import IGNORED_FOLDERS, SIDE_FOLDERS, canonical


@dataclass(frozen=True)
class Found:
    """One photo's file: where it is and what its folders and its name say of it."""

    path: str  # posix, relative to the root
    label: str  # canonical
    session: str
    side: str | None  # "train", "val", "test" where a folder above the label says so
    numbered: bool  # the name is <session>-<number>; otherwise the photo is a session of its own


def is_ignored(name: str) -> bool:
    """Return whether a file or folder is none of the person's photos (hidden, cache, ...)."""
    return name.startswith(".") or name.lower() in IGNORED_FOLDERS


def is_readable(name: str) -> bool:
    """Return whether a name on disk is text: others (in no UTF-8) nothing could show or write."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_inside(path: str) -> bool:
    """Return whether a relative posix path stays below the folder it starts from."""
    parts = PurePosixPath(path).parts
    foreign = "\\" in path or re.match("[A-Za-z]:", path)  # a path of Windows
    return bool(parts) and parts[0] != "/" and ".." not in parts and not foreign


def label_folders(root: Path) -> Iterator[tuple[str, str, str | None]]:
    """Yield (folder relative to the root, label, side) of each folder that can hold photos."""
    for folder in _subfolders(root):
        side = SIDE_FOLDERS.get(folder.lower())
        if side is None:
            yield folder, canonical(folder), None
            continue
        for inner in _subfolders(Path(root) / folder):
            yield f"{folder}/{inner}", canonical(inner), side


def scan(root: Path) -> tuple[list[Found], set[str]]:
    """Return all photos below a data set's folder, and all labels, those without photos too.

    Raises:
        FingercountError: where a folder may not be looked into.
    """
    photos: list[Found] = []
    labels: set[str] = set()
    try:
        for folder, label, side in label_folders(root):
            names, has_subfolders = _images(Path(root) / folder)
            if names or not has_subfolders:  # a folder of folders only is no label
                labels.add(label)
            for name in names:
                photos.append(describe_file(f"{folder}/{name}", label, side))
    except OSError as error:
        raise FingercountError(
            f"{error.filename or root} cannot be read ({error.strerror}); check the folder's "
            "permissions, or move it elsewhere."
        ) from error
    return photos, labels


def count_to_convert(root: Path) -> int:
    """Return how many files in the label folders are photos of a type that cannot be read."""
    with contextlib.suppress(OSError):  # for a note alone nothing is to fail
        return sum(
            file.suffix.lower() in TO_CONVERT and not file.name.startswith(".")
            for folder, _, _ in label_folders(root)
            for file in (Path(root) / folder).iterdir()
        )
    return 0


def describe_file(path: str, label: str, side: str | None) -> Found:
    """Return what is known of a photo from its path alone."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    parsed = parse_name(stem)
    if parsed:
        return Found(path, label, parsed[0], side, True)
    # train/one/7.jpg and test/one/7.jpg are two photos: one name must not stand on two sides.
    return Found(path, label, f"{side}/{stem}" if side else stem, side, False)


def _subfolders(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(
            e.name for e in entries if not is_ignored(e.name) and is_readable(e.name) and e.is_dir()
        )


def _images(folder: Path) -> tuple[list[str], bool]:
    names: list[str] = []
    has_subfolders = False
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not is_readable(entry.name):
                continue
            if entry.is_dir():
                has_subfolders = True
            elif os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES:  # noqa: PTH122 (fast)
                names.append(entry.name)
    return names, has_subfolders
