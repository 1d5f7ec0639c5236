"""Photos that were read and checked get a session, a side and a name, and join the data set."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.data.filenames import FreeNames
from fingercount.data.importing.result import ImportResult
from fingercount.data.importing.sessions import Incoming, Known, assign_sessions, name_sessions
from fingercount.data.snapshot import Snapshot
from fingercount.data.splits import natural_key
from fingercount.data.thumbnails import thumbnails
from fingercount.labels import sort_labels


def move_in(
    photos: list[Incoming],
    dataset: Dataset,
    groups: Mapping[str, str],
    result: ImportResult,
    one_session: str | None = None,
) -> None:
    """Move staged photos into the data set as one edit, without those that are there already.

    Args:
        photos: what was staged.
        dataset: where to.
        groups: {path in the source: person or recording} where the person who imports said so.
        result: what was done is written into it.
        one_session: name of the session of all photos that do not say which they are of; None
            where it is not known to be one.
    """
    before = dataset.snapshot()
    plan = _plan(photos, dataset, before, groups, one_session)
    with dataset.writing():
        now = dataset.snapshot()
        if now.hashes != before.hashes:  # another import, or a person, was faster
            plan = _plan(photos, dataset, now, groups, one_session)
        new = plan.new
        result.duplicates += len(photos) - len(new)
        if not new:
            return
        moves = _moves(new, dataset)
        final = dict(moves)
        guessed = _guessed(new, now)
        news = {
            "sessions": _facts(new, guessed),
            "photos": {final[photo.staged]: photo.side for photo in new if photo.apart},
            "people_unknown": bool(guessed),
        }
        result.edit = dataset.bring_in(moves, news).id
    result.people_unknown = any(photo.guessed for photo in new)
    result.sessions_unknown = sum(photo.session in guessed for photo in new)
    result.sessions_known = len({photo.session for photo in new} - guessed)
    result.warnings += plan.warnings
    counted = Counter(photo.label for photo in new)
    result.added = len(new)
    result.by_label = {label: counted[label] for label in sort_labels(counted)}
    result.sessions = len({photo.session for photo in new})
    if not any(side != "test" for side in {photo.split for photo in dataset.photos()}):
        result.warnings.append("Every photo is on the test side: there is none to train on yet.")


class _Plan(NamedTuple):
    """new: the photos that are not there yet, with their sessions. warnings: for a person."""

    new: list[Incoming]
    warnings: list[str]


def _guessed(new: list[Incoming], before: Snapshot) -> set[str]:
    """Return the sessions of what comes in that are only guessed, those it joins included."""
    known = {photo.session for photo in before.photos if not photo.session_guessed}
    known |= {photo.session for photo in new if not photo.guessed}
    return {photo.session for photo in new if photo.guessed} - known


def _facts(new: list[Incoming], guessed: set[str]) -> dict[str, dict[str, Any]]:
    """Return {session: what an import knows of it}: its side, and that it is only guessed."""
    facts: dict[str, dict[str, Any]] = {name: {"guessed": True} for name in sorted(guessed)}
    for photo in new:
        if photo.side and not photo.apart:
            facts.setdefault(photo.session, {})["split"] = photo.side
    return facts


def _plan(
    photos: list[Incoming],
    dataset: Dataset,
    there: Snapshot,
    groups: Mapping[str, str],
    one_session: str | None,
) -> _Plan:
    """Return what is to come in beside what is there."""
    labelled = [(photo.label, there.hashes.get(photo.path)) for photo in there.photos]
    known_here = set(labelled)  # also as it was before the place was taken out of it
    new = [
        replace(photo)  # filled in here, and again where something changes before the lock is ours
        for photo in photos
        if not {(photo.label, photo.content), (photo.label, photo.original)} & known_here
    ]
    unnamed = name_sessions(new, groups)
    known = _known(dataset, there, compare=bool(unnamed))
    warnings = assign_sessions(new, unnamed, known, one_session)
    warnings += _two_labels([*labelled, *((photo.label, photo.content) for photo in new)])
    return _Plan(new, warnings)


def _known(dataset: Dataset, snapshot: Snapshot, compare: bool) -> Known:
    sides = dataset.session_sides(snapshot)
    if not compare:
        return Known(sides)
    small = thumbnails(dataset.root, snapshot.hashes, remember=True)
    rows = [
        (photo.session, photo.split, content, small[content])
        for photo in snapshot.photos
        if (content := snapshot.hashes.get(photo.path)) in small
    ]
    if not rows:
        return Known(sides)
    sessions, splits, contents, pixels = zip(*rows)
    return Known(sides, sessions, splits, contents, np.stack(pixels))


def _moves(photos: list[Incoming], dataset: Dataset) -> list[tuple[str, str]]:
    """Return (staged, final) paths: the source's numbers if free, else the next ones."""
    names = FreeNames(dataset.root)
    folders = {label: dataset.folder_of(label) for label in {photo.label for photo in photos}}
    by_session: dict[str, list[Incoming]] = defaultdict(list)
    for photo in photos:
        by_session[photo.session].append(photo)
    moves = []
    for session, members in by_session.items():
        members.sort(key=lambda photo: (photo.number or 0, natural_key(photo.path)))
        numbers = [photo.number for photo in members if photo.number is not None]
        as_they_are = len(set(numbers)) == len(numbers) == len(members) and numbers[
            0
        ] > names.last_number(session)
        for i, photo in enumerate(members):
            number = numbers[i] if as_they_are else names.next_number(session)
            names.note(f"{session}-{number:04d}")
            name = f"{session}-{number:04d}{PurePosixPath(photo.staged).suffix}"
            moves.append((photo.staged, f"{folders[photo.label]}/{name}"))
    return moves


def _two_labels(pairs: list[tuple[str, str | None]]) -> list[str]:
    labels: dict[str, set[str]] = defaultdict(set)
    for label, content in pairs:
        if content:
            labels[content].add(label)
    torn = [sort_labels(names) for names in labels.values() if len(names) > 1]
    if not torn:
        return []
    return [
        f"{len(torn)} photos are there under two labels, byte for byte (one of them as "
        f"{' and '.join(torn[0])}): delete the wrong ones."
    ]
