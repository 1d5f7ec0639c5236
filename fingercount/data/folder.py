"""What the folders and names of a data set mean; this only reads, and never writes."""

import contextlib
import os
import string
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from fingercount.data.folder_memory import Memory, Stamp, stamp_of
from fingercount.data.name_times import augmented, original_of, run_name, runs, time_of
from fingercount.data.side_names import side_of
from fingercount.data.splits import parse_name
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import is_photo_name, kind_of_name
from fingercount.labels import IGNORED_FOLDERS, SIDE_FOLDERS, canonical


class Found(NamedTuple):  # of 100,000, a dataclass each takes several times as long to make
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
    stamp: another one after any change of what is in the folders; None while they are too young.
    """

    photos: list[Found]
    labels: set[str]
    others: Counter[str]
    inside: list[str]
    stamp: Stamp | None = None


class _LabelFolder(NamedTuple):
    """What lies in one label's folder, as in `Scanned`.

    has_folders: whether there is any in it, such as none of the person's, too.
    """

    photos: list[Found]
    others: Counter[str]
    inside: list[str]
    has_folders: bool


_scans: Memory[Scanned] = Memory(8)
_label_folders: Memory[_LabelFolder] = Memory(4096)  # some data sets have empty labels by hundreds


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
        if side is None and side_of(folder) and not _look_into(root, folder, None)[0].photos:
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
    parts: list[tuple[str, _LabelFolder]] = []
    stamps: list[tuple[str, str | None, Stamp | None]] = []
    try:
        for folder, label, side in label_folders(root):
            part, stamp = _look_into(root, folder, side)
            parts.append((label, part))
            stamps.append((folder, side, stamp))
    except OSError as error:
        raise FingercountError(
            f"{error.filename or root} cannot be read ({error.strerror}); check the folder's "
            "permissions, or move it elsewhere."
        ) from error
    as_it_was = None if any(stamp is None for _, _, stamp in stamps) else tuple(stamps)
    return _scans.get(Path(root).absolute(), as_it_was, lambda: _together(parts, as_it_was))


def _together(parts: list[tuple[str, _LabelFolder]], stamp: Stamp | None) -> Scanned:
    photos: list[Found] = []
    labels: set[str] = set()
    others: Counter[str] = Counter()
    inside: list[str] = []
    for label, part in parts:
        if part.photos or not part.has_folders:  # nothing but folders: not a label
            labels.add(label)
        photos += part.photos
        others += part.others
        inside += part.inside
    return Scanned(_in_sessions(photos), labels, others, inside, stamp)


def _look_into(root: Path, folder: str, side: str | None) -> tuple[_LabelFolder, Stamp | None]:
    """Return what is in a label's folder, and its stamp; it is read where it has changed."""
    place = Path(root) / folder
    stamp = stamp_of(place)
    found = _label_folders.get(
        (place.absolute(), folder, side), stamp, lambda: _label_folder(place, folder, side)
    )
    return found, stamp


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

    return [photo._replace(session=session(photo)) for photo in photos] if stems else photos


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


def _label_folder(place: Path, folder: str, side: str | None) -> _LabelFolder:
    label = canonical(folder.rpartition("/")[2])
    photos: list[Found] = []
    others: Counter[str] = Counter()
    inside: list[str] = []
    has_folders = False
    with os.scandir(place) as entries:
        for entry in entries:
            name = entry.name
            if is_system_file(name) or not is_readable(name):
                continue
            if _is_folder(entry):
                has_folders = True
                if not is_ignored(name):
                    inside.append(f"{folder}/{name}")
            elif is_photo_name(name) and _is_file(entry):
                photos.append(describe_file(f"{folder}/{name}", label, side))
            else:
                kind = kind_of_name(name) if _is_file(entry) else None
                others[kind or "other"] += 1
    return _LabelFolder(photos, others, inside, has_folders)
