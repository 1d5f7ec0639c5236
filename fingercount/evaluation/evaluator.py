"""How far to trust a model: confusion matrix, precision, recall, and intervals.

    report = evaluate(load_model("hands"), Dataset("data/hands"))
    report.accuracy, report.interval

Rows are actual, columns are predicted, everywhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fingercount.access import CACHE
from fingercount.ahead import ahead
from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Listing, Photo, Snapshot, left_out_note
from fingercount.errors import FingercountError
from fingercount.evaluation.report import PhotoResult, Report, _part, sessions_note
from fingercount.imaging.types import Float32Array, Probabilities
from fingercount.labels import canonical, sort_labels
from fingercount.models.features import Features
from fingercount.models.model import BATCH, Model
from fingercount.paths import data_dir

Known: TypeAlias = dict[str, Probabilities]  # content hash -> what the model said of the photo
# How many photos are done, and some of them that can be read, with their probabilities [n, C].
Answers: TypeAlias = tuple[int, Sequence[Photo], Iterable[Probabilities]]

PART = 4096  # photos whose features are in memory at a time

SPLITS = ("test", "val", "train", "all")


def choose_photos(
    dataset: DatasetReader | Listing, split: str | None
) -> tuple[Sequence[Photo], str]:
    """Return the photos to evaluate, and which split they are.

    Args:
        split: one of SPLITS; None takes the stored test side if there is one, else everything.

    Raises:
        FingercountError: if there is no such photo.
    """
    if split not in (None, *SPLITS):
        raise FingercountError(f"There is no split {split!r}; choose one of {', '.join(SPLITS)}.")
    listing = dataset.listing()
    photos = listing.photos
    if not photos:
        raise FingercountError(listing.why_empty)
    if split is None:
        split = "test" if any(photo.split == "test" for photo in photos) else "all"
    chosen = [photo for photo in photos if split in ("all", photo.split)]
    if not chosen:
        raise FingercountError(
            f"The data set {listing.name} has no {split} side yet; train on it once, which holds "
            "sessions out, or evaluate everything.",
            terminal="For everything: --split all.",
        )
    return chosen, split


def evaluate(
    model: Model,
    dataset: DatasetReader | Snapshot,
    split: str | None = None,
    *,
    known: Known | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Ask the model about every photo of one side of a data set.

    Args:
        model: from load_model.
        dataset: any folder of label folders, or a snapshot of one.
        split: see choose_photos.
        known: {content hash: probabilities [C]} of photos this model was asked about before; what
            is new is added, so that relabelling a photo asks nothing again.
        progress: called with (done, total) as it goes.

    Raises:
        FingercountError: if there is nothing to evaluate. A photo that cannot be read is left
            out, which the report notes.
    """
    snapshot = dataset.snapshot()
    photos, split = choose_photos(snapshot, split)
    read, rows = ask(model, snapshot, photos, {} if known is None else known, progress)
    broken = {photo.path for photo in photos} - {photo.path for photo in read}
    if not read:
        raise FingercountError(
            f"No photo of {snapshot.name} can be read ({min(broken)} and others are no photos, or "
            "damaged); import them again."
        )
    return make_report(model, snapshot, read, rows, split, broken)


def ask(
    model: Model,
    snapshot: Snapshot,
    photos: Sequence[Photo],
    known: Known,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Photo], Probabilities]:
    """Return (those of the photos that can be read, the model's probabilities [N, C] of them).

    The arguments are as for `evaluate`.
    """
    photos = [photo for photo in photos if photo.path in snapshot.hashes]
    asked = [photo for photo in photos if snapshot.hash_of(photo) not in known]
    before = len(photos) - len(asked)
    progress(before, len(photos))
    answers = _look if model.frozen is None else _look_once
    for done, read, rows in answers(model, snapshot, asked):
        known |= {snapshot.hash_of(photo): row for photo, row in zip(read, rows)}
        progress(before + done, len(photos))
    photos = [photo for photo in photos if snapshot.hash_of(photo) in known]
    found = [known[snapshot.hash_of(photo)] for photo in photos]
    return photos, np.stack(found) if found else np.zeros((0, len(model.classes)), np.float32)


def _look(model: Model, snapshot: Snapshot, photos: Sequence[Photo]) -> Iterator[Answers]:
    """Ask the model, some photos at a time."""
    # While the network looks at some photos, the next are decoded and brought to its size: only as
    # many whole ones are in memory as there are threads.
    with ahead(partial(_views, model, snapshot), photos, 2 * BATCH) as views:
        for first in range(0, len(photos), BATCH):
            part = photos[first : first + BATCH]
            read = [(photo, x) for photo, x in zip(part, views) if x is not None]
            rows = model.predict_views(x for _, x in read)
            yield first + len(part), [photo for photo, _ in read], rows


def _views(model: Model, snapshot: Snapshot, photo: Photo) -> Float32Array | None:
    """Return a photo as the model looks at it, or None where it cannot be read."""
    try:
        rgb = snapshot.image(photo)
    except FingercountError:
        return None
    return model.preprocess.all_views(rgb)


def _look_once(model: Model, snapshot: Snapshot, photos: Sequence[Photo]) -> Iterator[Answers]:
    """Ask the model's last layer, and the network below it where it has not seen a photo yet."""
    assert model.frozen is not None  # as `ask` sees to
    views, keep = model.preprocess.views, _is_ours(snapshot.root)
    for first in range(0, len(photos), PART):
        part = photos[first : first + PART]
        features = Features(snapshot, model.frozen, keep=keep)
        for looked, all_looks in features.compute(part, views=views):
            yield first + looked * len(part) // max(1, all_looks), [], []
        read = features.readable(part)
        by_view = np.stack([features.matrix(read, view) for view in views], axis=1)
        yield first + len(part), read, model.predict_seen(by_view)


def _is_ours(folder: Path) -> bool:
    """Whether it is a data set of this program's, so that features may be kept in it.

    To evaluate leaves nothing in a folder of somebody's photos.
    """
    return folder.resolve().parent == data_dir().resolve() or (folder / CACHE).is_dir()


def make_report(
    model: Model,
    snapshot: Snapshot,
    photos: Sequence[Photo],
    probabilities: Probabilities,
    split: str,
    broken: Collection[str] = (),
) -> Report:
    """Return the report on photos of a snapshot whose probabilities [N, C] are known.

    Args:
        broken: paths of photos of that side that could not be read.
    """
    canonical_of = {canonical(label): label for label in model.classes}
    known = {p.session for p in snapshot.photos if snapshot.hashes.get(p.path) in model.seen}
    items = []
    for photo, row in zip(photos, probabilities):
        content = snapshot.hashes.get(photo.path, "")
        items.append(
            PhotoResult(
                path=photo.path,
                actual=canonical_of.get(photo.label, photo.label),
                predicted=model.classes[int(np.argmax(row))],
                answer=model.answer(row),
                probabilities=tuple(float(p) for p in row),
                session=photo.session,
                split=photo.split,
                seen=model.seen.get(content),
                session_seen=photo.session in known,
                backbone_seen=content in model.backbone_seen,
                session_guessed=photo.session_guessed,
            )
        )
    strange = sort_labels({item.actual for item in items} - set(model.classes))
    notes = [sessions_note(items, snapshot.people_unknown)]
    if before := sum(item.backbone_seen for item in items):
        notes.append(
            f"Its backbone was trained on {_part(before, len(items))} photos: expect less on new "
            "ones."
        )
    notes += filter(None, [snapshot.left_out, left_out_note(broken)])
    if strange:
        notes.append(f"The model does not know {', '.join(strange)}: those photos count as wrong.")
    return Report(model.name, snapshot.name, split, [*model.classes, *strange], items, notes)
