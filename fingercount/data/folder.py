"""What the folders and names of a data set mean; this only reads, and never writes."""

import contextlib
import os
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from fingercount.data.name_times import augmented, original_of, run_name, runs, time_of
from fingercount.data.side_names import side_of
from fingercount.data.splits import parse_name
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import is_photo_name, kind_of_name
from fingercount.labels import IGNORED_FOLDERS, SIDE_FOLDERS, canonical


@dataclass(frozen=True)
class Found:
    """One photo's file: where it is, and what its folders and its name say about it."""

    path: str  # posix, relative to the root
    label: str  # canonical
    session: str
    side: str | None  # "train", "val", "test" where a folder above the label says so
    numbered: bool  # the name is <session>-<number>; otherwise the photo is a session of its own


_DEEPEST = 4  # folders that people put around their photos
_SYSTEM_FOLDERS = frozenset(  # bins, indexes and thumbnails of systems and NAS boxes
    [
        "#recycle",
        "#recycled",
        "#snapshot",
        "recycler",
        "recycled",
        "lost+found",
        "lost.dir",
        "found.000",
        "thumbnails",
        "__pycache__",
        "node_modules",
    ]
) | {"system volume information", "network trash folder", "temporary items"}
_SYSTEM_FILES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "picasa.ini"))


class Scanned(NamedTuple):
    """All that one walk through a data set's folder found.

    labels: including those without photos. others: how many files in the label folders are not
    photos, by kind. inside: folders inside label folders, which are not part of the data set.
    """

    photos: list[Found]
    labels: set[str]
    others: Counter[str]
    inside: list[str]


def is_ignored(name: str) -> bool:
    """Return whether a folder is none of the person's: hidden, cache, a recycle bin, @eaDir ..."""
    lower = name.lower()
    ours = lower in IGNORED_FOLDERS or lower in _SYSTEM_FOLDERS
    return ours or lower.startswith((".", "$", "@"))  # $RECYCLE.BIN; @eaDir and @Recycle of a NAS


def is_system_file(name: str) -> bool:
    """Return whether a system put a file there, unasked and unseen."""
    lower = name.lower()
    return name.startswith(".") or lower in _SYSTEM_FILES or lower.endswith("@synoeastream")


def is_readable(name: str) -> bool:
    """Return whether a name on disk is valid UTF-8; other names could not be shown or written."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_inside(path: str) -> bool:
    """Return whether a relative posix path stays below the folder it starts from."""
    # By hand: a journal has two paths for each photo that was ever imported.
    drive = path[1:2] == ":" and path[0] in string.ascii_letters  # a Windows path
    if drive or "\\" in path or path.startswith("/") or "/../" in f"/{path}/":
        return False
    return bool(path.strip("./")) or any(part not in ("", ".") for part in path.split("/"))


def file_in(root: Path, path: str) -> Path:
    """Return where a file of a data set lies.

    Raises:
        FingercountError: for a path that leaves the data set's folder.
    """
    if not is_inside(path):
        raise FingercountError(f"{path!r} is not inside the data set {root.resolve().name}.")
    return root / path


def label_folders(root: Path) -> Iterator[tuple[str, str, str | None]]:
    """Yield (folder relative to the root, label, side) of each folder that can hold photos."""
    for folder in _subfolders(root):
        side = SIDE_FOLDERS.get(folder.lower())
        if side is None and side_of(folder) and not _files(Path(root) / folder).photos:
            # training_set, dev ...: a side where folders are in it, and a label where photos are.
            side = side_of(folder) if _subfolders(Path(root) / folder) else None
        if side is None:
            yield folder, canonical(folder), None
            continue
        for inner in _subfolders(Path(root) / folder):
            yield f"{folder}/{inner}", canonical(inner), side


def scan(root: Path) -> Scanned:
    """Walk through a data set's folder once.

    Raises:
        FingercountError: if a folder may not be read.
    """
    photos: list[Found] = []
    labels: set[str] = set()
    others: Counter[str] = Counter()
    inside: list[str] = []
    try:
        for folder, label, side in label_folders(root):
            files = _files(Path(root) / folder)
            if files.photos or not files.has_folders:  # nothing but folders: not a label
                labels.add(label)
            photos += [describe_file(f"{folder}/{name}", label, side) for name in files.photos]
            others += files.others
            inside += [f"{folder}/{name}" for name in files.folders]
    except OSError as error:
        raise FingercountError(
            f"{error.filename or root} cannot be read ({error.strerror}); check the folder's "
            "permissions, or move it elsewhere."
        ) from error
    return Scanned(_in_sessions(photos), labels, others, inside)


def _in_sessions(photos: list[Found]) -> list[Found]:
    """Return photos with what their names say together: one run of times, copies of one photo."""
    stems = {p.path: PurePosixPath(p.path).stem for p in photos if not p.numbered}
    times = {path: when for path, stem in stems.items() if (when := time_of(stem)) is not None}
    run_of = runs(times)
    first = {run: times[path] for path, run in reversed(run_of.items())}
    copies = augmented(stems.values())

    def session(photo: Found) -> str:
        stem = stems.get(photo.path)
        if stem is None:
            return photo.session
        original = original_of(stem) or copies.get(stem)
        if photo.path in run_of:
            return run_name(first[run_of[photo.path]])
        return original or photo.session

    return [replace(photo, session=session(photo)) for photo in photos] if stems else photos


def count_inside(root: Path, folders: Iterable[str]) -> Counter[str]:
    """Return how many files lie below folders of a data set, by kind; photos are "deeper"."""
    found: Counter[str] = Counter()
    with contextlib.suppress(OSError):  # nothing should fail because of a mere note
        for top in folders:
            for _, below, names in os.walk(root / top):
                below[:] = [name for name in below if not is_ignored(name)]
                kinds = (
                    kind_of_name(name) or "other" for name in names if not is_system_file(name)
                )
                found.update("deeper" if kind == "photo" else kind for kind in kinds)
    return found


def find_photos_below(root: Path) -> Path | None:
    """Return the folder below that can be opened as a data set, where the root itself cannot."""
    with contextlib.suppress(OSError, FingercountError):
        level = [Path(root)]
        for _ in range(_DEEPEST):
            level = [top / name for top in level for name in _subfolders(top)]
            for folder in level:
                if scan(folder).photos:
                    return folder
    return None


def describe_file(path: str, label: str, side: str | None) -> Found:
    """Return what is known of a photo from its path alone."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    parsed = parse_name(stem)
    if parsed:
        return Found(path, label, parsed[0], side, True)
    # train/one/7.jpg and test/one/7.jpg are two photos: one name must not be on two sides.
    return Found(path, label, f"{side}/{stem}" if side else stem, side, False)


def _subfolders(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(
            e.name
            for e in entries
            if not is_ignored(e.name) and is_readable(e.name) and _is_folder(e)
        )


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Return whether an entry is a file, or a link that leads nowhere; no pipe and no device."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return entry.is_symlink()


class _Files(NamedTuple):
    """What lies in one folder: names of photos, other files by kind, folders.

    has_folders: whether there is any, such as none of the person's, too.
    """

    photos: list[str]
    others: Counter[str]
    folders: list[str]
    has_folders: bool


def _files(folder: Path) -> _Files:
    photos: list[str] = []
    others: Counter[str] = Counter()
    folders: list[str] = []
    has_folders = False
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_system_file(entry.name) or not is_readable(entry.name):
                continue
            if _is_folder(entry):
                has_folders = True
                if not is_ignored(entry.name):
                    folders.append(entry.name)
            elif is_photo_name(entry.name) and _is_file(entry):
                photos.append(entry.name)
            else:
                kind = kind_of_name(entry.name) if _is_file(entry) else None
                others[kind or "other"] += 1
    return _Files(photos, others, folders, has_folders)
