"""edits.jsonl: the plan of each edit, written before the first file moves, and how it ended.

A line is a plan (id, time, action, items, and what else an edit needs) or how one ended (id,
state).
"""

import json
import os
from pathlib import Path
from typing import Any, TypeAlias

from fingercount.data import folder as tree
from fingercount.files import advice_on_write_errors

Moves: TypeAlias = tuple[tuple[str, str], ...]
Entry: TypeAlias = dict[str, Any]  # a line of edits.jsonl


class Journal:
    """The lines of one data set's edits.jsonl."""

    def __init__(self, path: Path):
        self.path = path

    def entries(self) -> dict[str, Entry]:
        """Return plans by id, in order, without those that failed and were reversed.

        A line that a crash cut short is skipped: its edit never began. So is one whose paths leave
        the data set: the folder may come from somebody else.
        """
        entries: dict[str, Entry] = {}
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return entries
        for line in lines:
            try:
                value = json.loads(line)
                if "state" not in value:
                    _check(value)
                    entries[value["id"]] = {**value, "done": False}
                elif value["state"] == "done":
                    entries[value["id"]]["done"] = True
                else:
                    entries.pop(value["id"], None)
            except (ValueError, KeyError, TypeError):
                continue
        return entries

    def append(self, entry: Entry) -> None:
        """Add a line, on the disk before this returns; on failure the file is as it was."""
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        with advice_on_write_errors(self.path), self.path.open("a+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # an unfinished last line must not swallow this one
                    line = b"\n" + line
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)
                raise


def pairs(entry: Entry) -> Moves:
    """Return the (path before, path after) pairs of a plan."""
    return tuple((before, after) for before, after in entry["items"])


def _check(entry: Entry) -> None:
    if not all(tree.is_inside(path) for pair in pairs(entry) for path in pair):
        raise ValueError("a path leaves the data set")
    if not {"id", "time", "action"} <= entry.keys():
        raise KeyError("an entry needs id, time and action")
