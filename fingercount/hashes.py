"""Content hashes of files, remembered by size and time so that they are read once."""

import contextlib
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from fingercount.errors import FingercountError
from fingercount.images import content_hash
from fingercount.paths import write_atomic


def file_hashes(root: Path, paths: Iterable[str], remember: bool) -> dict[str, str]:
    """Return {path: content hash}; files that cannot be read (any more) are left out.

    Args:
        root: the folder the paths are relative to.
        paths: which files.
        remember: whether cache/ may be written.
    """
    store = Path(root) / "cache" / "hashes.json"
    known = _load(store)
    seen: dict[str, list] = {}
    for path in paths:
        file = Path(root) / path
        with contextlib.suppress(OSError):
            stat = file.stat()
            row = known.get(path)
            if not row or row[:2] != [stat.st_size, stat.st_mtime_ns]:
                row = [stat.st_size, stat.st_mtime_ns, content_hash(file.read_bytes())]
            seen[path] = row
    if remember and seen != known:
        with contextlib.suppress(FingercountError):  # only slower without: it is a cache
            write_atomic(store, json.dumps(seen).encode())
    return {path: row[2] for path, row in seen.items()}


def fingerprint(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a hash over (label, content hash) pairs in any order."""
    lines = sorted(f"{label}\t{content}\n" for label, content in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _load(store: Path) -> dict[str, list]:
    try:
        rows = json.loads(store.read_bytes())
        return {path: [int(a), int(b), str(c)] for path, (a, b, c) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
