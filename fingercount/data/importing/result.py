"""What an import did, in numbers and words, and what to say if nothing came in."""

from dataclasses import dataclass, field

from fingercount.data.importing.layout import Layout, Reading
from fingercount.data.importing.tree import NO_LABEL
from fingercount.data.session_count import SessionCount
from fingercount.errors import FingercountError
from fingercount.text import plural


@dataclass
class ImportResult:
    """What was imported, and what was not and why.

    skipped: (path in the source, reason). duplicates: byte-equal to one under the same label, of
    which `repeated` are twice in the source itself. sessions: how many the added photos belong to,
    of which sessions_known are known; of sessions_unknown photos nobody has said which.
    guessed: {name in the source: label} where that is read as another word. readings: how labels
    could be read, what was taken first. edit: what `Dataset.undo` takes to undo it.
    """

    added: int = 0
    by_label: dict[str, int] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    duplicates: int = 0
    sessions: int = 0
    people_unknown: bool = False
    warnings: list[str] = field(default_factory=list)
    edit: str | None = None
    repeated: int = 0
    guessed: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    sessions_known: int = 0
    sessions_unknown: int = 0

    @property
    def session_count(self) -> SessionCount:
        """The sessions of the added photos, as far as they are known."""
        return SessionCount(self.added, self.sessions_known, self.sessions_unknown)


class NoLabelError(FingercountError):
    """Photos are there, and nothing says what they show: a label has to be chosen."""


def nothing_came_in(source: str, result: ImportResult, layout: Layout) -> FingercountError:
    """Return the advice for an import that found nothing new."""
    if result.duplicates:
        return FingercountError(
            f"Nothing new in {source}: its {result.duplicates} photos are in the data set already."
        )
    beside = layout.unread[0] if layout.unread else ""
    if layout.flat and beside:
        return NoLabelError(
            f"Nothing in {source} could be imported: {beside} names its photos, but which label "
            "each has could not be read from it. Put the photos into a folder per label, or make "
            "it a CSV with the columns file and label."
        )
    if layout.flat:
        n = sum(reason == NO_LABEL for _, reason in layout.skipped)
        return NoLabelError(
            f"Nothing in {source} could be imported: its {plural(n, 'photo')} lie in no folder "
            "that is named for a label, such as two/photo.jpg; say which label they have."
        )
    if layout.archives:
        first = layout.archives[0]
        return FingercountError(
            f"Nothing in {source} could be imported: it holds {plural(len(layout.archives), 'zip')}"
            f" or other archives inside, the first {first}. Unpack it, then import each by itself."
        )
    if result.skipped:
        path, reason = result.skipped[0]
        return FingercountError(
            f"Nothing in {source} could be imported. Left out: "
            f"{plural(len(result.skipped), 'file')}, the first {path} ({reason.rstrip('.')})."
        )
    return FingercountError(
        f"No photos in {source}: it needs a folder per label, such as two/photo.jpg, or those in "
        "train, val and test."
    )
