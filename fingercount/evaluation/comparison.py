"""Two models on the same photos: what changed, and whether that is more than chance.

comparison = compare(before, after)      # two evaluation reports
print(comparison.sentence)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fingercount.data.corrections import labels_before
from fingercount.data.edit import Edit
from fingercount.data.reader import DatasetReader
from fingercount.data.session_count import SessionCount
from fingercount.data.snapshot import Snapshot
from fingercount.errors import FingercountError
from fingercount.evaluation.change import Change
from fingercount.evaluation.evaluator import Known, choose_photos, evaluate
from fingercount.evaluation.report import PhotoResult, Report
from fingercount.labels import canonical
from fingercount.models.model import Model
from fingercount.text import percent


@dataclass(frozen=True)
class Corrected:
    """What corrected labels alone did to both figures: the answers are the same, the truth is not.

    Attributes:
        n: how many of the photos had another label before.
        total: how many photos there are.
        old, new: how many each model has right by the labels before, and by those of now.
    """

    n: int
    total: int
    old: tuple[int, int]
    new: tuple[int, int]

    def sentence(self, old: str, new: str) -> str:
        """Say it with the models' names."""
        moves = [(name, *both) for name, both in ((old, self.old), (new, self.new))]
        words = [
            "rises" if after > before else "falls" if after < before else "stays"
            for _, before, after in moves
        ]
        if words[0] == words[1] != "stays":
            what = f"both models {words[0].removesuffix('s')}"
        elif words[0] == words[1]:
            what = "neither model moves by that"
        else:
            what = " and ".join(f"{move[0]} {word}" for move, word in zip(moves, words))
        figures = ", ".join(
            f"{name} from {percent(before / self.total, 1)} to {percent(after / self.total, 1)}"
            for name, before, after in moves
            if before != after
        )
        of = f"{self.n:,} of these {self.total:,} photos"
        return (
            f"You corrected {of} since {old} was trained: {what}"
            f"{f' ({figures})' if figures else ''}."
        )

    def to_json(self) -> dict[str, Any]:
        return {"n": self.n, "total": self.total, "old": list(self.old), "new": list(self.new)}


@dataclass(frozen=True)
class Comparison:
    """Two reports on the same photos under the same labels.

    Attributes:
        old, new: names of the models.
        overall: over all photos.
        per_class: {label: its photos}.
        gained, lost: photos newly right and newly wrong, as the new model answered them.
        sessions: how many the photos are from, as far as that is known.
        notes: what else to know.
        corrected: what labels that were corrected since did; None where none was.
    """

    old: str
    new: str
    overall: Change
    per_class: dict[str, Change]
    gained: list[PhotoResult]
    lost: list[PhotoResult]
    sessions: SessionCount
    notes: list[str]
    corrected: Corrected | None = None
    n_sessions: int = 0  # guessed ones included

    @property
    def sentence(self) -> str:
        """The result in plain words, after what corrected labels did to both."""
        if self.corrected is None:
            return self.verdict
        said = self.corrected.sentence(self.old, self.new)
        return f"{said} By the labels of now, {self.verdict}"

    @property
    def verdict(self) -> str:
        """Which of the models is better by the labels as they are now."""
        change = self.overall
        if change.certain:
            verdict = f"{self.new} is {'better' if change.after > change.before else 'worse'}"
        else:
            verdict = f"{self.new} is neither better nor worse by more than chance"
        return f"{verdict}, on {self.sessions.photos_in_words()}: {change.sentence}."

    def to_json(self) -> dict[str, Any]:
        return {
            "old": self.old,
            "new": self.new,
            "sentence": self.sentence,
            "sessions": self.n_sessions,
            **self.sessions.to_json(),
            "overall": self.overall.to_json(),
            "per_class": {label: change.to_json() for label, change in self.per_class.items()},
            "gained": [item.path for item in self.gained],
            "lost": [item.path for item in self.lost],
            "notes": self.notes,
            "corrected": self.corrected.to_json() if self.corrected else None,
        }


def compare(before: Report, after: Report, earlier: Mapping[str, str] | None = None) -> Comparison:
    """Compare two reports photo by photo.

    Args:
        earlier: {path: the label that it had when the first model was trained}, of photos that
            were corrected since.

    Raises:
        FingercountError: if they have no photo in common.
    """
    first = {item.path: item for item in before.items}
    pairs = [(first[item.path], item) for item in after.items if item.path in first]
    if not pairs:
        raise FingercountError("These two evaluations have no photo in common.")
    labels = [label for label in after.classes if any(b.actual == label for _, b in pairs)]
    labels += [
        label
        for label in before.classes
        if label not in after.classes and any(a.actual == label for a, _ in pairs)
    ]
    return Comparison(
        before.model,
        after.model,
        _change(pairs),
        {label: _change([p for p in pairs if p[1].actual == label]) for label in labels},
        sorted((b for a, b in pairs if b.right and not a.right), key=lambda i: -i.confidence),
        sorted((b for a, b in pairs if a.right and not b.right), key=lambda i: -i.confidence),
        SessionCount.of(item for _, item in pairs),
        _notes(pairs, before, after),
        _corrected(pairs, earlier or {}),
        len({item.session for _, item in pairs}),
    )


def _corrected(
    pairs: list[tuple[PhotoResult, PhotoResult]], earlier: Mapping[str, str]
) -> Corrected | None:
    """Return what the labels did that are other than before; None where none of these is."""
    n = sum(b.path in earlier for _, b in pairs)
    if not n:
        return None

    def counts(items: list[PhotoResult]) -> tuple[int, int]:
        before = sum(
            canonical(earlier.get(item.path, item.actual)) == canonical(item.predicted)
            for item in items
        )
        return before, sum(item.right for item in items)

    return Corrected(n, len(pairs), counts([a for a, _ in pairs]), counts([b for _, b in pairs]))


def compare_models(
    old: Model,
    new: Model,
    dataset: DatasetReader | Snapshot,
    split: str | None = None,
    *,
    known: tuple[Known | None, Known | None] = (None, None),
    edits: Sequence[Edit] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Evaluate two models on the same photos and compare them.

    Args:
        dataset: any folder of label folders, or a snapshot of one.
        split: see choose_photos.
        edits: the changes to the data set, newest first.
        known: what each was asked before, as in `evaluate`.
        progress: called with (answers so far, answers of both in all).
    """
    snapshot = dataset.snapshot()
    _, split = choose_photos(snapshot, split)
    before = evaluate(
        old,
        snapshot,
        split,
        known=known[0],
        progress=lambda done, total: progress(done, 2 * total),
    )
    earlier = labels_before(edits, since=old.card.get("created", "")) if edits else {}
    after = evaluate(
        new,
        snapshot,
        split,
        known=known[1],
        progress=lambda done, total: progress(total + done, 2 * total),
    )
    return compare(before, after, earlier)


def _change(pairs: list[tuple[PhotoResult, PhotoResult]]) -> Change:
    return Change(
        len(pairs),
        sum(a.right for a, _ in pairs),
        sum(b.right for _, b in pairs),
        sum(b.right and not a.right for a, b in pairs),
        sum(a.right and not b.right for a, b in pairs),
    )


def _notes(pairs: list[tuple[PhotoResult, PhotoResult]], old: Report, new: Report) -> list[str]:
    notes = []
    for which, report in ((0, old), (1, new)):
        if seen := sum(pair[which].seen is not None for pair in pairs):
            notes.append(
                f"{report.model} was trained on {seen:,} of these {len(pairs):,} photos, so this "
                "is not a fair comparison."
            )
        elif before := sum(pair[which].backbone_seen for pair in pairs):
            notes.append(
                f"The backbone of {report.model} was trained on {before:,} of these "
                f"{len(pairs):,} photos: expect less on new ones."
            )
        elif known := sum(pair[which].session_seen for pair in pairs):
            notes.append(
                f"{report.model} was trained on other photos of the same sessions as {known:,} of "
                f"these {len(pairs):,}: expect less on another day."
            )
    if SessionCount.of(item for _, item in pairs) == SessionCount(len(pairs), 1):
        notes.append(
            "All photos are from one session, whose frames are alike: chance is taken "
            "for smaller than it is, and on another day it may be otherwise."
        )
    return notes
