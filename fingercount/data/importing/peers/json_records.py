"""Labels in JSON of no program in particular: a record a photo, or {file: label}.

Hugging Face's metadata.jsonl is a record a line; a list of records and one object are the others.
"""

import json
from typing import Any

from fingercount.data.importing.peers import Listing, Row, Table, joined
from fingercount.data.importing.peers.csv_labels import read_lines


def read_table(listing: Listing) -> Table | None:
    """Return what the JSON files of the source say, as tables."""
    rows: list[Row] = []
    found: list[str] = []
    for path in listing.named(".json", ".jsonl"):
        jsonl = path.lower().endswith(".jsonl")
        value = _records(listing.text(path)) if jsonl else listing.json(path)
        more, _ = read_lines(listing, path, _cells(value))
        if more:
            rows += more
            found.append(path)
    return Table(joined(found), rows) if rows else None


def _records(text: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []


def _cells(value: Any) -> list[list[str]]:
    """Return records as a header and lines; nothing where they are no flat records."""
    if isinstance(value, dict) and value and all(_is_cell(cell) for cell in value.values()):
        return [["file", "label"], *([str(name), str(cell)] for name, cell in value.items())]
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        return []
    head = list(dict.fromkeys(key for record in value for key in record))
    lines = [
        [str(record[key]) if _is_cell(record.get(key)) else "" for key in head] for record in value
    ]
    return [head, *lines] if lines else []


def _is_cell(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
