"""The photos of a folder, with labels where its folders are labels; only names are looked at."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fingercount.data.folder import is_ignored, is_readable, is_system_file, scan
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import is_photo_name
from fingercount.labels import canonical


class Asked(NamedTuple):
    """One photo to ask about.

    path: posix, relative to the folder. actual: its label, or None where nobody says one.
    """

    path: str
    actual: str | None


def photos_in(folder: Path, classes: Sequence[str]) -> list[Asked]:
    """Return the photos of a folder, in the order of their paths.

    Where one of its folders is named as a class, all are taken for labels, as in a data set. Else
    nothing is known of the photos, and all below the folder are meant, however deep.

    Args:
        folder: only its names are looked at.
        classes: those of the model.

    Raises:
        FingercountError: where there is no photo, or a folder may not be read.
    """
    if not folder.is_dir():
        raise FingercountError(f"{folder} is no folder; name one that holds photos.")
    own_name = {canonical(label): label for label in classes}
    found = [
        Asked(photo.path, own_name.get(photo.label, photo.label)) for photo in scan(folder).photos
    ]
    if not any(photo.actual in classes for photo in found):
        found = [Asked(path, None) for path in _below(folder)]
    found.sort()
    if not found:
        raise FingercountError(f"There is no photo in {folder}.")
    return found


def _below(folder: Path) -> Iterator[str]:
    def refuse(error: OSError) -> None:
        raise FingercountError(
            f"{error.filename} cannot be read ({error.strerror}); check the folder's permissions."
        ) from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not is_ignored(name)]
        for name in names:
            if is_photo_name(name) and is_readable(name) and not is_system_file(name):
                yield Path(place, name).relative_to(folder).as_posix()
