"""Training as a stream of progress events: the last layer only, or the whole network.

    for event in train(dataset, "my-hand", Settings()):
        print(event)

Nothing is written before the last event, so a training that is cancelled or crashes leaves nothing.
"""

import threading
from collections.abc import Callable, Iterator, Sequence

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Photo, Snapshot, left_out_note
from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.files import check_writable
from fingercount.labels import sort_labels
from fingercount.models.backbones import shared_backbone
from fingercount.models.features import Features
from fingercount.models.loading import build_model, seen_by_backbone
from fingercount.models.registry import SHIPPED, model_folder, new_model_folder
from fingercount.models.storage import Card, compact, read_card, read_seen, write_model
from fingercount.training.calibration import calibrate
from fingercount.training.events import (
    Batch,
    Cancelled,
    Epoch,
    Event,
    FeatureProgress,
    Finished,
    Fitted,
)
from fingercount.training.head import fit_head
from fingercount.training.measuring import measure
from fingercount.training.preflight import check_trainable
from fingercount.training.settings import Settings

ROOM = {"head": 1 << 20, "finetune": 32 << 20}  # bytes that a model takes, and some more


def train(
    dataset: Dataset,
    name: str,
    settings: Settings,
    *,
    replace: bool = False,
    cancel: threading.Event | None = None,
) -> Iterator[Event]:
    """Train a model on a data set, and write it to models/<name>/.

    Args:
        dataset: at least two labels with photos.
        name: the model's name.
        settings: what to train, and how.
        replace: whether a model of that name may be replaced.
        cancel: set it to stop; the stream ends with Cancelled.

    Yields:
        FeatureProgress, Batch (the whole network only) and Epoch; at the end Finished or Cancelled.

    Raises:
        FingercountError: if it cannot work, or the disk is full. A photo that cannot be read is
            left out, and the card says so.
    """
    cancel = cancel or threading.Event()
    check_trainable(dataset)
    folder = new_model_folder(name, replace)
    check_writable(folder.parent, ROOM[settings.mode])
    if folder.name.lower() == SHIPPED and settings.mode == "head":
        raise FingercountError(
            "A last layer cannot replace hands, the network that it and others are built on; "
            "choose another name, or train the whole network.",
            terminal="For the whole network: --mode finetune.",
        )
    backbone = shared_backbone(settings.backbone)
    # All that follows is about these photos as they are now; another window may change them.
    snapshot = dataset.snapshot(ensure_split=True)
    whole = settings.mode == "finetune"
    features = Features(snapshot, backbone, settings.augment, settings.seed)
    copies = 0 if whole or settings.augment.changes_nothing else settings.copies
    for looked in _look(features, copies):
        if cancel.is_set():
            yield Cancelled()
            return
        yield looked
    # One bad photo costs one photo: what follows is about those that can be read.
    broken = sorted(features.broken)
    snapshot = snapshot.without(broken)
    check_trainable(snapshot, broken)
    features.snapshot = snapshot
    learned = snapshot.sides["train"]
    classes = sort_labels(photo.label for photo in learned)
    val = [photo for photo in snapshot.sides["val"] if photo.label in classes]
    fit = _network_fit() if whole else fit_head
    fitted: Fitted | None = None
    for event in fit(features, learned, val, classes, settings):
        if cancel.is_set():
            yield Cancelled()
            return
        if isinstance(event, Fitted):
            fitted = event
        else:
            yield event
    assert fitted is not None  # a fit ends with it
    tensors = compact(fitted.tensors) if whole else fitted.tensors
    seen = {snapshot.hash_of(p): side for side in ("val", "train") for p in snapshot.sides[side]}
    card: Card = {
        "kind": "full" if whole else "head",
        "classes": classes,
        # One view: features are computed of that, and a person's own model answers at once.
        "preprocess": backbone.preprocess.one_view().to_json(),
        "backbone": {"name": backbone.name, "hash": backbone.hash, "form": backbone.backend},
        "settings": settings.to_json(),
        "best_epoch": fitted.best_epoch,
        "data": _describe(snapshot, broken),
    }
    if not whole:
        same_session = _same_session(snapshot, val, seen_by_backbone(folder.name, card))
        card |= calibrate(features, fitted.tensors, learned, val, classes, same_session)
    model = build_model(folder.name, card, tensors, seen)
    if whole and folder.name.lower() == SHIPPED == backbone.name:
        # What is built on it has learned from those photos, too.
        seen = read_seen(model_folder(SHIPPED)) | seen
    card["metrics"] = measure(model, snapshot, None if whole else features)
    if cancel.is_set():
        yield Cancelled()
        return
    write_model(folder, tensors, card, seen=seen, replace=replace)
    yield Finished(folder.name, read_card(folder))


def _network_fit() -> "Callable[..., Iterator[FeatureProgress | Batch | Epoch | Fitted]]":
    with advised():  # here: PyTorch takes longer to import than a last layer takes to train
        from fingercount.training.finetune import fit_network

    return fit_network


def _look(features: Features, copies: int) -> Iterator[FeatureProgress]:
    """Look at all photos before anything is learned, so that broken ones are known."""
    sides = features.snapshot.sides
    for done, total in features.compute(sides["train"], copies):
        yield FeatureProgress(done, total)
    for _ in features.compute([*sides["val"], *sides["test"]]):
        yield FeatureProgress(total, total)


def _describe(snapshot: Snapshot, broken: Sequence[str]) -> dict[str, object]:
    """Return what a card says about the photos that its model was made from.

    Args:
        broken: paths of photos that could not be read.
    """
    sides = snapshot.sides
    return {
        "name": snapshot.name,
        "fingerprint": snapshot.fingerprint,
        "photos": {side: len(photos) for side, photos in sides.items()},
        "sessions": {side: len({p.session for p in photos}) for side, photos in sides.items()},
        "split": snapshot.split.mode,
        "sentence": " ".join(filter(None, [snapshot.split.sentence, left_out_note(broken)])),
        "left_out": list(broken),
    }


def _same_session(snapshot: Snapshot, val: Sequence[Photo], backbone_seen: frozenset[str]) -> bool:
    """Return whether validation photos are like the training photos, so that they flatter."""
    learned = {photo.session for photo in snapshot.sides["train"]}
    # If people are not known, one may be on both sides, which flatters the model as a session does.
    return snapshot.people_unknown or any(
        photo.session in learned or snapshot.hash_of(photo) in backbone_seen for photo in val
    )
