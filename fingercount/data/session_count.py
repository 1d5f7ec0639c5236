"""How many sessions photos are of, as far as anybody has said so, and that in words.

Photos that came in without a word about who is on them are put together by guessing, so that
near-copies are not on both sides of the test. Such a guess is not a session that can be counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fingercount.text import plural


class OfSession(Protocol):
    """A photo, as far as its session is concerned."""

    @property
    def session(self) -> str: ...
    @property
    def session_guessed(self) -> bool:
        """Whether nobody has said which session it is of."""


@dataclass(frozen=True)
class SessionCount:
    """The sessions of some photos.

    Attributes:
        photos: how many there are.
        known: the sessions of those whose session is known.
        unknown: how many photos there are whose session is only guessed.
    """

    photos: int
    known: int
    unknown: int = 0

    @classmethod
    def of(cls, photos: Iterable[OfSession]) -> "SessionCount":
        """Count the sessions of photos."""
        photos = list(photos)
        known = {photo.session for photo in photos if not photo.session_guessed}
        return cls(len(photos), len(known), sum(photo.session_guessed for photo in photos))

    @classmethod
    def of_figures(cls, figures: Mapping[str, Any], guessed: bool = False) -> "SessionCount":
        """Return what a card's figures of a side say.

        Args:
            guessed: whether the card says of all photos that their sessions are guessed, as cards
                did that have no count of them.
        """
        n = figures["n"]
        if "sessions_known" not in figures:
            return cls(n, 0, n) if guessed else cls(n, figures["sessions"])
        return cls(n, figures["sessions_known"], figures["sessions_unknown"])

    def to_json(self) -> dict[str, int]:
        """Return both counts by the names that results and cards have for them."""
        return {"sessions_known": self.known, "sessions_unknown": self.unknown}

    @property
    def words(self) -> str:
        """The sessions alone: "3 sessions", "sessions unknown"."""
        if not self.unknown:
            return plural(self.known, "session")
        if not self.known:
            return "sessions unknown"
        return (
            f"{plural(self.known, 'session')} and {plural(self.unknown, 'photo')} of unknown ones"
        )

    @property
    def cell(self) -> str:
        """What stands in a table's column of sessions, which is narrow: "3", "unknown"."""
        if not self.unknown:
            return f"{self.known:,}"
        return f"{self.known:,} and unknown" if self.known else "unknown"

    def photos_in_words(self, word: str = "photo") -> str:
        """Return photos and sessions: "43 photos from 3 sessions", "43 photos, sessions unknown".

        Args:
            word: for a photo.
        """
        photos = plural(self.photos, word)
        if not self.unknown:
            return f"{photos} from {self.words}"
        if not self.known:
            return f"{photos}, {self.words}"
        rest = self.photos - self.unknown
        return (
            f"{photos} ({rest:,} from {plural(self.known, 'session')}, {self.unknown:,} of unknown "
            "ones)"
        )
