"""A folder of labelled photos: data/<dataset>/<label>/<session>-<number>.jpg.

    dataset = Dataset("data/hands")
    dataset.ensure_split()
    for photo in dataset.photos(split="train"):
        rgb = dataset.image(photo)

The folders decide: files that are added or removed by hand are seen at the next scan.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from fingercount.data import folder as tree
from fingercount.data import splits
from fingercount.data.edits import Edit, Edits
from fingercount.data.filenames import FreeNames, new_session_name
from fingercount.data.hashes import file_hashes, fingerprint
from fingercount.data.metadata import Record
from fingercount.data.splits import Split
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, write_atomic, writer
from fingercount.imaging.read import encode_jpeg, plain_photo, read_image
from fingercount.labels import canonical, clean_label, sort_labels
from fingercount.paths import check_name, data_dir, is_shipped, is_writable, shipped_data_dir
from fingercount.text import plural

__all__ = [
    "SAMPLE",
    "Dataset",
    "Photo",
    "Session",
    "dataset_folder",
    "find_dataset",
    "list_datasets",
    "new_session_name",
    "open_dataset",
]

SAMPLE = "sample"  # rendered pictures that ship, for people without a camera or without time


@dataclass(frozen=True, slots=True)
class Photo:
    """One labelled photo. path: posix, relative to the data set's folder. label: canonical.

    split: "train", "val", "test", or None while it is not decided.
    """

    path: str
    label: str
    session: str
    split: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Session:
    """The photos of one person on one occasion, all labels.

    n: how many. split: the side it is on.
    """

    name: str
    person: str | None
    n: int
    labels: tuple[str, ...]
    split: str | None


class Dataset:
    """A data set on disk. Opening and reading one writes nothing, so a raw folder is fine too.

    Args:
        root: a folder of label folders, or of train/val/test with label folders inside.

    Raises:
        FingercountError: if there is no such folder.
    """

    def __init__(self, root: Path | str):
        self.root = Path(root)
        if not self.root.is_dir():
            what = "is a file, not a folder" if self.root.exists() else "does not exist"
            raise FingercountError(
                f"The data set {self.root} {what}; take photos on the Collect page or import some."
            )
        self._record = Record(self.root)
        self._edits = Edits(self.root, self._record)
        self._names: FreeNames | None = None  # made at the first photo added, then kept
        if self._edits.unfinished() and self._writable():
            with self.writing():
                self._edits.mend()

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

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.root.resolve().name

    def photos(self, label: str | None = None, split: str | None = None) -> list[Photo]:
        """Return the photos as they are on disk now, by label (count order), then name."""
        self._record.refresh()
        found, labels = tree.scan(self.root)
        orphans = self._record.orphans(item.path for item in found)
        order = {name: n for n, name in enumerate(sort_labels(labels))}
        wanted = None if label is None else canonical(label)
        photos = [self._photo(item, orphans) for item in found if wanted in (None, item.label)]
        photos = [photo for photo in photos if split in (None, photo.split)]
        return sorted(photos, key=lambda photo: (order[photo.label], photo.path))

    @property
    def labels(self) -> list[str]:
        """The labels in count order, including those without photos."""
        return sort_labels(tree.scan(self.root)[1])

    def counts(self) -> dict[str, int]:
        """Return {label: number of photos} in count order, 0 included."""
        found, labels = tree.scan(self.root)
        counted = Counter(item.label for item in found)
        return {label: counted[label] for label in sort_labels(labels)}

    def sessions(self) -> dict[str, Session]:
        """Return the sessions that have photos, by name."""
        members: dict[str, list[Photo]] = {}
        for photo in self.photos():
            members.setdefault(photo.session, []).append(photo)
        return {name: self._session(name, members[name]) for name in sorted(members)}

    def session_sides(self) -> dict[str, str | None]:
        """Return {session: side}, including decided sessions that have no photo any more."""
        sides = {name: session.split for name, session in self.sessions().items()}
        return sides | {
            n: side for n, f in self._record.sessions.items() if (side := f.get("split"))
        }

    @property
    def left_out(self) -> str:
        """A note on files that are not among the photos; empty if there are none."""
        found = tree.left_out(self.root)
        parts = [
            text.format(plural(found[kind], noun))
            for kind, noun, text in (
                ("deeper", "photo", "{} in folders inside a label's folder"),
                ("raw", "photo", "{} in a camera's raw form"),
                ("video", "video", "{}"),
                ("archive", "archive", "{}"),
                ("other", "file", "{} of another kind"),
            )
            if found[kind]
        ]
        if not parts:
            return ""
        return (
            f"Left out: {', '.join(parts)} of {self.name}; import the folder to take what it can."
        )

    @property
    def why_empty(self) -> str:
        """What to say of a data set without photos: that there are none, or where they are."""
        below = tree.find_photos_below(self.root)
        if below:
            return (
                f"{self.root} has no label folders itself; they are in {below}: give that folder, "
                "or import this one."
            )
        if tree.left_out(self.root)["deeper"]:
            return f"The photos in {self.root} are deeper than its label folders; import it first."
        return f"The data set {self.name} has no photos; collect or import some."

    @property
    def people_unknown(self) -> bool:
        """Whether photos were imported without saying who is on them."""
        self._record.refresh()
        return self._record.people_unknown or not all(f.numbered for f in tree.scan(self.root)[0])

    def absolute(self, photo: Photo | str) -> Path:
        """Return where a photo is on disk.

        Raises:
            FingercountError: for a path that leaves the data set. (A link that the person put
                into the folder may lead elsewhere; that is their decision.)
        """
        text = photo.path if isinstance(photo, Photo) else str(photo)
        if not tree.is_inside(text):
            raise FingercountError(f"{text!r} is not inside the data set {self.name}.")
        return self.root / text

    def image(self, photo: Photo | str) -> np.ndarray:
        """Return a photo as uint8 RGB [H, W, 3]."""
        return read_image(self.absolute(photo))

    def hashes(self) -> dict[str, str]:
        """Return {path: content hash} of all photos; unchanged files are not read again."""
        paths = [photo.path for photo in self.photos()]
        return file_hashes(self.root, paths, remember=self._record.exists and self._writable())

    def fingerprint(self) -> str:
        """Return a hash over the labels and contents of all photos, but not their names."""
        hashes = self.hashes()
        return fingerprint((p.label, hashes[p.path]) for p in self.photos() if p.path in hashes)

    def split(self) -> Split:
        """Return what is held out now, without deciding anything."""
        return splits.describe(self.photos(), self.people_unknown)

    def ensure_split(self) -> Split:
        """Give a side to every session that has none, and return what is then held out.

        Existing sides never change. In a folder that cannot be written, the decision is
        the same one each time, and kept in memory.
        """
        if any(photo.split is None for photo in self.photos()):
            with self.writing() if self._writable() else contextlib.nullcontext():
                sides, own_sides = splits.decide(self.photos())
                for session, side in sides.items():
                    self._record.sessions.setdefault(session, {})["split"] = side
                self._record.photos |= own_sides
                if sides and self._writable():
                    self._record.save()
        return self.split()

    def add(
        self,
        photo: np.ndarray | bytes,
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
            self._names = self._names or FreeNames(self.root)
            number = self._names.next_number(session)
            path = f"{self.folder_of(label)}/{session}-{number:04d}{suffix}"
            if self._record.merge({"sessions": {session: {"person": person, "split": split}}}):
                self._record.save()
            write_atomic(self.root / path, data)
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

    def fine(self) -> set[str]:
        """Return the paths of the photos that a person has marked as having the right label."""
        marks = self._edits.marked()
        if not marks:
            return set()
        hashes = self.hashes().items()
        return {path for path, content in hashes if (path.rpartition("/")[0], content) in marks}

    def undo(self, edit_id: str | None = None) -> Edit:
        """Undo an edit: the newest that is not undone yet, or the one named, however old."""
        with self.writing():
            names = FreeNames(self.root)
            return self._edits.undo(edit_id, lambda path: names.path(path, exact=True))

    def edits(self) -> list[Edit]:
        """Return all edits, newest first."""
        return self._edits.all()

    def bring_in(self, moves: Iterable[tuple[str, str]], news: dict) -> Edit:
        """Move files that an import has staged inside the folder to where they belong."""
        return self._edits.run("import", tuple(moves), news)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the data set's lock, with its record as it is now."""
        with writer(self.root):
            try:
                self._record.refresh()
                yield
            except BaseException:
                self._record.forget()
                raise

    def _writable(self) -> bool:
        return is_writable(self.root)

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

    def _photo(self, item: tree.Found, orphans: dict[str, str]) -> Photo:
        facts = self._record.sessions.get(item.session, {})
        side = item.side or self._record.side_of_photo(item.path, orphans) or facts.get("split")
        return Photo(item.path, item.label, item.session, side, facts.get("person"))

    def _session(self, name: str, photos: list[Photo]) -> Session:
        facts = self._record.sessions.get(name, {})
        sides = {photo.split for photo in photos}
        side = sides.pop() if len(sides) == 1 else facts.get("split")
        labels = tuple(sort_labels(photo.label for photo in photos))
        return Session(name, facts.get("person"), len(photos), labels, side)


def spread(photos: Sequence, limit: int | None) -> list:
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
