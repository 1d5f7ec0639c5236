"""Import photos from a folder, a zip or a web address, all of them or none.

    result = import_photos("hands.zip", "data/hands", groups="people.csv")

Everything is first read, checked and put into a hidden folder. Then the files move in as one edit,
which can be undone like any other.
"""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from fingercount.data.dataset import Dataset, new_session_name
from fingercount.data.importing.csv_tables import (
    GROUP_HEADER,
    check_label_map,
    read_label_map,
    read_pairs,
)
from fingercount.data.importing.layout import (
    Candidate,
    Layout,
    find_photos,
)
from fingercount.data.importing.match_groups import match_groups
from fingercount.data.importing.move_in import move_in
from fingercount.data.importing.result import ImportResult, nothing_came_in
from fingercount.data.importing.sources import FolderSource, open_source
from fingercount.data.importing.staging import Stage
from fingercount.data.importing.zip_source import ZipSource
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, refuse_shipped
from fingercount.leftovers import IMPORTING, in_use

Progress = Callable[[int, int], None]


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
    one_session: bool = False,
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
        one_session: whether all photos that do not say otherwise are of one person on one occasion.
        progress: called with (photos read, photos in all).

    Raises:
        FingercountError: if nothing could be imported; the data set is then as before.
        NoLabelError: where that is because nothing says what the photos show.
    """
    label_map = _label_map(label_map)
    rows = read_pairs(groups, GROUP_HEADER) if groups else []
    with contextlib.ExitStack() as kept:
        with open_source(source) as opened:
            name = opened.name
            layout = _layout(opened, label_map, label, labels_from)
            result = ImportResult(skipped=layout.skipped, warnings=opened.notes + layout.notes)
            result.guessed, result.readings = layout.guessed, layout.readings
            if not layout.photos:
                raise nothing_came_in(name, result, layout)
            matched = _groups_of(rows, layout.photos, groups, result)
            _warn_of_map(layout.unused, result)
            staging = kept.enter_context(_staging(Path(root)))
            stage = Stage(opened, staging, layout.videos, matched, keep_location)
            photos = stage.all(layout.photos, progress)
            result.skipped += stage.skipped
            result.duplicates = result.repeated = stage.repeated
        del opened, stage  # what a zip's 100,000 entries are called takes 100 MB
        if photos:
            session = new_session_name() if one_session else None
            move_in(photos, Dataset.create(root), matched, result, session)
        if not result.added:
            raise nothing_came_in(name, result, layout)
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
    """Yield a hidden folder in the data set; afterwards it is removed, and nothing else is.

    Only a folder of the data set that was made here, and in which nothing is, goes with it.
    """
    refuse_shipped(root)
    is_new = not root.exists()
    staging = root / f"{IMPORTING}{secrets.token_hex(4)}"
    with advice_on_write_errors(root):
        staging.mkdir(parents=True)
    try:
        with in_use(staging):
            yield staging
    finally:
        if not Dataset(root).awaits(staging.name):
            shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):
                root.rmdir()
