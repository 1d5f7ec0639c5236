"""The meaning of a folder tree: which of its levels is the label, which a side, which a session.

    tree = read_tree({"train/one/left": 3, "train/two/left": 3, "test/one/right": 2}, set())
    tree.places["train/one/left"]        # label one, side train, session left

Decided on the names of all folders together, never on one folder alone: the level whose names are
counts is the label; without counts it is the level whose names repeat below every sibling, or the
only one that is no person, hand, date or recording. Levels are numbered from the outside, without
wrapper folders and sides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from fingercount.data.importing import folder_names as names
from fingercount.data.importing.side_labels import labels_of_sides, look_like_sides, note_of
from fingercount.data.side_names import hinted_side, side_of, without_side
from fingercount.labels import canonical

Parts = tuple[str, ...]
NO_LABEL = "not in a folder named for a label"


class Place(NamedTuple):
    """What the tree says of the photos of one folder.

    label: the folder's name, as it is written; None where they stay out, for the reason given.
    session: from the folders that are neither label nor side. sure: it is a person or a day.
    """

    label: str | None
    side: str | None = None
    session: str | None = None
    sure: bool = False
    reason: str = ""


@dataclass
class Tree:
    """A reading of the tree. level: the label's, 0 where nothing was chosen by level.

    others: {level: its names} of levels that could be the label as well. notes: for a person.
    """

    places: dict[str, Place] = field(default_factory=dict)
    level: int = 0
    labels: list[str] = field(default_factory=list)
    others: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_tree(
    folders: Iterable[str], mapped: Collection[str] = (), level: int | None = None
) -> Tree:
    """Return what the folders of photos mean.

    Args:
        folders: posix, relative to the source; those that hold photos themselves. "" is the source.
        mapped: canonical names that the person has given a label to.
        level: of the label, where the person has said so.
    """
    return _Reader([tuple(f.split("/")) if f else () for f in folders], mapped).read(level)


class _Reader:
    """One look at a tree: `rest` of a folder is what is left without wrapper and sides."""

    def __init__(self, folders: list[Parts], mapped: Collection[str]):
        self.folders = folders
        self.mapped = frozenset(mapped)
        self.wrapper = self._wrapper()
        self.sides: dict[Parts, dict[int, str]] = {}
        self.rest: dict[Parts, Parts] = {}
        self.below = self._below()
        self.side_labels = {
            at: label
            for at, label in labels_of_sides(self.below, self._is_no_label).items()
            if not self.strength(at[-1])
        }
        hinted = self._hinted()
        for folder in folders:
            sides: dict[int, str] = {}
            for i, part in enumerate(folder):
                if self.strength(part):
                    continue
                side = side_of(part) or hinted.get(folder[: i + 1])
                if not side and i and part == folder[i - 1]:  # unpacking makes x_train/x_train
                    side = sides.get(i - 1)
                if side:
                    sides[i] = side
            self.sides[folder] = sides
            self.rest[folder] = tuple(
                part
                for i, part in enumerate(folder)
                if i not in sides and (i >= self.wrapper or self.strength(part))
            )

    def strength(self, name: str) -> int:
        """Return how surely a name is a label: 4 as the person says so, 0 it is no count."""
        if canonical(name) in self.mapped:
            return 4
        found = names.count_in(name)
        return found.strength if found else 0

    def read(self, level: int | None) -> Tree:
        """Return the reading, by the level that was asked for, by counts, or by structure."""
        others: dict[int, list[str]] = {}
        if level is not None:
            index = {f: level - 1 for f, rest in self.rest.items() if len(rest) >= level}
        elif any(self.strength(part) for rest in self.rest.values() for part in rest):
            index, others = self._by_counts()
        else:
            index, others = self._by_structure()
        places = {folder: self._place(folder, index.get(folder)) for folder in self.folders}
        if level is None:
            places |= self._on_one_side_only(places)
        chosen = sorted(set(index.values()))
        tree = Tree(
            {"/".join(folder): place for folder, place in places.items()},
            chosen[0] + 1 if len(chosen) == 1 else 0,
            sorted({place.label for place in places.values() if place.label}),
            others,
        )
        labels = {f: str(p.label) for f, p in places.items() if p.label and not p.side}
        tree.notes = look_like_sides(labels, self.wrapper)
        if self.side_labels:
            tree.notes.append(note_of(self.side_labels))
        return tree

    def _wrapper(self) -> int:
        """Return how many folders at the top are around everything; the last one is never."""
        if not self.folders:
            return 0
        shortest = min(map(len, self.folders))
        if len(self.folders) == 1:
            shortest -= 1
        n = 0
        while n < shortest and len({folder[n] for folder in self.folders}) == 1:
            n += 1
        return n

    def _below(self) -> dict[Parts, set[str]]:
        """Return {folder: names of all folders in it, at any depth}."""
        below: dict[Parts, set[str]] = defaultdict(set)
        for folder in self.folders:
            for i in range(len(folder)):
                below[folder[: i + 1]] |= set(folder[i + 1 :])
        return below

    def _hinted(self) -> dict[Parts, str]:
        """Return {folder: side} of siblings that are named for a side among other things, as
        asl_alphabet_train and asl_alphabet_test are, and are alike otherwise."""
        found: dict[Parts, str] = {}
        below = self.below
        for at, inside in below.items():
            name = at[-1]
            counts = self.strength(name) or at in self.side_labels
            if len(at) <= self.wrapper or counts or not hinted_side(name):
                continue
            siblings = [b for b in below if len(b) == len(at) and b[:-1] == at[:-1] and b != at]
            if any(
                inside & below[s] or without_side(s[-1]) == without_side(name) for s in siblings
            ):
                found[at] = str(hinted_side(name))
        return found

    def _by_counts(self) -> tuple[dict[Parts, int], dict[int, list[str]]]:
        index: dict[Parts, int] = {}
        others: dict[int, list[str]] = {}
        patterns: dict[tuple[int, ...], list[Parts]] = defaultdict(list)
        for folder, rest in self.rest.items():
            patterns[tuple(i for i, part in enumerate(rest) if self.strength(part))].append(folder)
        for levels, members in patterns.items():
            if levels:
                # Number words before digits, digits before names with a number in them; of equals
                # the inner level, as in 1/3/x.jpg: the third of the first person.
                best = max(levels, key=lambda i: (self._mean_strength(members, i), i))
                index |= dict.fromkeys(members, best)
                for i in levels:
                    if any(self.rest[f][i] != self.rest[f][best] for f in members):
                        others[i + 1] = sorted({self.rest[f][i] for f in members})
        families = {(self.rest[f][:i]) for f, i in index.items()}
        inside: dict[Parts, set[str]] = defaultdict(set)  # what stands below a family's labels
        direct: set[Parts] = set()
        for f, i in index.items():
            inside[self.rest[f][:i]] |= set(self.rest[f][i + 1 : i + 2])
            if len(self.rest[f]) == i + 1:
                direct.add(self.rest[f][:i])
        beside: set[str] = set()
        for folder in patterns.get((), ()):
            rest = self.rest[folder]
            for i, part in enumerate(rest):
                family, below = rest[:i], rest[i + 1 : i + 2]
                alike = (
                    not below
                    or family not in direct
                    or below[0] in inside[family]
                    or names.is_occasion(below[0])
                )
                if family in families and alike and not names.is_generic(part):
                    index[folder] = i
                    beside.add(part)
                    break
        for folder in patterns.get((), ()):  # such a name is a label elsewhere, too
            if folder not in index:
                hits = [i for i, part in enumerate(self.rest[folder]) if part in beside]
                if hits:
                    index[folder] = hits[-1]
        return index, others

    def _mean_strength(self, folders: list[Parts], i: int) -> float:
        found = {self.rest[folder][i] for folder in folders}
        return sum(map(self.strength, found)) / len(found)

    def _by_structure(self) -> tuple[dict[Parts, int], dict[int, list[str]]]:
        rests = [rest for rest in self.rest.values() if rest]
        if not rests:
            return {}, {}
        depth = max(map(len, rests))
        at = [{rest[i] for rest in rests if len(rest) > i} for i in range(depth)]
        usable = [i for i in range(depth) if not all(map(self._is_no_label, at[i]))]
        several = [i for i in usable if len(at[i]) > 1]
        if not usable:  # hands may be labels where there is nothing else
            usable = [i for i in range(depth) if len(at[i]) > 1 and all(map(names.is_hand, at[i]))]
        candidates = several or usable
        if not candidates:
            return {}, {}
        repeating = [i for i in candidates if i > 0 and self._repeats(rests, i)]
        best = repeating[-1] if repeating else candidates[0]
        index = {f: best for f, rest in self.rest.items() if len(rest) > best}
        others = {i + 1: sorted(at[i]) for i in candidates if i != best}
        return index, others

    @staticmethod
    def _is_no_label(name: str) -> bool:
        return names.is_generic(name) or names.is_occasion(name) or names.is_unlabelled(name)

    @staticmethod
    def _repeats(rests: list[Parts], i: int) -> bool:
        """Return whether the names of a level are the same below most of its parents."""
        below: dict[Parts, set[str]] = defaultdict(set)
        for rest in rests:
            if len(rest) > i:
                below[rest[:i]].add(rest[i])
        every = set().union(*below.values())
        common = [name for name in every if sum(name in found for found in below.values()) > 1]
        return len(below) > 1 and len(common) * 2 >= len(every)

    def _place(self, folder: Parts, i: int | None) -> Place:
        rest = self.rest[folder]
        sides = list(self.sides[folder].values())
        side = sides[-1] if sides else None
        if any(map(names.is_unlabelled, rest)) and not any(map(self.strength, rest)):
            return Place(None, side, reason="its folder says that nobody has labelled it")
        if i is None:
            return Place(None, side, reason=NO_LABEL)
        others = [part for j, part in enumerate(rest) if j != i and not names.is_generic(part)]
        others = [part for part in others if part != rest[i]]
        sure = any(map(names.is_person_or_date, others))
        label = rest[i]
        side = side or (hinted_side(label) if self.strength(label) else None)
        for at in (folder[: n + 1] for n, part in enumerate(folder) if part == label):
            if at in self.side_labels:
                label, side = self.side_labels[at], side or hinted_side(label)
                break
        return Place(label, side, "-".join(others) or None, sure)

    def _on_one_side_only(self, places: dict[Parts, Place]) -> dict[Parts, Place]:
        """Return the places of what only one side has and is no count, as test/images: left out."""
        on: dict[str, set[str | None]] = defaultdict(set)
        for place in places.values():
            if place.label is not None:
                on[canonical(place.label)].add(place.side)
        every = set().union(*on.values()) - {None} if on else set()
        counted = any(self.strength(place.label) for place in places.values() if place.label)
        if len(every) < 2:
            return {}
        shared = {side for sides in on.values() if len(sides) > 1 for side in sides}
        out = {}
        for folder, place in places.items():
            label = place.label
            if label is None or self.strength(label) or len(on[canonical(label)]) > 1:
                continue
            if counted or (place.side not in shared and shared) or names.is_generic(label):
                reason = f"only {place.side or 'one side'} has a folder {label}, and it is no count"
                out[folder] = Place(None, place.side, reason=reason)
        return out
