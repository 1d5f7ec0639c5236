"""A data set for other programs: a zip of <side>/<label>/ folders, and a CSV with the rest.

    write_image_folder(Dataset("data/hands"), Path("hands.zip"))

torchvision's ImageFolder reads each side, and `import` reads the whole back.
"""

import csv
import io
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.labels import sort_labels
from fingercount.leftovers import WRITING, in_use
from fingercount.text import cell

TABLE = "photos.csv"
COLUMNS = ("path", "label", "split", "session", "person")
GUESSED = ("path", "label", "split", "guessed_session", "person")  # nobody has said which it is of


@dataclass(frozen=True)
class Written:
    """What went into the zip: how many photos, by label and by side."""

    n: int
    by_label: dict[str, int]
    by_split: dict[str, int]


def write_image_folder(
    dataset: DatasetReader | Listing,
    file: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write a data set's photos, with their sides as they stand, into a zip.

    Args:
        dataset: where they are; nothing in it changes.
        file: the zip, which is whole or not there.
        progress: called with (photos written, photos in all).

    Raises:
        FingercountError: where there are none, or it cannot be written.
    """
    listing = dataset.listing()
    photos = listing.photos
    if not photos:
        raise FingercountError(listing.why_empty)
    file = Path(file)
    if file.is_dir():
        raise FingercountError(f"{file} is a folder; give the zip a name, such as hands.zip.")
    with advice_on_write_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=WRITING)
        try:
            held = in_use(Path(temporary))
            with held, os.fdopen(handle, "wb") as opened, zipfile.ZipFile(opened, "w") as archive:
                _fill(archive, listing, progress)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(file)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    labels = Counter(photo.label for photo in photos)
    sides = Counter(photo.split for photo in photos if photo.split)
    return Written(len(photos), {name: labels[name] for name in sort_labels(labels)}, dict(sides))


def _fill(archive: zipfile.ZipFile, listing: Listing, progress: Callable[[int, int], None]) -> None:
    split = any(photo.split for photo in listing.photos)
    rows = io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    table.writerow(GUESSED if listing.people_unknown else COLUMNS)
    taken: set[str] = set()
    for n, photo in enumerate(listing.photos, 1):
        side = (photo.split or "train") if split else None
        path = _free("/".join(filter(None, (side, photo.label, Path(photo.path).name))), taken)
        archive.write(listing.absolute(photo), path)
        told = (path, photo.label, side or "", photo.session, photo.person or "")
        table.writerow([cell(text) for text in told])
        progress(n, len(listing.photos))
    archive.writestr(TABLE, rows.getvalue())


def _free(path: str, taken: set[str]) -> str:
    """Return a path that is not in the zip yet: "2" and "two" may be two folders of one label."""
    stem, dot, suffix = path.rpartition(".")
    n, wanted = 1, path
    while wanted.lower() in taken:
        n += 1
        wanted = f"{stem}~{n}{dot}{suffix}"
    taken.add(wanted.lower())
    return wanted
