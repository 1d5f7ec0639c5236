"""dataset.json: what the folders cannot say about a data set (sides, people)."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from fingercount.data.folder import Found
from fingercount.data.splits import SIDES, parse_name
from fingercount.errors import FingercountError
from fingercount.json_files import COUNT, AnyOf, fault, read_json
from fingercount.own_files import write_own_json

BIN = ".bin"
VERSION = 1
_SIDE = AnyOf(str, None)  # which, `Record` checks
_SHAPE = {
    "version": COUNT,
    "people_unknown": AnyOf(bool, None),
    "sessions": AnyOf(
        {str: {"split": _SIDE, "person": AnyOf(str, None), "guessed": AnyOf(bool, None)}},
        None,
    ),
    "all_guessed": AnyOf(bool, None),
    "photos": AnyOf({str: str}, None),
}


class Record:
    """The content of one dataset.json; `refresh` before reading, `save` after changing.

    sessions: {session: {"split": side, "person": name, "guessed": True}}, any may be missing; a
    guessed one holds photos of which nobody has said which session they are of.
    photos: {path: side} of sessions that serve two sides, because there were too few of them.
    people_unknown: whether photos were imported without saying who is on them.
    all_guessed: whether that was before it was written down of each session, so of all of them.
    """

    people_unknown: bool
    all_guessed: bool
    sessions: dict[str, dict[str, Any]]
    photos: dict[str, str]

    def __init__(self, root: Path):
        self.path = Path(root) / "dataset.json"
        self._seen: tuple[int, int, int] | tuple[()] | None = ()
        self.unsaved = False  # whether there are decisions that the file does not have
        self.refresh()

    @property
    def stamp(self) -> tuple[int, int, int] | tuple[()] | None:
        """What is another once the file has changed; None without one, () if this is not the file.

        A decision in a folder that cannot be written is only kept here.
        """
        return () if self.unsaved else self._seen

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def refresh(self) -> None:
        """Read the file again if another window or process has changed it."""
        try:
            stat = self.path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except FileNotFoundError:
            seen = None
        except OSError as error:
            raise FingercountError(
                f"{self.path} cannot be read ({error.strerror}); check the permissions of "
                f"{self.path.parent}, or move it elsewhere."
            ) from error
        if seen != self._seen:
            self._read() if seen else self._fill({})
            self._seen = seen

    def save(self) -> None:
        """Write the file, whole or not at all."""
        value = {
            "version": VERSION,
            "people_unknown": self.people_unknown,
            "sessions": self.sessions,
            "photos": self.photos,
            **({"all_guessed": True} if self.all_guessed else {}),
        }
        write_own_json(self.path.parent, self.path.name, value)

    def forget(self) -> None:
        """Drop changes that were not saved."""
        self._seen = ()
        self.refresh()

    def side_of_photo(self, path: str, orphans: Mapping[str, str]) -> str | None:
        """Return the side that a photo has by itself, not through its session."""
        return self.photos.get(path) or orphans.get(path.rpartition("/")[2])

    def session_as_decided(self, item: Found) -> str:
        """Return a photo's session, under the name by which its side was once decided.

        Times in names were read as sessions of a minute, and copies as sessions of their own; what
        was held out so stays held out.
        """
        stem = PurePosixPath(item.path).stem
        before = re.fullmatch(r"(.+)-\d{1,6}", stem)
        if item.side:
            return item.session
        names = (before[1] if before else stem, stem)
        return next((name for name in names if name in self.sessions), item.session)

    def orphans(self, paths: Iterable[str]) -> dict[str, str]:
        """Return {file name: side} of photos that are no longer where they were.

        So a photo that was dragged to another label's folder in a file browser keeps its side: a
        test photo must not slip into training. Only numbered names are unique enough for that.
        """
        if not self.photos:
            return {}
        gone = self.photos.keys() - set(paths)
        names = {path.rpartition("/")[2]: self.photos[path] for path in gone}
        return {name: side for name, side in names.items() if parse_name(Path(name).stem)}

    def follow(self, moves: Iterable[tuple[str, str]]) -> bool:
        """Keep the photos' own sides when files move; return whether anything changed.

        A photo in the bin keeps its place for when it comes back.
        """
        changed = False
        for before, after in moves:
            before, after = _place(before), _place(after)
            if before != after and before in self.photos:
                self.photos[after] = self.photos.pop(before)
                changed = True
        return changed

    def merge(self, news: Mapping[str, Any]) -> bool:
        """Add what an import knows about its sessions; existing sides and people are kept."""
        changed = False
        if self.people_unknown and not self._some_guessed() and news.get("people_unknown"):
            self.all_guessed = changed = True
        for session, facts in news.get("sessions", {}).items():
            known = self.sessions.setdefault(session, {})
            for key, value in facts.items():
                if value is not None and key not in known:
                    known[key] = value
                    changed = True
        for path, side in news.get("photos", {}).items():
            if self.photos.setdefault(path, side) == side:
                changed = True
        if news.get("people_unknown") and not self.people_unknown:
            self.people_unknown = changed = True
        return changed

    def guessed(self) -> set[str] | None:
        """Return the sessions of which nobody has said what is of them; None means all of them."""
        if not self.people_unknown:
            return set()
        if self.all_guessed or not self._some_guessed():
            return None
        return {name for name, facts in self.sessions.items() if facts.get("guessed")}

    def _some_guessed(self) -> bool:
        return any(facts.get("guessed") for facts in self.sessions.values())

    def _read(self) -> None:
        try:
            value = read_json(self.path)
            wrong = fault(value, _SHAPE)
            if wrong is not None:
                raise ValueError(f"its {wrong or 'content'} is not what it should be")
            newer = value.get("version", VERSION) > VERSION
            self._fill(value)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise FingercountError(
                f"{self.path} cannot be understood ({reason}); restore it from a backup, or "
                "delete it (the photos stay; which of them are for the test is then decided again)."
            ) from error
        if newer:
            raise FingercountError(
                f"{self.path} was written by a newer version of fingercount; update fingercount."
            )

    def _fill(self, value: dict[str, Any]) -> None:
        self.unsaved = False
        self.people_unknown = bool(value.get("people_unknown"))
        self.all_guessed = bool(value.get("all_guessed"))
        self.sessions = dict(value.get("sessions") or {})
        self.photos = dict(value.get("photos") or {})
        sides = [facts.get("split") for facts in self.sessions.values()] + [*self.photos.values()]
        if any(side is not None and side not in SIDES for side in sides):
            raise ValueError("a side that is none of train, val and test")


def _place(path: str) -> str:
    """Return where a photo is or, for one in the bin, where it was."""
    return path.split("/", 2)[2] if path.startswith(BIN + "/") else path
