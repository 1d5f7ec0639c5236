"""Label Studio's exports of a classification by choice: JSON and JSON-MIN (its CSV is a table)."""

from collections.abc import Iterator
from typing import Any

from fingercount.data.importing.peers import Listing, Row, Table, joined


def read_table(listing: Listing) -> Table | None:
    """Return the choices of the tasks in the source's JSON files; cancelled ones do not count."""
    rows: list[Row] = []
    found: list[str] = []
    unclear = 0
    for path in listing.named(".json"):
        value = listing.json(path)
        if not isinstance(value, list):
            continue
        before = len(rows)
        for task in value:
            if not isinstance(task, dict):
                continue
            choices, photo = set(_choices(task)), _photo(task, listing, path)
            if photo and len(choices) == 1:
                rows.append(Row(photo, choices.pop()))
            unclear += bool(photo) and len(choices) > 1
        if len(rows) > before:
            found.append(path)
    if not rows:
        return None
    notes = [f"{unclear} photos have more than one choice and stay out."] if unclear else []
    return Table(joined(found), rows, notes=notes)


def _choices(task: dict[str, Any]) -> Iterator[str]:
    if isinstance(task.get("choice"), str):  # JSON-MIN
        yield task["choice"]
    annotations = task.get("annotations") or task.get("completions") or []
    for annotation in annotations if isinstance(annotations, list) else []:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or []:
            value = result.get("value") if isinstance(result, dict) else None
            choices = value.get("choices") if isinstance(value, dict) else None
            yield from (c for c in choices or [] if isinstance(c, str))


def _photo(task: dict[str, Any], listing: Listing, path: str) -> str | None:
    data = task.get("data") if isinstance(task.get("data"), dict) else task
    names = [task.get("file_upload"), *(data or {}).values()]
    found = (listing.find(name, path) for name in names if isinstance(name, str))
    return next((photo for photo in found if photo), None)
