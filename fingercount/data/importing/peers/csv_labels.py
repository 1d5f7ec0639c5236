"""Labels in a CSV or TSV: train.csv with file and label, Roboflow's _classes.csv, Label Studio's,
and the photos.csv that `export-photos` writes."""

import csv
import io
from collections.abc import Iterable, Iterator

from fingercount.data.importing.folder_names import count_in
from fingercount.data.importing.peers import Listing, Row, Table, joined
from fingercount.data.importing.text_files import delimiter_of
from fingercount.data.side_names import side_of

_LABEL = [
    "label",
    "class",
    "class_name",
    "classname",
    "class_label",
    "category",
    "gesture",
    "choice",
    "fingers",
    "n_fingers",
    "finger_count",
    "num_fingers",
    "count",
    "number",
    "digit",
    "sign",
    "target",
    "labels",
    "y",
    "tag",
    "annotation",
]
_SIDE = ["split", "set", "subset", "partition", "usage", "side"]
GUESSED_SESSION = "guessed_session"  # as `export-photos` writes it where nobody has said it
_SESSION = [
    "session",
    GUESSED_SESSION,
    "group",
    "person",
    "person_id",
    "subject",
    "subject_id",
    "user",
    "user_id",
    "participant",
    "signer",
]
_FEW = 0.3  # of a column's cells must name photos: a table may speak of more than was handed over


def read_table(listing: Listing) -> Table | None:
    """Return what all CSV files of the source say together."""
    rows: list[Row] = []
    found: list[str] = []
    strong = False
    for path in listing.named(".csv", ".tsv"):
        more, knows_more = read_lines(listing, path, _lines(listing.text(path)))
        if more:
            rows += more
            found.append(path)
            strong |= knows_more
    strong = strong and len({row.path for row in rows}) == len(listing.photos)
    return Table(joined(found), rows, strong) if rows else None


def read_lines(listing: Listing, path: str, lines: list[list[str]]) -> tuple[list[Row], bool]:
    """Return what a table says, and whether it knows more than labels (sides, sessions).

    Args:
        listing: the source.
        path: the table's.
        lines: its cells, the header first where it has one.
    """
    if not lines:
        return [], False
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    head, body = [cell.strip().lower() for cell in lines[0]], lines[1:]
    files, hits = _file_column(listing, path, body)
    if files is None:
        return [], False
    if listing.find(lines[0][files], path):  # no header: the first line is a photo, too
        head, body = [""] * width, lines
        hits = [listing.find(line[files], path) for line in body]
    columns = [n for n in range(width) if n != files]
    side, session = _first(head, _SIDE), _first(head, _SESSION)
    rows = []
    for line, photo, label in zip(body, hits, _labels(head, body, columns, {side, session})):
        if photo and label:
            rows.append(
                Row(
                    photo,
                    label,
                    side_of(line[side]) if side is not None else None,
                    line[session].strip() or None if session is not None else None,
                    sure=session is None or head[session] != GUESSED_SESSION,
                )
            )
    return rows, side is not None or session is not None


def _lines(text: str) -> list[list[str]]:
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter_of(text))
        return [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _file_column(
    listing: Listing, path: str, body: list[list[str]]
) -> tuple[int | None, list[str | None]]:
    """Return (column, photos or None by line) of the column whose cells name photos."""
    best: tuple[int | None, list[str | None]] = (None, [])
    most = max(1.0, _FEW * min(len(body), len(listing.photos)))
    for column in range(len(body[0]) if body else 0):
        hits = [listing.find(line[column], path) for line in body]
        if sum(map(bool, hits)) >= most:
            best, most = (column, hits), sum(map(bool, hits)) + 1
    return best


def _first(head: list[str], names: list[str]) -> int | None:
    return next((head.index(name) for name in names if name in head), None)


def _labels(
    head: list[str], body: list[list[str]], columns: list[int], taken: set[int | None]
) -> Iterator[str]:
    """Yield each line's label, "" for none: of a named column, the only one, or one-hot columns."""
    named = _first(head, _LABEL)
    rest = [n for n in columns if n not in taken]
    if named is not None:
        yield from (line[named].strip() for line in body)
    elif len(rest) == 1 and (not head[rest[0]] or _are_counts(line[rest[0]] for line in body)):
        yield from (line[rest[0]].strip() for line in body)
    else:
        hot = [n for n in rest if {line[n].strip() for line in body} <= {"0", "1", "0.0", "1.0"}]
        for line in body:
            ones = [head[n] for n in hot if line[n].strip() in ("1", "1.0")]
            yield ones[0] if len(ones) == 1 else ""


def _are_counts(cells: Iterable[str]) -> bool:
    """Return whether most of a column's different cells are counts: "one", "2 fingers"."""
    different = {cell.strip() for cell in cells}
    return sum(count_in(cell) is not None for cell in different) * 2 >= len(different)
