"""Files of other programs that say which photo shows what; one small file a format.

A format is a module with `read_table(listing)`, which returns a Table or None where the source is
not of its kind. To drop a format, delete its file, its test and its line in `_formats`.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote

from fingercount.data.importing.text_files import decode
from fingercount.errors import FingercountError

Box: TypeAlias = tuple[float, float, float, float]  # x, y, width, height, each from 0 to 1

NUMBERS_ONLY = (".txt", ".yaml", ".yml", ".names")  # of a detector's files: no table
_UPLOAD_PREFIX = re.compile(r"[0-9a-f]{8}-")  # Label Studio puts it before a file's name


class Row(NamedTuple):
    """What a table says of one photo, or of one hand on it.

    path: of the source. sure: whether its session is known, not guessed. box: (x, y, width,
    height) of the hand, each from 0 to 1.
    """

    path: str
    label: str
    side: str | None = None
    session: str | None = None
    sure: bool = True
    box: Box | None = None


@dataclass
class Table:
    """A table that was understood.

    strong: it knows more than folders can say. notes: for a person.
    """

    name: str
    rows: list[Row]
    strong: bool = False
    notes: list[str] = field(default_factory=list)


class Listing:
    """A source as formats see it: its photos, its tables, and how to read one.

    Args:
        photos, tables: posix paths in the source.
        read: gives a file's bytes.
    """

    def __init__(
        self, photos: Sequence[str], tables: Sequence[str], read: Callable[[str], bytes] | None
    ):
        self.photos, self.tables = list(photos), list(tables)
        self._read = read
        self._text: dict[str, str] = {}
        self._json: dict[str, Any] = {}
        self._by_end: dict[str, list[str]] = {}
        for path in self.photos:
            place = PurePosixPath(path)
            for end in {place.name.lower(), place.stem.lower()}:
                self._by_end.setdefault(end, []).append(path)

    def named(self, *suffixes: str) -> list[str]:
        """Return the tables with one of these suffixes."""
        return [t for t in self.tables if PurePosixPath(t).suffix.lower() in suffixes]

    def text(self, path: str) -> str:
        """Return a table's text, empty where it cannot be read."""
        if path not in self._text:
            try:
                self._text[path] = decode(self._read(path)) if self._read else ""
            except FingercountError:
                self._text[path] = ""
        return self._text[path]

    def json(self, path: str) -> Any:
        """Return a table's JSON value, None where it is none."""
        if path not in self._json:
            try:
                self._json[path] = json.loads(self.text(path))
            except (ValueError, RecursionError):
                self._json[path] = None
        return self._json[path]

    def find(self, named: object, near: str) -> str | None:
        """Return the photo that a table names, by path, address, name or stem; None for none.

        Args:
            named: as the table has it.
            near: the table; of photos with one name those beside it come first.
        """
        text = unquote(str(named)).replace("\\", "/").strip()
        text = text.rsplit("?d=", 1)[-1].split("?")[0].strip("/")
        if not text:
            return None
        place = PurePosixPath(text)
        hits = self._by_end.get(place.name.lower(), [])
        if not hits:
            hits = self._by_end.get(_UPLOAD_PREFIX.sub("", place.name.lower(), count=1), [])
        if len(hits) < 2:
            return hits[0] if hits else None
        ends = [hit for hit in hits if f"/{hit}".endswith(f"/{text}") or _without(hit) == text]
        hits = ends or hits
        folder, stem = str(PurePosixPath(near).parent), PurePosixPath(near).stem.lower()
        at = "" if folder == "." else f"{folder}/"
        inside = [hit for hit in hits if hit.startswith(at)] or hits
        beside = [hit for hit in inside if hit.count("/") == at.count("/")]
        own = [hit for hit in inside if stem in hit.lower().split("/")[:-1]]
        for some in (inside, beside, own):
            if len(some) == 1:
                return some[0]
        return None

    def may_tell(self, table: str) -> bool:
        """Return whether a table that no format fits may hold labels: it names photos."""
        if PurePosixPath(table).suffix.lower() in NUMBERS_ONLY:
            return False
        text = self.text(table)[:20_000].lower()
        some = self.photos[:50]
        return any(PurePosixPath(path).stem.lower() in text for path in some)


def _without(path: str) -> str:
    return path.rpartition(".")[0]


def find_table(listing: Listing) -> Table | None:
    """Return the first table of a known format that names photos of the source."""
    for module in _formats():
        table: Table | None = module.read_table(listing)
        if table and table.rows:
            return table
    return None


def joined(names: Iterable[str]) -> str:
    """Return how a table of several files is called: the first, and how many more."""
    names = list(names)
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _formats() -> tuple[ModuleType, ...]:
    from fingercount.data.importing.peers import (
        coco,
        csv_labels,
        cvat,
        fiftyone,
        hagrid,
        json_records,
        label_studio,
        teachable_machine,
        yolo,
    )

    return (
        *(teachable_machine, hagrid, coco, yolo, fiftyone),
        *(label_studio, cvat, csv_labels, json_records),
    )
