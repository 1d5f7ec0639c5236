"""A data set as it was at one moment: read once, then handed on.

    snapshot = Dataset("data/hands").snapshot()
    for photo in snapshot.sides["test"]:
        rgb, content = snapshot.image(photo), snapshot.hashes[photo.path]

Looking through a folder of thousands of photos takes time, and another window may change it in
between. So whoever works on a data set takes one snapshot, and everybody downstream gets that one:
all of them then speak of the same photos.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from fingercount.data import splits
from fingercount.data.folder import count_inside, file_in, find_photos_below
from fingercount.data.hashes import fingerprint
from fingercount.data.session_count import SessionCount
from fingercount.data.splits import SIDES, Split
from fingercount.errors import FingercountError
from fingercount.imaging.read import read_image
from fingercount.imaging.types import RGB
from fingercount.text import plural


@dataclass(frozen=True, slots=True)
class Photo:
    """One labelled photo. path: posix, relative to the data set's folder. label: canonical.

    split: "train", "val", "test", or None while it is not decided. session_guessed: whether nobody
    has said which session it is of.
    """

    path: str
    label: str
    session: str
    split: str | None = None
    person: str | None = None
    session_guessed: bool = False


@dataclass(frozen=True, eq=False)
class Listing:
    """What one look through a data set's folder found; no photo was opened for it.

    Attributes:
        root: the data set's folder.
        photos: by label (count order), then name.
        labels: in count order, including those without photos.
        people_unknown: whether photos were imported without saying who is on them.
        others: how many files in the label folders are not among the photos, by kind.
        inside: folders inside label folders, which are not part of the data set.
    """

    root: Path
    photos: tuple[Photo, ...]
    labels: tuple[str, ...]
    people_unknown: bool
    others: Mapping[str, int]
    inside: tuple[str, ...]

    def listing(self) -> "Listing":
        """Return itself, so that whoever takes a data set takes one of these as well."""
        return self

    @property
    def name(self) -> str:
        """The data set's name."""
        return self.root.resolve().name

    @cached_property
    def counts(self) -> dict[str, int]:
        """{label: number of photos} in count order, 0 included."""
        counted = Counter(photo.label for photo in self.photos)
        return {label: counted[label] for label in self.labels}

    @cached_property
    def sides(self) -> dict[str, tuple[Photo, ...]]:
        """The photos of "train", "val" and "test"; what has no side is there to learn from."""
        return {
            side: tuple(photo for photo in self.photos if (photo.split or "train") == side)
            for side in SIDES
        }

    @property
    def n_sessions(self) -> int:
        """How many sessions have photos, guessed ones included."""
        return len({photo.session for photo in self.photos})

    @cached_property
    def session_count(self) -> SessionCount:
        """How many sessions the photos are of, as far as that is known."""
        return SessionCount.of(self.photos)

    @cached_property
    def split(self) -> Split:
        """What is held out now."""
        return splits.describe(self.photos, self.people_unknown)

    @cached_property
    def left_out(self) -> str:
        """A note on files that are not among the photos; empty if there are none."""
        found = self._others
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
        below = find_photos_below(self.root)
        if below:
            return (
                f"{self.root} has no label folders itself; they are in {below}: give that folder, "
                "or import this one."
            )
        if self._others["deeper"]:
            return f"The photos in {self.root} are deeper than its label folders; import it first."
        return f"The data set {self.name} has no photos; collect or import some."

    @cached_property
    def _others(self) -> Counter[str]:
        return Counter(self.others) + count_inside(self.root, self.inside)

    def absolute(self, photo: Photo | str) -> Path:
        """Return where a photo is on disk, or was.

        Raises:
            FingercountError: for a path that leaves the data set.
        """
        return file_in(self.root, photo if isinstance(photo, str) else photo.path)

    def image(self, photo: Photo | str) -> RGB:
        """Return a photo as uint8 RGB [H, W, 3].

        Raises:
            FingercountError: where it cannot be read (any more).
        """
        return read_image(self.absolute(photo))

    def with_sides(self, sides: Mapping[str, str], own_sides: Mapping[str, str]) -> "Listing":
        """Return it with sides for photos that had none, as `splits.decide` gives them."""
        photos = (
            photo
            if photo.split
            else replace(photo, split=own_sides.get(photo.path) or sides.get(photo.session))
            for photo in self.photos
        )
        return replace(self, photos=tuple(photos))


@dataclass(frozen=True, eq=False)
class Snapshot(Listing):
    """A listing and what was in its photos.

    Attributes:
        hashes: {path: content hash}; photos that could not be read are not in it.
    """

    hashes: Mapping[str, str]

    def snapshot(self) -> "Snapshot":
        """Return itself, so that whoever takes a data set takes one of these as well."""
        return self

    def hash_of(self, photo: Photo) -> str:
        """Return the hash of a photo's content.

        Raises:
            FingercountError: where it could not be read.
        """
        content = self.hashes.get(photo.path)
        if content is None:
            raise FingercountError(
                f"{photo.path} cannot be read (any more); check the file or delete it."
            )
        return content

    @property
    def unreadable(self) -> list[str]:
        """The paths of the photos whose files could not be read."""
        return [photo.path for photo in self.photos if photo.path not in self.hashes]

    def without(self, paths: Collection[str]) -> "Snapshot":
        """Return it without some photos, such as those that are broken."""
        kept = tuple(photo for photo in self.photos if photo.path not in paths)
        return replace(self, photos=kept)

    @cached_property
    def fingerprint(self) -> str:
        """A hash over the labels and contents of all photos, but not their names."""
        hashes = self.hashes
        return fingerprint((p.label, hashes[p.path]) for p in self.photos if p.path in hashes)


def left_out_note(paths: Collection[str]) -> str:
    """Return what is to be said of photos that could not be read; empty without any."""
    if not paths:
        return ""
    first = ", ".join(sorted(paths)[:3]) + (", ..." if len(paths) > 3 else "")
    return f"Left out: {plural(len(paths), 'photo')} that cannot be read ({first})."
