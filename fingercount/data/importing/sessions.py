"""Which session each imported photo is of: by CSV, folder, file name, time, or likeness."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np

from fingercount.data.importing.folder_names import count_in
from fingercount.data.name_times import augmented, original_of, run_name, runs, time_of
from fingercount.data.splits import parse_name
from fingercount.groups import common_groups
from fingercount.imaging import near_duplicates
from fingercount.imaging.types import UInt8Array
from fingercount.paths import is_part_of_letter

MAX_SLUG = 48  # leaves room for a side and a number in the 64 that a name may have


@dataclass(slots=True)
class Incoming:
    """One photo that is about to be imported; `session` is filled in here."""

    path: str  # in the source
    label: str
    side: str | None
    staged: str  # where it is until then, relative to the data set
    content: str  # hash of what will be stored
    group: str | None = None  # who or which recording it is, by its folders or a table
    sure: bool = False  # the group is one person, or one day
    clip: str | None = None  # the video it is a frame of
    thumbnail: UInt8Array | None = field(default=None, repr=False)  # where the rest says no session
    original: str = ""  # hash of the file, where what is stored is another
    session: str = ""
    number: int | None = None
    guessed: bool = False  # nothing says for sure which session it is of
    apart: bool = False  # from the rest of its session, on another side
    inherits: bool = False  # its side is that of a near-copy that is already there


@dataclass(frozen=True)
class Known:
    """What the data set has already: sides of its sessions, and its photos for comparing."""

    sides: Mapping[str, str | None]
    sessions: Sequence[str] = ()  # of each photo
    splits: Sequence[str | None] = ()
    contents: Sequence[str] = ()
    thumbnails: UInt8Array = field(default_factory=lambda: np.zeros((0, 768), np.uint8))


def slug(text: str) -> str:
    """Return any text as the name of a session; a hash keeps long ones distinct."""
    signs = (sign if _is_kept(sign) else " " for sign in unicodedata.normalize("NFC", text))
    name = "-".join("".join(signs).split()).strip("-.") or "session"
    if len(name) > MAX_SLUG:
        name = f"{name[: MAX_SLUG - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return name


def _is_kept(sign: str) -> bool:
    return bool(re.match(r"[\w.-]", sign)) or is_part_of_letter(sign)


def says_session(photo: Incoming, groups: Mapping[str, str]) -> bool:
    """Return whether a photo's session can be told without a look at the photo.

    Args:
        groups: {path in the source: group}, from the person's CSV.
    """
    named = photo.path in groups or photo.clip or (photo.group and photo.sure)
    return bool(named) or _numbered(photo) is not None


def _numbered(photo: Incoming) -> tuple[str, int] | None:
    """Return the session and the number that a photo's name says."""
    parsed = parse_name(PurePosixPath(photo.path).stem)
    if parsed and (parsed[0] == photo.label or _is_label(parsed[0], photo.label)):
        return None  # "two-0001": it numbers the photos of a label, whoever is on them
    return parsed


def name_sessions(photos: list[Incoming], groups: Mapping[str, str]) -> list[Incoming]:
    """Fill in the session of each photo that says so, and its number; return the others.

    Args:
        photos: what comes in.
        groups: {path in the source: group}, from the person's CSV.
    """
    unnamed = []
    clips: dict[str, str] = {}
    for photo in photos:
        parsed = _numbered(photo)
        if photo.path in groups:
            photo.session = slug(groups[photo.path])
        elif photo.clip:
            photo.session, photo.guessed = _clip_session(photo, clips), not photo.sure
        elif parsed:
            # Two people may both have an IMG-0001; but ann-0001 in ann's folder says it already.
            apart = photo.group and not parsed[0].startswith(photo.group)
            name = f"{photo.group}-{parsed[0]}" if apart else parsed[0]
            photo.session, photo.number = slug(name), parsed[1]
        elif photo.group and photo.sure:
            photo.session = slug(photo.group)
        else:
            photo.guessed = True
            unnamed.append(photo)
    return unnamed


def _is_label(name: str, label: str) -> bool:
    count = count_in(name)
    return count is not None and count.label == label


def assign_sessions(
    photos: list[Incoming],
    unnamed: list[Incoming],
    known: Known,
    one_session: str | None = None,
) -> list[str]:
    """Give the photos that do not say so a session: by times, copies, folders, and likeness.

    Args:
        photos: what comes in.
        unnamed: those of them that `name_sessions` returned.
        known: the data set as it is.
        one_session: the name of the session that the unnamed are of, where a person has said that
            they are of one.

    Returns:
        Warnings for a person; empty if there are none.
    """
    taken = {photo.session for photo in photos} | set(known.sides)
    _by_likeness(unnamed, known, taken)
    if one_session:
        _as_one(unnamed, _free(slug(one_session), taken), set(known.sessions))
    return _one_side_each(photos, known.sides)


def _clip_session(photo: Incoming, clips: dict[str, str]) -> str:
    """Return a name for each clip: two of one name in different folders are two sessions."""
    clip = str(photo.clip)
    if clip not in clips:
        stem = PurePosixPath(clip).stem
        before = [photo.group] if photo.group else []
        name = slug("-".join([*before, stem]))
        clips[clip] = name if name not in clips.values() else slug(f"{name}-{photo.label}")
        n = 2
        while list(clips.values()).count(clips[clip]) > 1:
            clips[clip] = f"{name}-{n}"
            n += 1
    return clips[clip]


def _by_likeness(photos: list[Incoming], known: Known, taken: set[str]) -> None:
    """Name sessions; near-copies of a photo that is there already join its session."""
    if not photos:
        return
    seen = [photo.thumbnail for photo in photos if photo.thumbnail is not None]
    thumbnails = np.concatenate([known.thumbnails, np.stack(seen)])
    contents = [*known.contents, *(photo.content for photo in photos)]
    n_known = len(known.sessions)
    alone = [f"?{n}" for n in range(n_known)]
    together, names = _by_name(photos)
    groups = common_groups(
        near_duplicates.groups(thumbnails, contents), np.array([*alone, *together])
    )
    there: dict[int, Counter[str]] = defaultdict(Counter)
    splits: dict[int, set[str | None]] = defaultdict(set)
    for group, session, split in zip(groups[:n_known], known.sessions, known.splits):
        there[group][session] += 1
        splits[group].add(split)
    sessions: dict[int, str] = {}
    folders: dict[str, str] = {}
    for photo, group, wanted in zip(photos, groups[n_known:], names):
        if photo.group and not there.get(group):
            if photo.group not in folders:
                folders[photo.group] = _free(slug(photo.group), taken)
            photo.session = folders[photo.group]
        else:
            if group not in sessions:
                sessions[group] = _session_of(there.get(group), wanted, taken)
            photo.session = sessions[group]
        if photo.side is None:
            # A photo that is nearly the same as a test photo must not be used for training.
            photo.side = next((s for s in ("test", "val", "train") if s in splits[group]), None)
            photo.inherits = photo.side is not None


def _as_one(photos: list[Incoming], session: str, there: set[str]) -> None:
    """Put photos into one session, but for those that are near-copies of what is there."""
    for photo in photos:
        if photo.session not in there:
            photo.session = session
            photo.guessed = False


def _by_name(photos: list[Incoming]) -> tuple[list[str], list[str]]:
    """Return, for each photo, what it shares with those of its session, and a name for that."""
    stems = [PurePosixPath(photo.path).stem for photo in photos]
    times = {str(n): when for n, stem in enumerate(stems) if (when := time_of(stem)) is not None}
    run_of = runs(times)
    first = {run: times[n] for n, run in reversed(run_of.items())}
    copies = augmented(stems)
    together, names = [], []
    for n, (photo, stem) in enumerate(zip(photos, stems)):
        folder = PurePosixPath(photo.path).parent.name
        original = original_of(stem) or copies.get(stem)
        if str(n) in run_of and not photo.group:
            run = run_of[str(n)]
            together.append(f"run {run}")
            names.append(run_name(first[run]))
        elif original:
            together.append(f"copies {folder}/{original}")
            names.append(original)
        else:
            together.append(f"alone {n}")
            names.append(stem)
    return together, names


def _session_of(there: Counter[str] | None, wanted: str, taken: set[str]) -> str:
    if there:
        return min(there, key=lambda session: (-there[session], session))
    return _free(slug(wanted), taken)


def _free(wanted: str, taken: set[str]) -> str:
    name = wanted
    n = 1
    while name in taken:
        n += 1
        name = f"{wanted}-{n}"
    taken.add(name)
    return name


def _one_side_each(photos: list[Incoming], known_sides: Mapping[str, str | None]) -> list[str]:
    """Mark photos on another side than their session; the source's own split is kept as it is."""
    sides: dict[str, Counter[str]] = defaultdict(Counter)
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
        f"{len(torn)} of the source's sessions or near-copies are on more than one side of its "
        "own split, which was kept: test figures may be better than they should be."
    ]
