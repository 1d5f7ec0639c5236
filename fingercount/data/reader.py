"""Reading a data set's folder: what is there now, and what dataset.json says of it.

Each of these looks through the folder anew. Whoever asks more than one thing takes a `listing()`,
or a `snapshot()` where contents matter, and asks that.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from fingercount.data import folder as tree
from fingercount.data.folder_memory import Memory
from fingercount.data.hashes import file_hashes
from fingercount.data.metadata import Record
from fingercount.data.snapshot import Listing, Photo, Snapshot
from fingercount.data.splits import Split
from fingercount.errors import FingercountError
from fingercount.imaging.read import read_image
from fingercount.imaging.types import RGB
from fingercount.labels import canonical, sort_labels
from fingercount.paths import is_writable

_listings: Memory[Listing] = Memory(8)


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


class DatasetReader:
    """The reading half of a data set; it writes nothing but cache/, and that only beside a record.

    Args:
        root: a folder of label folders, or of train/val/test with label folders inside.

    Raises:
        FingercountError: where there is no such folder.
    """

    def __init__(self, root: Path | str):
        self.root = Path(root)
        if not self.root.is_dir():
            what = "is a file, not a folder" if self.root.exists() else "does not exist"
            raise FingercountError(
                f"The data set {self.root} {what}; take photos on the Collect page or import some."
            )
        self._record = Record(self.root)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.root.resolve().name

    def listing(self) -> Listing:
        """Look through the folder once; return what is there, without opening a photo.

        What has not changed since another look in this process is not looked through again.

        Raises:
            FingercountError: where a folder may not be looked into.
        """
        self._record.refresh()
        scanned, record = tree.scan(self.root), self._record.stamp
        # Of what lies deeper nothing is known that would change with it.
        known = scanned.stamp is not None and record != () and not scanned.inside
        return _listings.get(
            (self.root.absolute(), str(self.root)),
            (scanned.stamp, record) if known else None,
            lambda: self._listing(scanned),
        )

    def _listing(self, scanned: tree.Scanned) -> Listing:
        orphans = self._record.orphans(item.path for item in scanned.photos)
        labels = sort_labels(scanned.labels)
        order = {name: n for n, name in enumerate(labels)}
        guessed_ones = self._record.guessed()
        photos = [self._photo(item, orphans, guessed_ones) for item in scanned.photos]
        photos.sort(key=lambda photo: (order[photo.label], photo.path))
        guessed = self._record.people_unknown or not all(f.numbered for f in scanned.photos)
        return Listing(
            self.root,
            tuple(photos),
            tuple(labels),
            guessed,
            MappingProxyType(scanned.others),
            tuple(scanned.inside),
        )

    def snapshot(self) -> Snapshot:
        """Look through the folder once, at contents too; unchanged files are not read again."""
        return self._with_hashes(self.listing())

    def photos(self, label: str | None = None, split: str | None = None) -> list[Photo]:
        """Return the photos as they are on disk now, by label (count order), then name."""
        wanted = None if label is None else canonical(label)
        return [
            photo
            for photo in self.listing().photos
            if wanted in (None, photo.label) and split in (None, photo.split)
        ]

    @property
    def labels(self) -> list[str]:
        """The labels in count order, including those without photos."""
        return list(self.listing().labels)

    def counts(self) -> dict[str, int]:
        """Return {label: number of photos} in count order, 0 included."""
        return self.listing().counts

    def sessions(self) -> dict[str, Session]:
        """Return the sessions that have photos, by name."""
        return self._sessions(self.listing())

    def session_sides(self, listing: Listing | None = None) -> dict[str, str | None]:
        """Return {session: side}, including decided sessions that have no photo any more.

        Args:
            listing: of the photos, where they were looked through before.
        """
        sessions = self._sessions(listing or self.listing())
        decided = {
            name: side
            for name, facts in self._record.sessions.items()
            if (side := facts.get("split"))
        }
        return {name: session.split for name, session in sessions.items()} | decided

    @property
    def people_unknown(self) -> bool:
        """Whether photos were imported without saying who is on them."""
        return self.listing().people_unknown

    def hashes(self) -> dict[str, str]:
        """Return {path: content hash} of all photos; unchanged files are not read again."""
        return dict(self.snapshot().hashes)

    def fingerprint(self) -> str:
        """Return a hash over the labels and contents of all photos, but not their names."""
        return self.snapshot().fingerprint

    def split(self) -> Split:
        """Return what is held out now, without deciding anything."""
        return self.listing().split

    def absolute(self, photo: Photo | str) -> Path:
        """Return where a photo is on disk.

        Raises:
            FingercountError: for a path that leaves the data set. (A link that the person put
                into the folder may lead elsewhere; that is their decision.)
        """
        return tree.file_in(self.root, photo if isinstance(photo, str) else photo.path)

    def image(self, photo: Photo | str) -> RGB:
        """Return a photo as uint8 RGB [H, W, 3]."""
        return read_image(self.absolute(photo))

    def _writable(self) -> bool:
        return is_writable(self.root)

    def _with_hashes(self, listing: Listing) -> Snapshot:
        paths = [photo.path for photo in listing.photos]
        hashes = file_hashes(self.root, paths, self._record.exists and self._writable())
        return Snapshot(
            listing.root,
            listing.photos,
            listing.labels,
            listing.people_unknown,
            listing.others,
            listing.inside,
            MappingProxyType(hashes),
        )

    def _photo(
        self, item: tree.Found, orphans: dict[str, str], guessed: Collection[str] | None = ()
    ) -> Photo:
        """Return a photo as it stands in the folder and in the record.

        Args:
            guessed: sessions that are only guessed; None means all of them.
        """
        session = item.session if item.numbered else self._record.session_as_decided(item)
        facts = self._record.sessions.get(session, {})
        own = self._record.photos or orphans  # few data sets have such photos
        side = item.side or (own and self._record.side_of_photo(item.path, orphans)) or None
        side = side or facts.get("split")
        unsure = guessed is None or session in guessed or not item.numbered
        return Photo(item.path, item.label, session, side, facts.get("person"), unsure)

    def _sessions(self, listing: Listing) -> dict[str, Session]:
        members: dict[str, list[Photo]] = {}
        for photo in listing.photos:
            members.setdefault(photo.session, []).append(photo)
        return {name: self._session(name, members[name]) for name in sorted(members)}

    def _session(self, name: str, photos: list[Photo]) -> Session:
        facts = self._record.sessions.get(name, {})
        sides = {photo.split for photo in photos}
        side = sides.pop() if len(sides) == 1 else facts.get("split")
        labels = tuple(sort_labels(photo.label for photo in photos))
        return Session(name, facts.get("person"), len(photos), labels, side)
