"""What was prepared once, kept by content in the cache folder; it may be deleted at any time."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from fingercount.paths import cache_dir

KEPT = 50_000  # entries; of all photos there are a sixth as many
_TABLE = "CREATE TABLE IF NOT EXISTS prepared (key TEXT PRIMARY KEY, value BLOB NOT NULL)"


class Prepared:
    """Bytes by key; a cache that cannot be read or written is no loss.

    Args:
        file: where they are kept; by default in the cache folder.
    """

    def __init__(self, file: Path | None = None):
        self.file = Path(file or cache_dir() / "pretraining.sqlite")

    def get(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return {key: value} of those that are there."""
        if not self.file.exists():
            return {}
        try:
            with contextlib.closing(sqlite3.connect(self.file, timeout=10)) as store:
                found = (
                    store.execute("SELECT key, value FROM prepared WHERE key = ?", [key]).fetchone()
                    for key in keys
                )
                return dict(row for row in found if row)
        except (sqlite3.Error, OSError):
            return {}

    def put(self, rows: Mapping[str, bytes]) -> None:
        """Keep more; beyond KEPT the oldest go."""
        if not rows:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.file, timeout=10)) as store, store:
                store.execute(_TABLE)
                store.executemany("INSERT OR REPLACE INTO prepared VALUES (?, ?)", rows.items())
                store.execute(
                    "DELETE FROM prepared WHERE rowid <= (SELECT max(rowid) FROM prepared) - ?",
                    [KEPT],
                )


def key_of(*parts: bytes | str) -> str:
    """Return a key of all that a value depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def code_of(*paths: Path) -> str:
    """Return a key of source files: what other code made is not taken for this code's."""
    files = sorted(file for path in paths for file in ([path], path.rglob("*.py"))[path.is_dir()])
    return key_of(*(file.read_bytes() for file in files))
