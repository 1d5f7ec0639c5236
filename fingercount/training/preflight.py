"""What is wrong with a data set before hours of training on it."""

from collections.abc import Sequence

from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Listing, Photo, left_out_note
from fingercount.data.splits import MIN_PER_CLASS
from fingercount.errors import FingercountError
from fingercount.labels import sort_labels
from fingercount.text import plural

ENOUGH_SESSIONS = 3  # one to train on, one to choose the epoch by, one to test on


def check_trainable(dataset: DatasetReader | Listing, broken: Sequence[str] = ()) -> list[str]:
    """Return warnings, in sentences, about a training on these photos.

    Args:
        dataset: the photos as they are now, or as they were when they were listed.
        broken: paths of photos that are left out of it because they could not be read.

    Raises:
        FingercountError: if it cannot work: fewer than two classes, or an empty one.
    """
    listing = dataset.listing()
    counts = listing.counts
    empty = [label for label, n in counts.items() if not n]
    filled = [label for label, n in counts.items() if n]
    note = " ".join(filter(None, [listing.left_out, left_out_note(broken)]))
    left_out = f" {note}".rstrip()
    if not counts:
        raise FingercountError(listing.why_empty)
    if len(filled) < 2:
        has = f"photos of {filled[0]} only" if filled else "no photos"
        raise FingercountError(
            f"The data set {listing.name} has {has}; training needs at least two "
            f"labels. Collect photos of another one.{left_out}"
        )
    if empty:
        raise FingercountError(
            f"{', '.join(empty)} in {listing.name} has no photos; collect some, or remove the "
            f"empty label's folder.{left_out}"
        )
    held_out = _only_held_out(listing.photos)
    if len(filled) - len(held_out) < 2:
        raise FingercountError(
            f"All photos of {', '.join(held_out)} in {listing.name} are held out; training needs "
            "at least two labels. Collect photos of them in a new session."
        )
    return [*filter(None, [note]), *_warnings(listing, held_out)]


def _only_held_out(photos: Sequence[Photo]) -> list[str]:
    """Return the labels that have no photo to learn from."""
    learned = {photo.label for photo in photos if photo.split in (None, "train")}
    return sort_labels({photo.label for photo in photos} - learned)


def _warnings(listing: Listing, held_out: list[str]) -> list[str]:
    counts = listing.counts
    few = [f"{label} ({n})" for label, n in counts.items() if n < MIN_PER_CLASS]
    measured = any(photo.split in ("val", "test") for photo in listing.photos)
    warnings = []
    if held_out:
        warnings.append(
            f"All photos of {', '.join(held_out)} are held out, so the model does not learn that. "
            "Collect more in a new session."
        )
    if few and measured:
        warnings.append(f"Few photos of {', '.join(few)}: their figures say little. Collect more.")
    elif few:
        warnings.append(
            f"Few photos of {', '.join(few)}: under {MIN_PER_CLASS} a label, nothing is held out "
            "and the result cannot be measured. It may still work well for you; look at it live."
        )
    unknown = listing.session_count.unknown
    if unknown and listing.session_count.known < ENOUGH_SESSIONS:
        warnings.append(
            f"Nobody has said which sessions {plural(unknown, 'photo')} are of, so the figures may "
            f"be better than on another day. Record {ENOUGH_SESSIONS} sessions or more yourself to "
            "know."
        )
    elif listing.n_sessions < ENOUGH_SESSIONS:
        warnings.append(
            f"{_few_sessions(listing.photos, bool(few))} Record {ENOUGH_SESSIONS} or more (another "
            "day, place or person)."
        )
    smallest, largest = min(counts.values()), max(counts.values())
    if largest > 5 * smallest and not few:
        warnings.append(
            f"The labels are uneven ({smallest} to {largest} photos); rare ones are weighted up."
        )
    return warnings


def _few_sessions(photos: Sequence[Photo], few: bool) -> str:
    """Say what one session or two allow; few: whether a label has too few photos to hold out."""
    sides: dict[str, set[str | None]] = {}
    for photo in photos:
        sides.setdefault(photo.session, set()).add(photo.split)
    undecided = [session for session, there in sides.items() if None in there and not few]
    held_out = [session for session, there in sides.items() if there <= {"val", "test"}]
    if len(sides) == 1:
        measured = undecided or {"val", "test"} & set().union(*sides.values())
        same = ": the accuracy will be of the same session, and less on another day"
        return f"Only 1 session{same if measured else ''}."
    if held_out or len(undecided) > 1:
        return (
            "Only 2 sessions: one is held out for the test, so the model learns from the other "
            "alone."
        )
    return "Only 2 sessions."
