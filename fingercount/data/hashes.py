"""Content hashes of files, remembered by size and times so that they are read once."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from fingercount.data.folder_memory import Memory
from fingercount.errors import FingercountError
from fingercount.imaging.read import content_hash
from fingercount.json_files import read_json
from fingercount.own_files import read_plain, write_own

STORE = "cache/hashes.json"
Known = tuple[int, int, int, str]  # size, time of the content, time of the entry, hash
_stores: Memory[dict[str, Known]] = Memory(2)  # that of 100,000 photos takes some 40 MB


def file_hashes(root: Path, paths: Iterable[str], remember: bool) -> dict[str, str]:
    """Return {path: content hash}; files that cannot be read (any more) are left out.

    Args:
        root: the folder the paths are relative to.
        paths: which files.
        remember: whether cache/ may be written.
    """
    known = _load(Path(root) / STORE)
    seen: dict[str, Known] = {}
    before = f"{root}{os.sep}"
    for path in paths:
        try:
            stat = os.stat(before + path)  # noqa: PTH116 - of 100,000 a Path each takes a second
            row = known.get(path)
            # Two files with the same size and time may swap places; that must be seen as a change.
            now = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            if not row or row[:3] != now:
                row = (*now, content_hash(read_plain(Path(root) / path)))
            seen[path] = row
        except OSError:
            continue
    if remember and seen != known:
        with contextlib.suppress(FingercountError):  # only slower without: it is a cache
            write_own(root, STORE, json.dumps(seen).encode())
    return {path: row[3] for path, row in seen.items()}


def fingerprint(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a hash over (label, content hash) pairs in any order."""
    lines = sorted(f"{label}\t{content}\n" for label, content in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def remembered(root: Path) -> dict[str, Known]:
    """Return {path: (size, times, content hash)} of the files that were read before."""
    return _load(Path(root) / STORE)


def _load(store: Path) -> dict[str, Known]:
    """Return what the store holds; it is shared, and never changed."""
    try:
        stat = store.stat()
    except OSError:
        return {}
    stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return _stores.get(store.absolute(), stamp, lambda: _read(store))


def _read(store: Path) -> dict[str, Known]:
    try:
        rows = read_json(store)
        return {
            path: (int(size), int(modified), int(changed), str(content))
            for path, (size, modified, changed, content) in rows.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
