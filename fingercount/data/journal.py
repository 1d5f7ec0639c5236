"""edits.jsonl: the plan of each edit, written before the first file moves, and how it ended.

A line is a plan (id, time, action, items, and what else an edit needs) or how one ended (id,
state).
"""

import json
import os
from pathlib import Path
from typing import Any, TypeAlias

from fingercount.data import folder as tree
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, sync
from fingercount.json_files import AnyOf, fault, parse_json
from fingercount.own_files import open_to_append, own_path, read_plain

Moves: TypeAlias = tuple[tuple[str, str], ...]
Entry: TypeAlias = dict[str, Any]  # a line of edits.jsonl
_SHAPE = {
    "id!": str,
    "time!": str,
    "action!": str,
    "items!": [(str, str)],
    "contents": [str],
    "of": AnyOf(str, None),
    "people_were_unknown": bool,
    "record": {
        "sessions": {str: {"split": AnyOf(str, None), "person": AnyOf(str, None)}},
        "photos": {str: AnyOf(str, None)},
        "people_unknown": bool,
    },
}


class Journal:
    """The lines of one data set's edits.jsonl."""

    def __init__(self, path: Path):
        self.path = path
        self._before: dict[str, int] = {}  # {id of a plan: the file's size before it}
        self._read: tuple[tuple[int, int, int], dict[str, Entry]] | None = None

    def entries(self) -> dict[str, Entry]:
        """Return plans by id, in order, without those that failed and were reversed.

        A line that a crash cut short is skipped: its edit never began. So is one whose paths leave
        the data set: the folder may come from somebody else.
        """
        entries: dict[str, Entry] = {}
        try:
            stat = self.path.stat()
            now = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if self._read and self._read[0] == now:
                return dict(self._read[1])
            lines = read_plain(self.path).split(b"\n")
        except FileNotFoundError:
            return entries
        except OSError as error:
            raise FingercountError(
                f"{self.path} cannot be read ({error.strerror}); restore it from a backup, or move "
                "it away (what was changed can then not be undone any more)."
            ) from error
        for line in lines:
            try:
                value = parse_json(line)
                if "state" not in value:
                    _check(value)
                    entries[value["id"]] = {**value, "done": False}
                elif value["state"] == "done":
                    entries[value["id"]]["done"] = True
                else:
                    entries.pop(value["id"], None)
            except (ValueError, KeyError, TypeError):
                continue
        self._read = (now, entries)
        return dict(entries)

    def append(self, entry: Entry) -> None:
        """Add a line, on the disk before this returns; on failure the file is as it was."""
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        own_path(self.path.parent, self.path.name)
        with advice_on_write_errors(self.path), os.fdopen(open_to_append(self.path), "a+b") as file:
            size = file.seek(0, os.SEEK_END)
            self._before[str(entry["id"])], self._read = size, None
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # an unfinished last line must not swallow this one
                    line = b"\n" + line
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
                if not size:  # it is new: its name has to reach the disk, too
                    sync([self.path.parent])
            except OSError:
                file.truncate(size)
                raise

    def withdraw(self, entry: Entry) -> None:
        """Take back the plan that was appended last; a full disk does not prevent it."""
        with advice_on_write_errors(self.path), os.fdopen(open_to_append(self.path), "a+b") as file:
            self._read = None
            file.truncate(self._before[str(entry["id"])])
            os.fsync(file.fileno())


def pairs(entry: Entry) -> Moves:
    """Return the (path before, path after) pairs of a plan."""
    return tuple((before, after) for before, after in entry["items"])


def _check(entry: Entry) -> None:
    if (wrong := fault(entry, _SHAPE)) is not None:
        raise ValueError(f"{wrong} is not what it should be")
    if not all(tree.is_inside(path) for pair in pairs(entry) for path in pair):
        raise ValueError("a path leaves the data set")
