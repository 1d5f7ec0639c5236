"""edits.jsonl: the plan of each edit, written before the first file moves, and how it ended.

A line is a plan (id, time, action, items, and what else an edit needs) or how one ended (id,
state).
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

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
    "by": AnyOf(str, None),
    "contents": [str],
    "of": AnyOf(str, None),
    "people_were_unknown": bool,
    "record": {
        "sessions": {str: {"split": AnyOf(str, None), "person": AnyOf(str, None)}},
        "photos": {str: AnyOf(str, None)},
        "people_unknown": bool,
    },
}


_TAIL = 256  # bytes before a place by which the same file is known again


class _Seen(NamedTuple):
    """What was read of a journal: it only grows, so the next time the rest is read.

    stamp: of the file as a whole. end: behind its last whole line. tail: the bytes before that.
    entries: of the whole lines. shown: with a last line that nobody has ended.
    """

    stamp: tuple[int, int, int]
    end: int
    tail: bytes
    entries: dict[str, Entry]
    shown: dict[str, Entry]


_KEPT = 4  # journals of this process; that of 100,000 imported photos takes some 30 MB
_seen: dict[Path, _Seen] = {}


class Journal:
    """The lines of one data set's edits.jsonl."""

    def __init__(self, path: Path):
        self.path = path
        self._before: dict[str, int] = {}  # {id of a plan: the file's size before it}

    def entries(self) -> dict[str, Entry]:
        """Return plans by id, in order, without those that failed and were reversed.

        A line that a crash cut short is skipped: its edit never began. So is one whose paths leave
        the data set: the folder may come from somebody else.
        """
        place = self.path.absolute()
        try:
            stat = self.path.stat()
            stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            seen = _seen.get(place)
            if seen is None or seen.stamp != stamp:
                seen = self._look(stamp, seen)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise FingercountError(
                f"{self.path} cannot be read ({error.strerror}); restore it from a backup, or move "
                "it away (what was changed can then not be undone any more)."
            ) from error
        _seen.pop(place, None)
        _seen[place] = seen  # the newest last
        for old in list(_seen)[:-_KEPT]:
            _seen.pop(old, None)
        return dict(seen.shown)

    def _look(self, stamp: tuple[int, int, int], seen: _Seen | None) -> _Seen:
        """Read the lines that were not read before, or all of a journal that is another one."""
        end, tail, entries = 0, b"", dict[str, Entry]()
        if seen and seen.stamp[0] == stamp[0] and seen.end <= stamp[1]:
            end, tail, entries = seen.end, seen.tail, dict(seen.entries)
        data = read_plain(self.path, end - len(tail))
        if not data.startswith(tail):
            end, entries, data = 0, {}, read_plain(self.path)
            tail = b""
        new = data[len(tail) :]
        whole = new.rfind(b"\n") + 1
        _take(entries, new[:whole])
        shown = entries
        if new[whole:]:
            shown = dict(entries)
            _take(shown, new[whole:])
        tail = data[max(0, len(tail) + whole - _TAIL) : len(tail) + whole]
        return _Seen(stamp, end + whole, tail, entries, shown)

    def append(self, entry: Entry) -> None:
        """Add a line, on the disk before this returns; on failure the file is as it was."""
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        own_path(self.path.parent, self.path.name)
        with advice_on_write_errors(self.path), os.fdopen(open_to_append(self.path), "a+b") as file:
            size = file.seek(0, os.SEEK_END)
            self._before[str(entry["id"])] = size
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
            file.truncate(self._before[str(entry["id"])])
            os.fsync(file.fileno())


def pairs(entry: Entry) -> Moves:
    """Return the (path before, path after) pairs of a plan."""
    items = entry["items"]
    return items if isinstance(items, tuple) else tuple((before, after) for before, after in items)


def _take(entries: dict[str, Entry], lines: bytes) -> None:
    """Take lines into plans by id; those of a dict that another has are never changed."""
    for line in lines.split(b"\n"):
        try:
            value = parse_json(line)
            if "state" not in value:
                _check(value)
                items = tuple((before, after) for before, after in value["items"])
                entries[value["id"]] = {**value, "items": items, "done": False}
            elif value["state"] == "done":
                entries[value["id"]] = {**entries[value["id"]], "done": True}
            else:
                entries.pop(value["id"], None)
        except (ValueError, KeyError, TypeError):
            continue


def _check(entry: Entry) -> None:
    if (wrong := fault(entry, _SHAPE)) is not None:
        raise ValueError(f"{wrong} is not what it should be")
    if not all(tree.is_inside(path) for pair in entry["items"] for path in pair):
        raise ValueError("a path leaves the data set")
