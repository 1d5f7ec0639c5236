"""What the formats with boxes have in common: hands that are cut out of photos."""

from pathlib import PurePosixPath

from fingercount.data.importing.folder_names import count_in
from fingercount.data.importing.peers import Row, Table
from fingercount.data.side_names import hinted_side


def side_on_the_way(path: str) -> str | None:
    """Return the side that a file's name, or the folder nearest to it, stands for."""
    parts = reversed(PurePosixPath(path).parts)
    return next((side for part in parts if (side := hinted_side(part))), None)


def table_of_boxes(name: str, rows: list[Row]) -> Table | None:
    """Return the table, None where its only label says nothing of a count, such as "hand"."""
    labels = {row.label for row in rows}
    counted = any(map(count_in, labels))
    if len(labels) < 2 and not counted:
        return None
    return Table(name, rows, counted, [f"Hands were cut out by the boxes of {name}."])
