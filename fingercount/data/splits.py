"""Which photos are held out: only decisions, on plain lists and dicts; no file is touched.

A session (the photos of one person on one occasion) is on one side. Existing sides stay as they
are, so that two runs are measured on the same test photos; only photos without a side get one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fingercount.data.name_times import ends_in_time
from fingercount.data.session_count import SessionCount
from fingercount.imaging.types import Float64Array, IntArray

if TYPE_CHECKING:
    from fingercount.data.snapshot import Photo

SIDES = ("train", "val", "test")
SHARE = 0.2  # of each label's photos for the test, and as much again for validation
MIN_PER_CLASS = 20  # with fewer, a fifth is under four photos: too few for a figure
SAME_SESSION = "same session: expect less on another day"
GUESSED = (
    "Which photos are of one session, and who is on them, is only guessed: frames of one recording "
    "may be on both sides (expect less on another day)."
)

_NUMBERED = re.compile(r"(.+(?<!-!))-(\d{1,6})")  # Teachable Machine's LABEL-!-N is a label


class SplitItem(Protocol):
    """One photo, as far as the split is concerned: a `snapshot.Photo`, or what is like one."""

    @property
    def path(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def session(self) -> str: ...
    @property
    def split(self) -> str | None:
        """Its side; None while it is not decided."""


@dataclass(frozen=True)
class Split:
    """What is held out, and how far a figure from it can be trusted.

    mode: "session" (no test photo is from a session that is trained on), "within" (some are) or
    "none" (nothing is held out). sentence: that in plain words. n_sessions, n_photos: by side.
    """

    mode: str
    sentence: str
    n_sessions: dict[str, int]
    n_photos: dict[str, int]


def parse_name(stem: str) -> tuple[str, int] | None:
    """Return session and number of a name such as 20260102-101500-0003, None for any other.

    A time or a date is not a number: photos of one recording are not one session a minute.
    """
    match = _NUMBERED.fullmatch(stem)
    return (match[1], int(match[2])) if match and not ends_in_time(stem) else None


def natural_key(text: str) -> tuple[list[str | int], str]:
    """Sort key that puts hand-2 before hand-10."""
    parts = re.split(r"([0-9]+)", text.lower())
    return [int(part) if i % 2 else part for i, part in enumerate(parts)], text


def decide(items: Iterable[SplitItem]) -> tuple[dict[str, str], dict[str, str]]:
    """Return sides for photos that have none: {session: side} and, within sessions, {path: side}.

    Nothing at all is held out while a class has under MIN_PER_CLASS photos and no side is given:
    the result is then empty, and these photos get their sides once there are more of them.
    """
    items = list(items)
    new = _without_side(items)
    per_label = Counter(item.label for item in new)
    first_time = all(item.split in (None, "train") for item in items)
    if not new or (first_time and min(per_label.values()) < MIN_PER_CLASS):
        return {}, {}

    held = _Holder(items)
    # Sessions that are only for training (corrected frames) leave none to spare.
    n_sessions = len(held.undecided) if first_time else held.n_sessions
    if n_sessions >= 2 and not held.has_whole_session("test"):
        held.take("test", at_least_one=True)
    elif n_sessions >= 2 or not first_time:
        held.take("test")
    if n_sessions >= 3:
        held.take("val", at_least_one=not held.has_any("val"))

    sides = {session: held.new_sides.get(session, "train") for session in held.undecided}
    return sides, _hold_out_within(items, sides)


class _Holder:
    """Takes whole sessions out of training, greedily, as balanced over the labels as possible."""

    def __init__(self, items: list[SplitItem]):
        self.labels = sorted({item.label for item in items})
        self.totals = _per_label(items, self.labels)
        self.given: dict[str, list[SplitItem]] = {side: [] for side in SIDES}
        by_session: dict[str, list[SplitItem]] = defaultdict(list)
        for item in items:
            if item.split is None:
                by_session[item.session].append(item)
            else:
                self.given[item.split].append(item)
        self.n_sessions = len({item.session for item in items})
        self.trained_on = {item.session for item in self.given["train"]}
        self.new_sides: dict[str, str] = {}
        # Sessions with the same counts are one kind, so thousands of single photos stay fast.
        # The latest come first, as "the last fifth" does within a session.
        self.undecided = sorted(by_session, key=natural_key, reverse=True)
        self.kinds: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for session in self.undecided:
            self.kinds[tuple(_per_label(by_session[session], self.labels))].append(session)
        self.in_train = _per_label([*self.given["train"], *_without_side(items)], self.labels)

    def has_any(self, side: str) -> bool:
        return bool(self.given[side])

    def has_whole_session(self, side: str) -> bool:
        return any(item.session not in self.trained_on for item in self.given[side])

    def take(self, side: str, at_least_one: bool = False) -> None:
        """Move sessions to `side` as long as its share of each label gets nearer to SHARE."""
        held = _per_label(self.given[side], self.labels)
        forced = at_least_one
        while (kind := self._best_kind(held, forced)) is not None:
            forced = False
            sessions = self.kinds[tuple(kind)]
            self.new_sides[sessions.pop(0)] = side
            if not sessions:
                del self.kinds[tuple(kind)]
            held = held + kind
            self.in_train = self.in_train - kind

    def _best_kind(self, held: IntArray, forced: bool) -> IntArray | None:
        kinds = np.array(list(self.kinds), dtype=np.int64).reshape(-1, len(self.labels))
        # Never one without which training would lose a class.
        empties = (self.in_train > 0) & (self.in_train - kinds <= 0)
        kinds = kinds[~empties.any(axis=1)]
        if not len(kinds):
            return None
        costs = self._distance(held + kinds)
        best = int(costs.argmin())
        if forced or costs[best] < self._distance(held[None])[0] - 1e-9:
            chosen: IntArray = kinds[best]
            return chosen
        return None

    def _distance(self, held: IntArray) -> Float64Array:
        """Return how far counts [n, labels] are from SHARE of each label, summed: float [n]."""
        distances: Float64Array = np.abs(held / self.totals - SHARE).sum(axis=1)
        return distances


def _without_side(items: Iterable[SplitItem]) -> list[SplitItem]:
    return [item for item in items if item.split is None]


def _per_label(items: Iterable[SplitItem], labels: list[str]) -> IntArray:
    counts = Counter(item.label for item in items)
    return np.array([counts[label] for label in labels], dtype=np.int64)


def _hold_out_within(items: list[SplitItem], sides: Mapping[str, str]) -> dict[str, str]:
    """Return {path: side} for sessions that must serve two sides: there are too few of them.

    Of each label the last fifth is for the test and the fifth before it for validation, but only
    if the side would have no photo at all otherwise.
    """
    taken = {item.split for item in items if item.split} | set(sides.values())
    wanted = [side for side in ("test", "val") if side not in taken]
    by_label: dict[str, list[SplitItem]] = defaultdict(list)
    for item in _without_side(items):
        if sides[item.session] == "train":
            by_label[item.label].append(item)
    within: dict[str, str] = {}
    for photos in by_label.values() if wanted else ():
        photos.sort(key=lambda item: natural_key(item.path.rpartition("/")[2]))
        fifth = int(len(photos) * SHARE)
        for item in photos:
            within[item.path] = "train"
        for n, side in enumerate(wanted):
            last = len(photos) - n * fifth
            for item in photos[last - fifth : last]:
                within[item.path] = side
    return within


def describe(items: Iterable["Photo"], people_unknown: bool = False) -> Split:
    """Return what these photos' sides mean as a whole, with a sentence for a person."""
    items = list(items)
    sessions = {side: {item.session for item in items if item.split == side} for side in SIDES}
    photos = {side: sum(item.split == side for item in items) for side in SIDES}
    n_sessions = {side: len(names) for side, names in sessions.items()}
    seen = sessions["test"] & (sessions["train"] | sessions["val"])

    if not photos["test"] and not photos["val"]:
        return Split("none", _why_none(items), n_sessions, photos)
    n_seen = sum(item.split == "test" and item.session in seen for item in items)
    if seen:
        part = "The" if n_seen == photos["test"] else f"{n_seen} of the {photos['test']}"
        come = "comes" if n_seen == 1 < photos["test"] else "come"
        sentence = (
            f"{part} test photos {come} from sessions that are trained on too ({SAME_SESSION})."
        )
    else:
        sentence = _held_out_sentence(items, people_unknown)
    missing = sorted({item.label for item in items} - {i.label for i in items if i.split == "test"})
    if missing and photos["test"]:
        sentence += f" None of them shows {', '.join(missing)}: record that in one more session."
    if people_unknown and n_seen < photos["test"]:
        sentence += f" {GUESSED}"
    return Split("within" if seen else "session", sentence, n_sessions, photos)


def _why_none(items: Sequence[SplitItem]) -> str:
    counts = Counter(item.label for item in items)
    few = [label for label, n in counts.items() if n < MIN_PER_CLASS]
    if not few:
        return "Nothing is held out, so there are no test photos to measure on."
    return (
        f"Nothing is held out: under {MIN_PER_CLASS} photos of {', '.join(sorted(few))}. "
        "Take more to learn how good the model is."
    )


def _held_out_sentence(items: list["Photo"], guessed: bool) -> str:
    def part(side: str) -> str:
        return SessionCount.of(item for item in items if item.split == side).photos_in_words()

    if not any(item.split == "test" for item in items):
        return f"Held out for validation: {part('val')}; there are no test photos."
    return f"Held out for the test: {part('test')}{'' if guessed else ' that training never sees'}."
