"""The backbone's features of each photo, computed once and kept on disk.

    store = Features(snapshot, backbone)
    for done, total in store.compute(photos): ...
    x = store.matrix(photos)                       # float32 [N, 512]

The key is the photo's content, the backbone and the transform, never a path: renaming, relabelling
or moving a photo costs nothing. So training, evaluation and the reasons look at each photo once
between them. cache/ may be deleted at any time.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from itertools import chain, groupby
from typing import TypeAlias

import numpy as np

from fingercount.ahead import ahead
from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Photo, Snapshot
from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.imaging.preprocess import VIEWS
from fingercount.imaging.types import Float32Array
from fingercount.models.backbones import FEATURES, Backbone
from fingercount.models.feature_rows import FeatureRows
from fingercount.own_files import own_path
from fingercount.paths import is_shipped

BATCH = 32  # photos through the network at once; more is no faster on a CPU
PLAIN = VIEWS[0]
Kind: TypeAlias = str | int  # one of the views of a photo, or the number of an augmented copy


class Features:
    """The frozen network's outputs for the photos of one data set.

    Args:
        dataset: whose photos, as they are now or as a snapshot has them; its cache/ keeps the
            outputs.
        backbone: the frozen network.
        augment: the transforms of the augmented copies.
        seed: of the copies; the same seed makes the same copies again.
        keep: whether new outputs are kept on disk, too.

    Attributes:
        broken: {path: why} of photos that could not be read; they have no outputs.
    """

    def __init__(
        self,
        dataset: DatasetReader | Snapshot,
        backbone: Backbone,
        augment: Augment | None = None,
        seed: int = 0,
        keep: bool = True,
    ):
        self.snapshot, self.backbone = dataset.snapshot(), backbone
        self.augment, self.seed, self.keep = augment, seed, keep
        self._file = self.snapshot.root / "cache" / "features.sqlite"
        self._base = _digest([*backbone.identity, backbone.preprocess.one_view().to_json()])
        self._copies = _digest([asdict(augment), seed]) if augment else ""
        self._rows = FeatureRows(FEATURES, more=len(self.snapshot.photos))
        self.broken: dict[str, str] = {}

    def compute(
        self, photos: Sequence[Photo], copies: int = 0, views: Sequence[str] = (PLAIN,)
    ) -> Iterator[tuple[int, int]]:
        """Look at each view of each photo, and at its augmented copies, where not known yet.

        Args:
            photos: of the data set.
            copies: how many augmented copies of each.
            views: some of fingercount.imaging.preprocess.VIEWS.

        Yields:
            (done, total) after each batch, counting those that were known. A photo that cannot be
            read is noted in `broken`.
        """
        kinds: list[Kind] = [*views, *range(1, copies + 1)]
        lost = [photo.path for photo in photos if photo.path not in self.snapshot.hashes]
        self.broken |= dict.fromkeys(lost, "cannot be read (any more)")
        jobs = {
            self._key(photo, kind): (photo, kind)
            for photo in self.readable(photos)
            for kind in kinds
        }
        for kind in kinds:  # those of one kind together, so that `matrix` is no copy
            self._rows.reserve(key for key, job in jobs.items() if job[1] == kind)
        self._read(jobs)
        missing = [(key, *job) for key, job in jobs.items() if key not in self._rows]
        yield len(jobs) - len(missing), len(jobs)
        # A photo and its copies follow each other, and are made of it in one go: opened once.
        by_photo = [list(group) for _, group in groupby(missing, key=lambda job: job[1].path)]
        with ahead(self._inputs, by_photo, max(2, 2 * BATCH // len(kinds))) as groups:
            inputs = chain.from_iterable(groups)
            for first in range(0, len(missing), BATCH):
                part = missing[first : first + BATCH]
                read = [(job[0], x) for job, x in zip(part, inputs) if x is not None]
                if read:
                    outputs = self.backbone.extract_features(np.stack([x for _, x in read]))
                    new = {key: row for (key, _), row in zip(read, outputs)}
                    for key, row in new.items():
                        self._rows[key] = row
                    self._write(new)
                yield len(jobs) - len(missing) + first + len(part), len(jobs)
        # Of files with the same content one was opened; empty ones often come in numbers.
        for photo in self.readable(photos):
            if self._key(photo, views[0]) not in self._rows:
                self.broken[photo.path] = "cannot be read, as others with the same content"

    def readable(self, photos: Sequence[Photo]) -> list[Photo]:
        """Return the photos without those that could not be read."""
        return [photo for photo in photos if photo.path not in self.broken]

    def matrix(self, photos: Sequence[Photo], kind: Kind = PLAIN) -> Float32Array:
        """Return the outputs for photos computed before: float32 [N, 512].

        It is to be read only: for photos in the order in which they were computed it is no copy.

        Args:
            photos: all of them readable.
            kind: a view, or the number of a copy, from 1 on.
        """
        return self._rows.take([self._key(photo, kind) for photo in photos])

    def _key(self, photo: Photo, kind: Kind) -> str:
        variant = kind if isinstance(kind, str) else f"{self._copies}-{kind}"
        return f"{self._base}-{self.snapshot.hash_of(photo)}-{variant}"

    def _inputs(self, jobs: Sequence[tuple[str, Photo, Kind]]) -> list[Float32Array | None]:
        """Return what the network sees of one photo's kinds; None if it cannot be read."""
        photo = jobs[0][1]
        try:
            rgb = self.snapshot.image(photo)
        except FingercountError as error:
            self.broken[photo.path] = str(error)
            return [None] * len(jobs)
        inputs = list[Float32Array | None]()
        for key, _, kind in jobs:
            if isinstance(kind, str):
                inputs.append(self.backbone.preprocess(rgb, kind))
            else:
                # Drawn from the photo's content, so that its place in the list does not matter.
                rng = np.random.default_rng(zlib.crc32(key.encode()))
                changed = self.augment(rgb, rng) if self.augment else rgb
                inputs.append(self.backbone.preprocess(changed))
        return inputs

    def _read(self, keys: Iterable[str]) -> None:
        """Read what is on disk; a cache that cannot be read is no loss."""
        wanted = [key for key in keys if key not in self._rows]
        if not self._file.is_file():
            return
        try:
            with closing(sqlite3.connect(self._file, timeout=10)) as store:
                for first in range(0, len(wanted), 500):
                    part = wanted[first : first + 500]
                    marks = ",".join("?" * len(part))
                    query = f"SELECT key, value FROM features WHERE key IN ({marks})"
                    for key, value in store.execute(query, part):
                        row = np.frombuffer(value, np.float32)
                        if row.size == FEATURES:
                            self._rows[key] = row
        except sqlite3.OperationalError:
            return  # another window is writing
        except sqlite3.DatabaseError:
            with suppress(OSError):  # in a folder that cannot be written it stays
                self._file.unlink()

    def _write(self, new: dict[str, Float32Array]) -> None:
        """Keep outputs on disk; a full disk or a read-only folder only costs time later."""
        if not self.keep or is_shipped(self._file):
            return
        try:
            self._file.parent.mkdir(exist_ok=True)
            for end in ("", "-journal", "-wal", "-shm"):  # what SQLite writes, too
                own_path(self.snapshot.root, f"cache/{self._file.name}{end}")
            with closing(sqlite3.connect(self._file, timeout=10)) as store, store:
                store.execute("CREATE TABLE IF NOT EXISTS features (key TEXT PRIMARY KEY, value)")
                rows = [(key, row.astype(np.float32).tobytes()) for key, row in new.items()]
                store.executemany("INSERT OR REPLACE INTO features VALUES (?, ?)", rows)
        except (OSError, sqlite3.Error, FingercountError):
            pass


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
