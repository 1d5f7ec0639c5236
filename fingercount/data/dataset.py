"""A folder of labelled photos: data/<dataset>/<label>/<session>-<number>.jpg.

    dataset = Dataset("data/hands")
    dataset.ensure_split()
    for photo in dataset.photos(split="train"):
        rgb = dataset.image(photo)

The folders decide: files that are added or removed by hand are seen at the next scan.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np

from fingercount.data import folder as tree
from fingercount.data import splits
from fingercount.data.edit import Edit
from fingercount.data.edits import Edits, Unfinished
from fingercount.data.filenames import FreeNames, new_session_name
from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Listing, Photo, Snapshot
from fingercount.data.splits import Split
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, sync, writer
from fingercount.imaging.read import encode_jpeg, plain_photo
from fingercount.imaging.types import RGB
from fingercount.labels import canonical, clean_label
from fingercount.own_files import write_own
from fingercount.paths import check_name, data_dir, is_shipped, shipped_data_dir

__all__ = [
    "SAMPLE",
    "Dataset",
    "dataset_folder",
    "find_dataset",
    "list_datasets",
    "new_session_name",
    "open_dataset",
]

SAMPLE = "sample"  # rendered pictures that ship, for people without a camera or without time
T = TypeVar("T")


class Dataset(DatasetReader):
    """A data set on disk. Opening and reading one writes nothing, so a raw folder is fine too.

    Args:
        root: a folder of label folders, or of train/val/test with label folders inside.

    Raises:
        FingercountError: if there is no such folder.
    """

    def __init__(self, root: Path | str):
        super().__init__(root)
        self._edits = Edits(self.root, self._record)
        self._names: FreeNames | None = None  # made at the first photo added, then kept

    @classmethod
    def create(cls, root: Path | str) -> "Dataset":
        """Open a data set, and make its folder and its dataset.json if they are missing."""
        root = Path(root)
        with advice_on_write_errors(root):
            root.mkdir(parents=True, exist_ok=True)
        dataset = cls(root)
        if not dataset._record.exists:
            with dataset.writing():
                dataset._record.save()
        return dataset

    def ensure_split(self) -> Split:
        """Give a side to every session that has none, and return what is then held out.

        Existing sides never change. In a folder that cannot be written, the decision is
        the same one each time, and kept in memory.
        """
        return self._decided().split

    def snapshot(self, ensure_split: bool = False) -> Snapshot:
        """Look through the folder once, at contents too; unchanged files are not read again.

        Args:
            ensure_split: whether every session that has no side gets one first, as `ensure_split`
                gives it.
        """
        return self._with_hashes(self._decided() if ensure_split else self.listing())

    def _decided(self) -> Listing:
        """Return the photos, with a side for each where there are enough of them."""
        listing = self.listing()
        if all(photo.split for photo in listing.photos):
            return listing
        with self.writing() if self._writable() else contextlib.nullcontext():
            listing = self.listing()  # once more, now that nobody else writes
            sides, own_sides = splits.decide(listing.photos)
            for session, side in sides.items():
                self._record.sessions.setdefault(session, {})["split"] = side
            self._record.photos |= own_sides
            self._record.unsaved = bool(sides or own_sides)
            if sides and self._writable():
                self._record.save()
        return listing.with_sides(sides, own_sides)

    def add(
        self,
        photo: RGB | bytes,
        label: str,
        session: str,
        person: str | None = None,
        split: str | None = None,
    ) -> Photo:
        """Save a photo under the next free number of its session.

        Args:
            photo: uint8 RGB [H, W, 3], or a photo file's bytes.
            label: made if it is new.
            session: such as `new_session_name()` gives.
            person: who is on the session's photos.
            split: the side of a session that has none yet; by default it is decided later.

        Raises:
            FingercountError: for a name that is not possible, no photo, or a failed write.
        """
        label, session = clean_label(label), check_name(session, "session")
        if isinstance(photo, np.ndarray):
            data, suffix = encode_jpeg(photo), ".jpg"
        else:
            data, suffix, _ = plain_photo(photo)
        with self.writing():
            self._names = self._names or FreeNames(self.root, kept=True)
            number = self._names.next_number(session)
            path = f"{self.folder_of(label)}/{session}-{number:04d}{suffix}"
            if self._record.merge({"sessions": {session: {"person": person, "split": split}}}):
                self._record.save()
            write_own(self.root, path, data)
        return self._photo(tree.describe_file(path, label, None), {})

    def add_label(self, label: str) -> None:
        """Make an empty label."""
        label = clean_label(label)
        with self.writing(), advice_on_write_errors(self.root / label):
            (self.root / self.folder_of(label)).mkdir(exist_ok=True)

    def relabel(self, photos: Iterable[Photo | str], label: str) -> Edit:
        """Give photos another label; each keeps its session, its side and, if free, its name."""
        label = clean_label(label)
        with self.writing():
            names = FreeNames(self.root)
            folder = self.folder_of(label)
            moves = []
            for path in self._existing(photos):
                place = PurePosixPath(path)
                if canonical(place.parent.name) != label:
                    target = place.parent.parent / folder / place.name
                    moves.append((path, names.path(str(target))))
            if not moves:
                raise FingercountError(f"These photos are labelled {label} already.")
            return self._edits.run("relabel", tuple(moves))

    def delete(self, photos: Iterable[Photo | str]) -> Edit:
        """Move photos to the data set's bin, from where `undo` brings them back."""
        with self.writing():
            return self._edits.delete(self._existing(photos))

    def mark_fine(self, photos: Iterable[Photo | str]) -> Edit:
        """Remember that these photos have the right label, whatever a model says."""
        with self.writing():
            paths, hashes = self._existing(photos), self.hashes()
            return self._edits.mark({path: hashes[path] for path in paths})

    def fine(self, snapshot: Snapshot | None = None) -> set[str]:
        """Return the paths of the photos that a person has marked as having the right label.

        Args:
            snapshot: of the photos it is about; by default as they are now.
        """
        marks = self._edits.marked()
        if not marks:
            return set()
        hashes = (snapshot or self.snapshot()).hashes.items()
        return {path for path, content in hashes if (path.rpartition("/")[0], content) in marks}

    def undo(self, edit_id: str | None = None) -> Edit:
        """Undo an edit: the newest that is not undone yet, or the one named, however old."""
        with self.writing():
            names = FreeNames(self.root)
            return self._edits.undo(edit_id, lambda path: names.path(path, exact=True))

    def edits(self) -> list[Edit]:
        """Return all edits, newest first."""
        return self._edits.all()

    def bring_in(self, moves: Iterable[tuple[str, str]], news: Mapping[str, Any]) -> Edit:
        """Move files that an import has staged inside the folder to where they belong."""
        moves = tuple(moves)
        sync(self.root / staged for staged, _ in moves)  # before the plan: it counts on them
        return self._edits.run("import", moves, news)

    def unfinished(self) -> Unfinished:
        """Return how many edits a crash left half done."""
        return self._edits.unfinished()

    def awaits(self, folder: str) -> bool:
        """Return whether an edit that was interrupted still has to take files out of a folder."""
        return self._edits.awaits(folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the data set's lock, with its record as it is now, and all edits before finished."""
        with writer(self.root):
            try:
                self._record.refresh()
                self._edits.mend()
                yield
            except BaseException:
                self._record.forget()
                raise

    def folder_of(self, label: str) -> str:
        """Return the folder of a label: an existing one ("2" for "two") or a new one."""
        folders = [
            f for f, name, side in tree.label_folders(self.root) if (name, side) == (label, None)
        ]
        return label if label in folders or not folders else folders[0]

    def _existing(self, photos: Iterable[Photo | str]) -> list[str]:
        paths = [str(self.absolute(photo).relative_to(self.root).as_posix()) for photo in photos]
        if not paths:
            raise FingercountError("No photo was chosen; select at least one.")
        for path in paths:
            if not self.absolute(path).is_file():
                raise FingercountError(
                    f"{path} is not in {self.name} any more; another window or a person has moved "
                    "it. Reload and choose again."
                )
        return list(dict.fromkeys(paths))


def spread(photos: Sequence[T], limit: int | None) -> list[T]:
    """Return at most so many items, evenly spread over all and so over the labels."""
    if limit is None or limit >= len(photos):
        return list(photos)
    step = (len(photos) - 1) / max(1, limit - 1)
    return [photos[round(i * step)] for i in range(limit)]


def list_datasets() -> list[str]:
    """Return the names of the data sets in the folder of data sets, the shipped one last."""
    names = {
        folder.name
        for place in (data_dir(), shipped_data_dir())
        if place and place.is_dir()
        for folder in place.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    }
    return sorted(names, key=lambda name: (name == SAMPLE, name))


def dataset_folder(name: str) -> Path:
    """Return where a data set of that name is, one's own before the shipped one, or would be."""
    own, shipped = data_dir() / check_name(name, "data set"), shipped_data_dir()
    if shipped and not own.is_dir() and (shipped / own.name).is_dir():
        return shipped / own.name
    return own


def open_dataset(name: str) -> Dataset:
    """Open a data set by its name."""
    dataset = Dataset(dataset_folder(name))
    if is_shipped(dataset.root):
        dataset.ensure_split()  # nothing is written there, so that each decides it, and alike
    return dataset


def find_dataset(name: str | Path) -> Dataset:
    """Open a data set by its folder or, if there is no such folder, by its name.

    Raises:
        FingercountError: if there is neither.
    """
    known = not Path(name).exists() and str(name) in list_datasets()
    return open_dataset(str(name)) if known else Dataset(name)
