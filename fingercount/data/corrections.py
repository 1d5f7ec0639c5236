"""Which labels a data set's photos had before they were corrected, read from its changes."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import PurePosixPath

from fingercount.data.edit import Edit
from fingercount.labels import canonical

_FORM = "%Y-%m-%dT%H:%M:%S%z"


def labels_before(edits: Iterable[Edit], since: str) -> dict[str, str]:
    """Return {path of today: label at that time} of the photos that have another label by now.

    Args:
        edits: the changes, newest first, as `Dataset.edits` gives them.
        since: ISO 8601 with its zone, such as a card's "created"; empty means long ago.
    """
    begin = _time(since)
    origin: dict[str, str] = {}
    for edit in reversed(list(edits)):
        when = _time(edit.time)
        if edit.undone or (begin and when and when < begin):
            continue
        for before, after in edit.items:
            first = origin.pop(before, before)
            if edit.action == "relabel":
                origin[after] = first
    labels = {now: canonical(_folder(then)) for now, then in origin.items()}
    return {now: label for now, label in labels.items() if label != canonical(_folder(now))}


def _folder(path: str) -> str:
    return PurePosixPath(path).parent.name


def _time(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text, _FORM)
    return None
