"""Import photos from a folder, a zip or a web address, all of them or none.

    result = import_photos("hands.zip", "data/hands", groups="people.csv")

Everything is first read, checked and put into a hidden folder. Then the files move in as one edit,
which can be undone like any other.
"""

import contextlib
import secrets
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.data.filenames import FreeNames
from fingercount.data.importing.csv_tables import (
    GROUP_HEADER,
    check_label_map,
    read_label_map,
    read_pairs,
)
from fingercount.data.importing.layout import (
    Candidate,
    Layout,
    Reading,
    find_photos,
    match_groups,
)
from fingercount.data.importing.sessions import Incoming, Known, assign_sessions, name_sessions
from fingercount.data.importing.sources import FolderSource, ZipSource, open_source
from fingercount.data.importing.staging import Stage
from fingercount.data.importing.tree import NO_LABEL
from fingercount.data.snapshot import Snapshot
from fingercount.data.splits import natural_key
from fingercount.data.thumbnails import thumbnails
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, refuse_shipped
from fingercount.labels import sort_labels
from fingercount.text import plural

Progress = Callable[[int, int], None]
_STAGING = ".importing-"
_A_DAY = 86_400


@dataclass
class ImportResult:
    """What was imported, and what was not and why.

    skipped: (path in the source, reason). duplicates: byte-equal to one under the same label, of
    which `repeated` are twice in the source itself. sessions: how many the added photos belong to.
    guessed: {name in the source: label} where that is read as another word. readings: how labels
    could be read, what was taken first. edit: what `Dataset.undo` takes to undo it.
    """

    added: int = 0
    by_label: dict[str, int] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    duplicates: int = 0
    sessions: int = 0
    people_unknown: bool = False
    warnings: list[str] = field(default_factory=list)
    edit: str | None = None
    repeated: int = 0
    guessed: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)


class NoLabelError(FingercountError):
    """Photos are there, and nothing says what they show: a label has to be chosen."""


def look_into(
    source: str | Path,
    *,
    label_map: Path | Mapping[str, str] | None = None,
    label: str | None = None,
    labels_from: str | None = None,
) -> Layout:
    """Return what an import would read of a source, without reading a photo; as `import_photos`."""
    with open_source(source) as opened:
        return _layout(opened, _label_map(label_map), label, labels_from)


def import_photos(
    source: str | Path,
    root: str | Path,
    *,
    groups: Path | None = None,
    label_map: Path | Mapping[str, str] | None = None,
    label: str | None = None,
    labels_from: str | None = None,
    keep_location: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import labelled photos into the data set at `root`, which is made if it is missing.

    Args:
        source: a folder, a .zip, or the http(s) address of a .zip, laid out as <label>/ or
            train|val|test/<label>/ under any wrapper folders, or as docs/importing.md says.
        root: the data set's folder.
        groups: a CSV of path (relative to the source) and group: who or which recording it is.
        label_map: {folder: label} or a CSV of from,to; an empty label leaves the folder out.
        label: what photos show that lie in no label's folder.
        labels_from: which reading of the labels to take, by its key (see `ImportResult.readings`).
        keep_location: whether the place where a photo was taken stays in its file.
        progress: called with (photos read, photos in all).

    Raises:
        FingercountError: if nothing could be imported; the data set is then as before.
        NoLabelError: where that is because nothing says what the photos show.
    """
    label_map = _label_map(label_map)
    rows = read_pairs(groups, GROUP_HEADER) if groups else []
    with open_source(source) as opened:
        layout = _layout(opened, label_map, label, labels_from)
        result = ImportResult(skipped=layout.skipped, warnings=opened.notes + layout.notes)
        result.guessed, result.readings = layout.guessed, layout.readings
        if not layout.photos:
            raise _nothing_came_in(opened.name, result, layout)
        matched = _groups_of(rows, layout.photos, groups, result)
        _warn_of_map(layout.unused, result)
        with _staging(Path(root)) as staging:
            stage = Stage(opened, staging, layout.videos, keep_location)
            photos = stage.all(layout.photos, progress)
            result.skipped += stage.skipped
            result.duplicates = result.repeated = stage.repeated
            if photos:
                _move_in(photos, Dataset.create(root), matched, result)
            if not result.added:
                raise _nothing_came_in(opened.name, result, layout)
            if left := _out_of_all(layout, result):
                result.warnings.append(left)
    return result


def _layout(
    opened: FolderSource | ZipSource,
    label_map: dict[str, str],
    label: str | None,
    labels_from: str | None,
) -> Layout:
    return find_photos(
        opened.paths(),
        label_map,
        label=label,
        labels_from=labels_from,
        head=opened.head,
        read=opened.read,
    )


def _out_of_all(layout: Layout, result: ImportResult) -> str:
    """Return what to say where a large part of the photos stayed out."""
    out = len(result.skipped)
    if out < 2 or out * 2 < len(layout.photos):
        return ""
    return f"{out} files stayed out, {result.added} photos came in."


def _label_map(given: Path | Mapping[str, str] | None) -> dict[str, str]:
    if given is None:
        return {}
    return check_label_map(dict(given)) if isinstance(given, Mapping) else read_label_map(given)


def _groups_of(
    rows: list[tuple[str, str]],
    photos: list[Candidate],
    file: Path | None,
    result: ImportResult,
) -> dict[str, str]:
    matched, missing = match_groups(rows, [photo.path for photo in photos])
    if rows and not matched:
        raise FingercountError(
            f"No line of {file} names a photo of this source (the first is {rows[0][0]!r}); its "
            "paths are relative to the source, such as two/photo-1.jpg."
        )
    if missing:
        result.warnings.append(
            f"{len(missing)} lines of {file} name no photo of this source, the first "
            f"{missing[0]!r}."
        )
    if rows and len(matched) < len(photos):
        result.warnings.append(
            f"{len(photos) - len(matched)} photos have no group in {file}: their sessions come "
            "from their names or their likeness."
        )
    return matched


def _warn_of_map(unused: list[str], result: ImportResult) -> None:
    if unused:
        result.warnings.append(f"No folder is named {', '.join(unused)}, as the map has it.")


@contextlib.contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """Yield a hidden folder in the data set; afterwards it is removed, and so is a new data set
    that stayed empty."""
    refuse_shipped(root)
    is_new = not root.exists()
    staging = root / f"{_STAGING}{secrets.token_hex(4)}"
    try:
        with advice_on_write_errors(root):
            staging.mkdir(parents=True)
            for left in root.glob(f"{_STAGING}*"):  # left by an import that was killed
                if time.time() - left.stat().st_mtime > _A_DAY:
                    shutil.rmtree(left, ignore_errors=True)
        yield staging
    except BaseException:
        if is_new and root.is_dir() and not Dataset(root).photos():
            shutil.rmtree(root, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_in(
    photos: list[Incoming], dataset: Dataset, groups: Mapping[str, str], result: ImportResult
) -> None:
    before = dataset.snapshot()
    there = [(photo.label, before.hashes.get(photo.path)) for photo in before.photos]
    known_here = set(there)  # also as it was before the place was taken out of it
    new = [
        photo
        for photo in photos
        if not {(photo.label, photo.content), (photo.label, photo.original)} & known_here
    ]
    result.duplicates += len(photos) - len(new)
    if not new:
        return
    unnamed = name_sessions(new, groups)
    result.people_unknown = any(photo.guessed for photo in new)
    known = _known(dataset, before, compare=bool(unnamed))
    result.warnings += assign_sessions(new, unnamed, known)
    result.warnings += _two_labels([*there, *((photo.label, photo.content) for photo in new)])
    with dataset.writing():
        moves = _moves(new, dataset)
        final = dict(moves)
        news = {
            "sessions": {p.session: {"split": p.side} for p in new if p.side and not p.apart},
            "photos": {final[photo.staged]: photo.side for photo in new if photo.apart},
            "people_unknown": result.people_unknown,
        }
        result.edit = dataset.bring_in(moves, news).id
    counted = Counter(photo.label for photo in new)
    result.added = len(new)
    result.by_label = {label: counted[label] for label in sort_labels(counted)}
    result.sessions = len({photo.session for photo in new})
    if not any(side != "test" for side in {photo.split for photo in dataset.photos()}):
        result.warnings.append("Every photo is on the test side: there is none to train on yet.")


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
            moves.append((photo.staged, f"{dataset.folder_of(photo.label)}/{name}"))
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


def _nothing_came_in(source: str, result: ImportResult, layout: Layout) -> FingercountError:
    """Return the advice for an import that found nothing new."""
    if result.duplicates:
        return FingercountError(
            f"Nothing new in {source}: its {result.duplicates} photos are in the data set already."
        )
    beside = layout.unread[0] if layout.unread else ""
    if layout.flat and beside:
        return NoLabelError(
            f"Nothing in {source} could be imported: {beside} names its photos, but which label "
            "each has could not be read from it. Put the photos into a folder per label, or make "
            "it a CSV with the columns file and label."
        )
    if layout.flat:
        n = sum(reason == NO_LABEL for _, reason in layout.skipped)
        return NoLabelError(
            f"Nothing in {source} could be imported: its {plural(n, 'photo')} lie in no folder "
            "that is named for a label, such as two/photo.jpg; say which label they have."
        )
    if layout.archives:
        first = layout.archives[0]
        return FingercountError(
            f"Nothing in {source} could be imported: it holds {plural(len(layout.archives), 'zip')}"
            f" or other archives inside, the first {first}. Unpack it, then import each by itself."
        )
    if result.skipped:
        path, reason = result.skipped[0]
        return FingercountError(
            f"Nothing in {source} could be imported. Left out: "
            f"{plural(len(result.skipped), 'file')}, the first {path} ({reason.rstrip('.')})."
        )
    return FingercountError(
        f"No photos in {source}: it needs a folder per label, such as two/photo.jpg, or those in "
        "train, val and test."
    )
