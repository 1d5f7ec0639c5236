"""Free file names: <session>-<number>, each number once in a session, over all labels.

So a relabelled photo keeps its name, and the place of a photo in the bin stays free.
"""

import os
import time
import unicodedata
from pathlib import Path, PurePosixPath

from fingercount.data import folder as tree
from fingercount.data.metadata import BIN
from fingercount.data.splits import parse_name


def new_session_name() -> str:
    """Return the name of a session that begins now, such as 20260102-101500."""
    return time.strftime("%Y%m%d-%H%M%S")


class FreeNames:
    """Gives out names that are taken neither in the folders nor in the bin, each one once.

    Args:
        root: the data set's folder, which is looked through once.
        kept: whether names are given out for longer than the data set's lock is held. Others may
            take some meanwhile, so each number is then looked for in all folders.
    """

    def __init__(self, root: Path, kept: bool = False):
        self.root = Path(root)
        self._last: dict[str, int] = {}
        self._given: set[str] = set()
        for item in tree.scan(self.root).photos:
            self.note(PurePosixPath(item.path).stem)
        for path in (self.root / BIN).rglob("*"):
            self.note(path.stem)
        self._there = None if kept else self._all_there()

    def last_number(self, session: str) -> int:
        """Return the highest number of a session, 0 for a new one."""
        return self._last.get(_key(session), 0)

    def next_number(self, session: str) -> int:
        """Return the number after the last of a session."""
        number = self.last_number(session) + 1
        while self._is_there(f"{session}-{number:04d}"):  # another window was faster
            number += 1
        self._last[_key(session)] = number
        return number

    def path(self, wanted: str, exact: bool = False) -> str:
        """Return the path wanted, or one with the next free number if it is taken.

        Args:
            exact: whether a name may come back beside one that only some systems treat as the same.
        """
        form = str if exact else _key
        if form(wanted) in self._given or os.path.lexists(self.root / wanted):
            place = PurePosixPath(wanted)
            parsed = parse_name(place.stem)
            session = parsed[0] if parsed else place.stem
            name = f"{session}-{self.next_number(session):04d}{place.suffix}"
            wanted = str(place.with_name(name))
        self._given.add(form(wanted))
        return wanted

    def note(self, stem: str) -> None:
        """Remember that a name is taken, whatever its folder and its capitals."""
        if parsed := parse_name(stem):
            session, number = parsed
            self._last[_key(session)] = max(self.last_number(session), number)

    def _is_there(self, stem: str) -> bool:
        names = [f"{stem}{suffix}" for suffix in (".jpg", ".png")]
        if self._there is not None:
            return not self._there.isdisjoint(names)
        folders = [self.root / folder for folder, _, _ in tree.label_folders(self.root)]
        return any((folder / name).exists() for folder in folders for name in names)

    def _all_there(self) -> set[str]:
        folders = [self.root / folder for folder, _, _ in tree.label_folders(self.root)]
        return {path.name for folder in folders for path in folder.iterdir()}


def _key(name: str) -> str:
    """Return what is equal for names that macOS or Windows treat as one: A and a, é in two ways."""
    return unicodedata.normalize("NFC", name).casefold()
