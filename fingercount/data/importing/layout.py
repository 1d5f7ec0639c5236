"""Which files of a source are photos of which label: by tables of peers, folders, or file names.

    layout = find_photos(["train/one/1.jpg", "train/two/2.jpg", "test/one/3.jpg"])
    layout.photos[0]                 # path, label one, side train

Nothing here reads a photo. Where several readings are possible, `readings` has them all, the one
that was taken first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fingercount.data.importing import folder_names
from fingercount.data.importing.file_names import labels_in_names
from fingercount.data.importing.media import Media, sort_files
from fingercount.data.importing.peers import Box, Listing, Row, Table, find_table
from fingercount.data.importing.tree import NO_LABEL, Place, Tree, read_tree
from fingercount.errors import FingercountError
from fingercount.labels import canonical, clean_label, sort_labels

_SHOWN = 6  # names in a line


class Candidate(NamedTuple):
    """One photo, clip or hand to bring in.

    session: from a table or a folder. sure: it is one person or one day. box: (x, y, width,
    height) of the hand, each from 0 to 1; the rest of the photo stays out.
    """

    path: str
    label: str
    side: str | None
    session: str | None = None
    sure: bool = False
    box: Box | None = None


class Reading(NamedTuple):
    """One way to read the labels. key: "table", "names", "label", or the folders' level."""

    key: str
    text: str


@dataclass
class Layout:
    """What a source holds.

    skipped: (path, reason). unused: names in the map that are nowhere. videos: paths of clips among
    the photos. names: {name in the source: label}. guessed: those of them that are read as another
    word. readings: the possible ones, what was taken first. unread: tables that no format fits.
    """

    photos: list[Candidate] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    videos: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    flat: bool = False


def find_photos(
    paths: Iterable[str],
    label_map: Mapping[str, str] | None = None,
    *,
    label: str | None = None,
    labels_from: str | None = None,
    head: Callable[[str], bytes] = lambda path: b"",
    read: Callable[[str], bytes] | None = None,
) -> Layout:
    """Return the photos among a source's files.

    Args:
        paths: posix, relative to the source.
        label_map: {name in the source: label}; an empty label leaves that out.
        label: of photos that lie in no label's folder.
        labels_from: a reading's key, instead of the likeliest.
        head, read: give a file's first bytes, and all of them (tables only); without `read` no
            table is looked into.

    Raises:
        FingercountError: where the reading that was asked for is not possible.
    """
    return _Finder(sort_files(paths, head), label_map or {}, label, read).find(labels_from)


class _Finder:
    def __init__(
        self,
        media: Media,
        label_map: Mapping[str, str],
        label: str | None,
        read: Callable[[str], bytes] | None,
    ):
        self.label_map = {canonical(name): to for name, to in label_map.items()}
        self.label = clean_label(label) if label else None
        self.files = sorted([*media.photos, *media.videos])
        self.folders: dict[str, list[str]] = defaultdict(list)
        for path in self.files:
            self.folders[path.rpartition("/")[0]].append(path)
        self.layout = Layout(
            skipped=list(media.left), videos=frozenset(media.videos), archives=media.archives
        )
        self.tree = read_tree(self.folders, self.label_map)
        listing = Listing(self.files, media.tables, read)
        self.table: Table | None = find_table(listing) if read else None
        self.layout.unread = [] if self.table else [t for t in media.tables if listing.may_tell(t)]
        self.used: set[str] = set()

    def find(self, wanted: str | None) -> Layout:
        layout = self.layout
        keys = self._possible()
        if wanted is not None and wanted not in keys:
            self._check_wanted(wanted, keys)
        key = wanted or (keys[0] if keys else None)
        if key == "table" and self.table:
            layout.notes += self.table.notes
            self._by_table(self.table)
        elif key == "names":
            self._by_names(labels_in_names(self.files, asked=wanted == "names"))
        elif key == "label":
            self._all_one_label()
        elif key is None:
            for folder, files in self.folders.items():
                self._skip(files, self.tree.places[folder].reason or NO_LABEL)
        else:
            level = int(wanted) if wanted else None
            tree = self.tree if level is None else read_tree(self.folders, self.label_map, level)
            layout.notes += tree.notes
            self._by_tree(tree)
        layout.flat = not layout.photos and bool(self.files)
        layout.photos = _without_lone_train(layout.photos)
        layout.readings = [self._reading(k) for k in dict.fromkeys([key, *keys]) if k]
        found = {canonical(part) for folder in self.folders for part in folder.split("/")}
        layout.unused = sorted(self.label_map.keys() - found - self.used)
        return layout

    def _possible(self) -> list[str]:
        """Return the keys of the readings that are possible, the likeliest first."""
        counted = any(
            folder_names.count_in(name) or canonical(name) in self.label_map
            for name in self.tree.labels
        )
        folders = [str(self.tree.level or 1)] if self.tree.labels else []
        by_names = labels_in_names(self.files)
        vague = len(self.tree.labels) == 1 and not counted  # one folder: it may mean anything
        if vague and self.layout.unread:
            folders = []
        keys = [*folders, *map(str, self.tree.others)]
        if self.table and (self.table.strong or not counted):
            keys.insert(0, "table")
        elif self.label and not counted:
            keys.insert(0, "label")
        elif by_names and (vague or not folders):
            keys.insert(0, "names")
        if self.label and "label" not in keys:
            keys.append("label")
        if self.table and "table" not in keys:
            keys.append("table")
        return keys

    def _check_wanted(self, wanted: str, keys: list[str]) -> None:
        levels = max((len(folder.split("/")) for folder in self.folders if folder), default=0)
        if wanted == "names" and labels_in_names(self.files, asked=True):
            return
        if wanted.isdigit() and 1 <= int(wanted) <= levels:
            return
        what = {"table": "No table was found that names photos and labels"}.get(
            wanted, f"Labels cannot be read from {wanted!r} here"
        )
        shown = "; ".join(f"{k}: {self._reading(k).text}" for k in keys)
        raise FingercountError(f"{what}. Possible: {shown or 'none'}.")

    def _reading(self, key: str) -> Reading:
        if key == "table" and self.table:
            names = sort_labels({row.label for row in self.table.rows})
            return Reading(key, f"{self.table.name} ({_few(names)})")
        if key == "names":
            found = labels_in_names(self.files) or labels_in_names(self.files, asked=True)
            return Reading(key, f"the file names ({_few(sort_labels(found.values()))})")
        if key == "label":
            return Reading(key, f"all are {self.label}")
        level = int(key)
        if self.tree.level in (0, level):
            return Reading(key, f"the folders {_few(sort_labels(self.tree.labels))}")
        names = self.tree.others.get(level) or read_tree(self.folders, (), level).labels
        return Reading(key, f"the folders {_few(sort_labels(names))}")

    def _by_tree(self, tree: Tree) -> None:
        for folder, files in self.folders.items():
            place = tree.places[folder]
            name = place.label
            if name is None and self.label and not self._rest(folder):
                name = self.label
            if name is None:
                self._skip(files, place.reason)
                continue
            for file in files:
                self._add(file, name, place)

    def _by_table(self, table: Table) -> None:
        named: dict[str, list[Row]] = defaultdict(list)
        for row in table.rows:
            named[row.path].append(row)
        for file in self.files:
            place = self.tree.places[file.rpartition("/")[0]]
            if file not in named:
                self._skip([file], f"{table.name} does not name it")
            for row in named.get(file, ()):
                side = row.side or place.side
                session = row.session or place.session
                sure = row.sure if row.session else place.sure
                self._add(file, row.label, Place(row.label, side, session, sure), row.box)

    def _by_names(self, found: Mapping[str, str]) -> None:
        for file in self.files:
            place = self.tree.places[file.rpartition("/")[0]]
            if file in found:
                self._add(file, found[file], place)
            else:
                self._skip([file], "its name has no label in it")

    def _all_one_label(self) -> None:
        for folder, files in self.folders.items():
            place = self.tree.places[folder]
            session = "-".join(self._rest(folder)) or None
            for file in files:
                self._add(file, str(self.label), Place(self.label, place.side, session))

    def _rest(self, folder: str) -> list[str]:
        from fingercount.data.side_names import side_of

        parts = folder.split("/") if folder else []
        return [p for p in parts if not side_of(p) and not folder_names.is_generic(p)]

    def _add(self, path: str, name: str, place: Place, box: Box | None = None) -> None:
        label = self.label_of(name)
        if label is None:
            self._skip([path], f"{name!r} cannot be a label: map it to one")
        elif label:
            candidate = Candidate(path, label, place.side, place.session, place.sure, box)
            self.layout.photos.append(candidate)

    def label_of(self, name: str) -> str | None:
        """Return the label for a name of the source, "" where it is to stay out, None where it can
        be none."""
        known = self.label if name == self.label else self.layout.names.get(name)
        if known is not None:
            return known
        self.used.add(canonical(name))
        mapped = self.label_map.get(canonical(name))
        if mapped is not None:
            label = clean_label(mapped) if mapped.strip() else ""
        else:
            count = folder_names.count_in(name)
            try:
                label = count.label if count else folder_names.made_label(name)
            except FingercountError:
                return None
            if label != canonical(name):
                self.layout.guessed[name] = label
        self.layout.names[name] = label
        return label

    def _skip(self, files: Iterable[str], reason: str) -> None:
        self.layout.skipped += [(file, reason) for file in files]


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _without_lone_train(photos: list[Candidate]) -> list[Candidate]:
    """Return photos without their side if all are "train": then nothing was held out yet."""
    if {photo.side for photo in photos} <= {"train", None}:
        return [photo._replace(side=None) for photo in photos]
    return photos
