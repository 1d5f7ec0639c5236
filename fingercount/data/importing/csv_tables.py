"""Small CSV files that a person gives with an import: groups and label maps."""

import csv
import io
from pathlib import Path
from typing import TypeAlias

from fingercount.data.importing.text_files import decode, delimiter_of
from fingercount.errors import FingercountError
from fingercount.labels import clean_label

Header: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]  # names that the two columns may have

GROUP_HEADER = (("path", "file", "filename", "image"), ("group", "session", "person"))
MAP_HEADER = (("from",), ("to",))


def read_pairs(path: Path, header: Header) -> list[tuple[str, str]]:
    """Return the rows of a CSV as (first, second), by its header if it has one.

    Args:
        path: the file; commas, semicolons or tabs, in UTF-8, UTF-16 or Windows' cp1252.
        header: the names that the two columns may have.

    Raises:
        FingercountError: if it cannot be read, or a row has only one cell.
    """
    try:
        text = decode(Path(path).read_bytes())
    except (OSError, FingercountError) as error:
        raise FingercountError(f"{path} cannot be read as a CSV file ({error}).") from error
    delimiter = delimiter_of(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise FingercountError(
            f"{path} cannot be read as a CSV file ({error}); look for a quote that is not closed."
        ) from error
    columns = _columns(rows[0], header) if rows else None
    start, columns = (1, columns) if columns else (0, (0, 1))
    pairs = []
    for number, row in enumerate(rows[start:], start + 1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(columns):
            names = " and ".join(names[0] for names in header)
            raise FingercountError(
                f"{path}, line {number}: {','.join(row)[:80]!r} has too few cells; each line "
                f"needs {names}."
            )
        pairs.append((row[columns[0]].strip(), row[columns[1]].strip()))
    if not pairs:
        raise FingercountError(f"{path} has no rows; leave it out or fill it.")
    return pairs


def read_label_map(path: Path) -> dict[str, str]:
    """Return {folder: label} from a CSV of from,to; an empty label leaves the folder out."""
    pairs = read_pairs(path, MAP_HEADER)
    return check_label_map(dict(pairs))


def check_label_map(label_map: dict[str, str]) -> dict[str, str]:
    """Return the map with labels as they will be, or say which one cannot be a label."""
    return {name: clean_label(to) if to.strip() else "" for name, to in label_map.items()}


def _columns(row: list[str], header: Header) -> tuple[int, int] | None:
    names = [cell.strip().lower() for cell in row]
    first, second = (
        next((names.index(n) for n in allowed if n in names), None) for allowed in header
    )
    return None if first is None or second is None else (first, second)
