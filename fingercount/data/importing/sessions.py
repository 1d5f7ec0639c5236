"""Which session each imported photo belongs to: by CSV, by file name, or by likeness."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from fingercount.data.splits import parse_name
from fingercount.imaging import near_duplicates
from fingercount.paths import is_part_of_letter

MAX_SLUG = 48  # leaves room for a side and a number in the 64 that a name may have


@dataclass
class Incoming:
    """One photo that is about to come in; `session` is filled in here."""

    path: str  # in the source
    label: str
    side: str | None
    staged: str  # where it lies meanwhile, relative to the data set
    content: str  # hash of what will be stored
    thumbnail: np.ndarray = field(repr=False)
    session: str = ""
    number: int | None = None
    apart: bool = False  # from the rest of its session, on another side
    inherits: bool = False  # its side is that of a near-copy which is there already


@dataclass(frozen=True)
class Known:
    """What the data set has already: sides of its sessions, and its photos for comparing."""

    sides: Mapping[str, str | None]
    sessions: Sequence[str] = ()  # of each photo
    splits: Sequence[str | None] = ()
    contents: Sequence[str] = ()
    thumbnails: np.ndarray = field(default_factory=lambda: np.zeros((0, 768), np.uint8))


def slug(text: str) -> str:
    """Return any text as the name of a session; long ones keep apart by a hash."""
    signs = (sign if _is_kept(sign) else " " for sign in unicodedata.normalize("NFC", text))
    name = "-".join("".join(signs).split()).strip("-.") or "session"
    if len(name) > MAX_SLUG:
        name = f"{name[: MAX_SLUG - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return name


def _is_kept(sign: str) -> bool:
    return bool(re.match(r"[\w.-]", sign)) or is_part_of_letter(sign)


def assign_sessions(photos: list[Incoming], groups: Mapping[str, str], known: Known) -> list[str]:
    """Fill in each photo's session and, where its name has one, number.

    Args:
        photos: what comes in.
        groups: {path in the source: group}, from the person's CSV.
        known: the data set as it is.

    Returns:
        Warnings for a person; empty where nothing needs one.
    """
    unnamed = []
    for photo in photos:
        parsed = parse_name(PurePosixPath(photo.path).stem)
        if photo.path in groups:
            photo.session = slug(groups[photo.path])
        elif parsed:
            photo.session, photo.number = slug(parsed[0]), parsed[1]
        else:
            unnamed.append(photo)
    taken = {photo.session for photo in photos} | set(known.sides)
    _by_likeness(unnamed, known, taken)
    return _one_side_each(photos, known.sides)


def has_no_session(path: str, groups: Mapping[str, str]) -> bool:
    """Return whether neither the CSV nor its name says which session a photo is from."""
    return path not in groups and parse_name(PurePosixPath(path).stem) is None


def _by_likeness(photos: list[Incoming], known: Known, taken: set[str]) -> None:
    """Name sessions by likeness; near-copies of a photo that is there already join its session."""
    if not photos:
        return
    thumbnails = np.concatenate([known.thumbnails, np.stack([p.thumbnail for p in photos])])
    contents = [*known.contents, *(photo.content for photo in photos)]
    groups = near_duplicates.groups(thumbnails, contents)
    n_known = len(known.sessions)
    there: dict[int, Counter] = defaultdict(Counter)
    splits: dict[int, set] = defaultdict(set)
    for group, session, split in zip(groups[:n_known], known.sessions, known.splits):
        there[group][session] += 1
        splits[group].add(split)
    names: dict[int, str] = {}
    for photo, group in zip(photos, groups[n_known:]):
        if group not in names:
            names[group] = _session_of(there.get(group), photo, taken)
        photo.session = names[group]
        if photo.side is None:
            # What is nearly the same as a test photo must not be learned from.
            photo.side = next((s for s in ("test", "val", "train") if s in splits[group]), None)
            photo.inherits = photo.side is not None


def _session_of(there: Counter | None, photo: Incoming, taken: set[str]) -> str:
    if there:
        return min(there, key=lambda session: (-there[session], session))
    wanted = name = slug(PurePosixPath(photo.path).stem)
    n = 1
    while name in taken:
        n += 1
        name = f"{wanted}-{n}"
    taken.add(name)
    return name


def _one_side_each(photos: list[Incoming], known_sides: Mapping[str, str | None]) -> list[str]:
    """Mark what is on another side than its session: the source's own split is kept as it is."""
    sides: dict[str, Counter] = defaultdict(Counter)
    for photo in photos:
        if photo.side:
            sides[photo.session][photo.side] += 1
    homes = {name: known_sides.get(name) or n.most_common(1)[0][0] for name, n in sides.items()}
    torn = set()
    for photo in photos:
        if photo.side and photo.side != homes[photo.session]:
            photo.apart = True
            torn |= set() if photo.inherits else {photo.session}
    if not torn:
        return []
    return [
        f"{len(torn)} of the source's sessions or near-copies stand on more than one side of its "
        "own split, which was kept: test figures may be better than they should be."
    ]
