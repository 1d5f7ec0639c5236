"""Which files of a source are photos of which label: decided on paths alone.

<label>/x.jpg, train/<label>/x.jpg, and both under any wrapper folders.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from fingercount.data.folder import is_ignored, is_readable
from fingercount.errors import FingercountError
from fingercount.imaging.read import IMAGE_SUFFIXES, TO_CONVERT
from fingercount.labels import NONE, SIDE_FOLDERS, canonical, clean_label, count_of


class Candidate(NamedTuple):
    """One file to bring in."""

    path: str
    label: str
    side: str | None


@dataclass
class Layout:
    """What a source holds. skipped: (path, reason). unused: names in the map that are no folder."""

    photos: list[Candidate] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def find_photos(paths: Iterable[str], label_map: Mapping[str, str] | None = None) -> Layout:
    """Return the photos among a source's files.

    Args:
        paths: posix, relative to the source.
        label_map: {folder: label}; an empty label leaves the folder out.
    """
    label_map = {canonical(name): label for name, label in (label_map or {}).items()}
    layout = Layout()
    by_folder: dict[PurePosixPath, list[str]] = defaultdict(list)
    for path in map(PurePosixPath, paths):
        suffix = path.suffix.lower()
        if any(map(is_ignored, path.parts)):
            continue
        if not is_readable(str(path)):
            shown = str(path).encode(errors="replace").decode()
            layout.skipped.append((shown, "its name is not in UTF-8: rename it"))
        elif suffix in TO_CONVERT:
            layout.skipped.append((str(path), f"a {suffix[1:].upper()} photo: convert it to JPEG"))
        elif suffix in IMAGE_SUFFIXES:
            by_folder[path.parent].append(str(path))

    label_folders = _label_folders(by_folder, label_map)
    for folder, files in by_folder.items():
        if folder not in label_folders:
            reason = "not in a folder named for a label"
            layout.skipped += [(file, reason) for file in files]
            continue
        label = label_map.get(canonical(folder.name), folder.name)
        if not label.strip():
            continue
        try:
            label = clean_label(label)
        except FingercountError as error:
            layout.skipped += [(file, str(error)) for file in files]
            continue
        layout.photos += [Candidate(file, label, _side(folder)) for file in files]
    layout.photos = _without_lone_train(layout.photos)
    layout.unused = sorted(label_map.keys() - {canonical(folder.name) for folder in by_folder})
    return layout


def _label_folders(folders: Iterable[PurePosixPath], label_map: Mapping) -> set[PurePosixPath]:
    """Return the folders of photos that are labels, and not pictures beside them.

    Where a folder is named for a count, only such and what stands beside one are labels, so that
    docs/images/ in a downloaded repository does not become one.
    """
    families: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    for folder in folders:
        if folder.name and folder.name.lower() not in SIDE_FOLDERS:
            families[_without_sides(folder.parent)].append(folder)

    def known(folder: PurePosixPath) -> bool:
        label = canonical(folder.name)
        return count_of(label) is not None or label == NONE or label in label_map

    for is_family in (
        lambda family: any(map(known, family)),
        lambda family: len({folder.name for folder in family}) > 1,
        lambda family: True,
    ):
        chosen = [folder for family in families.values() if is_family(family) for folder in family]
        if chosen:
            return set(chosen)
    return set()


def _without_sides(folder: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(*(part for part in folder.parts if part.lower() not in SIDE_FOLDERS))


def _side(folder: PurePosixPath) -> str | None:
    sides = [SIDE_FOLDERS[part.lower()] for part in folder.parts if part.lower() in SIDE_FOLDERS]
    return sides[-1] if sides else None


def _without_lone_train(photos: list[Candidate]) -> list[Candidate]:
    """Return photos without their side where that is "train" only: nothing was held out yet."""
    if {photo.side for photo in photos} <= {"train", None}:
        return [Candidate(photo.path, photo.label, None) for photo in photos]
    return photos


def by_tail(paths: Iterable[str]) -> dict[str, str | None]:
    """Return {path with leading folders left off: path}, None where that is ambiguous."""
    tails: dict[str, str | None] = {}
    whole = list(paths)
    for path in whole:
        parts = path.split("/")
        for n in range(1, len(parts)):
            tail = "/".join(parts[n:])
            tails[tail] = None if tail in tails else path
    return tails | {path: path for path in whole}


def match_groups(
    rows: Iterable[tuple[str, str]], paths: Iterable[str]
) -> tuple[dict[str, str], list[str]]:
    """Return {path: group} for the photos that rows of (path, group) name, and the rows left over.

    Folders that the CSV or the source has in front of the other's paths do not matter.
    """
    tails = by_tail(paths)
    matched: dict[str, str] = {}
    missing: list[str] = []
    for named, group in rows:
        parts = re.sub(r"^(\./|/)+", "", named.replace("\\", "/")).split("/")
        # Label and name must stay: a row for three/7.jpg does not mean two/7.jpg.
        hits = (tails.get("/".join(parts[n:])) for n in range(max(1, len(parts) - 1)))
        path = next((hit for hit in hits if hit), None)
        if path is None:
            missing.append(named)
        elif group:
            matched[path] = group
    return matched, missing
