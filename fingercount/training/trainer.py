"""Training as a stream of progress events: the last layer only, or the whole network.

    for event in train(dataset, "my-hand", Settings()):
        print(event)

Nothing is written before the last event, so a training that is cancelled or crashes leaves nothing.
"""

import threading
from collections.abc import Callable, Iterator

import numpy as np

from fingercount.data.dataset import Dataset, Photo
from fingercount.data.hashes import fingerprint
from fingercount.data.splits import Split
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import ask, make_report
from fingercount.files import check_writable
from fingercount.labels import sort_labels
from fingercount.models.backbones import shared_backbone
from fingercount.models.model import Model, build_model
from fingercount.models.registry import SHIPPED, model_folder, new_model_folder
from fingercount.models.storage import compact, read_card, read_seen, write_model
from fingercount.training.calibration import can_check_hands, fit_temperature
from fingercount.training.events import Cancelled, Event, Finished, Fitted
from fingercount.training.features import Features, unreadable
from fingercount.training.finetune import fit_network
from fingercount.training.head import fit_head, targets
from fingercount.training.preflight import check_trainable
from fingercount.training.settings import Settings


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
        FeatureProgress (last layer only), Epoch, and at the end Finished or Cancelled.

    Raises:
        FingercountError: where it cannot work, a photo cannot be read, or the disk is full.
    """
    cancel = cancel or threading.Event()
    check_trainable(dataset)
    folder = new_model_folder(name, replace)
    check_writable(folder.parent)
    if folder.name.lower() == SHIPPED and settings.mode == "head":
        raise FingercountError(
            "A last layer cannot take the place of hands, the network that it and others stand on; "
            "choose another name, or train the whole network (--mode finetune)."
        )
    backbone = shared_backbone(settings.backbone)
    split = dataset.ensure_split()
    sides, hashes = _sides(dataset), dataset.hashes()  # another window may change them meanwhile
    for photo in (photo for side in sides.values() for photo in side):
        if photo.path not in hashes:
            raise unreadable(photo)
    classes = sort_labels(photo.label for photo in sides["train"])
    fit = fit_head if settings.mode == "head" else fit_network
    val = [photo for photo in sides["val"] if photo.label in classes]
    fitted = None
    for event in fit(dataset, sides["train"], val, classes, backbone, settings):
        if cancel.is_set():
            yield Cancelled()
            return
        if isinstance(event, Fitted):
            fitted = event
        else:
            yield event
    whole = settings.mode == "finetune"
    tensors = compact(fitted.tensors) if whole else fitted.tensors
    seen = {hashes[p.path]: side for side in ("val", "train") for p in sides[side]}
    card = {
        "kind": "full" if whole else "head",
        "classes": classes,
        # One view: features are computed of that, and a person's own model answers at once.
        "preprocess": backbone.preprocess.one_view().to_json(),
        "backbone": {"name": backbone.name, "hash": backbone.hash, "form": backbone.backend},
        "settings": settings.to_json(),
        "best_epoch": fitted.best_epoch,
        "data": _describe(dataset, sides, split, hashes),
    }
    card |= {} if whole else _self_knowledge(card, tensors, dataset, sides, hashes)
    model = build_model(folder.name, card, tensors, seen)
    if whole and folder.name.lower() == SHIPPED == backbone.name:
        # What will stand on it stands on those photos, too.
        seen = read_seen(model_folder(SHIPPED)) | seen
    known = {} if whole else _answers(model, dataset, sides, hashes)
    figures = {side: _measure(model, dataset, side, sides[side], known) for side in sides}
    card["metrics"] = {side: found for side, found in figures.items() if found}
    if cancel.is_set():
        yield Cancelled()
        return
    write_model(folder, tensors, card, seen=seen, replace=replace)
    yield Finished(folder.name, read_card(folder))


def _sides(dataset: Dataset) -> dict[str, list[Photo]]:
    """Return the photos by side; where nothing is held out, all are trained on."""
    photos = dataset.photos()
    sides = {side: [p for p in photos if p.split == side] for side in ("train", "val", "test")}
    sides["train"] += [photo for photo in photos if photo.split is None]
    return sides


def _describe(dataset: Dataset, sides, split: Split, hashes: dict[str, str]) -> dict:
    pairs = [(p.label, hashes[p.path]) for photos in sides.values() for p in photos]
    return {
        "name": dataset.name,
        "fingerprint": fingerprint(pairs),
        "photos": {side: len(photos) for side, photos in sides.items()},
        "sessions": {side: len({p.session for p in photos}) for side, photos in sides.items()},
        "split": split.mode,
        "sentence": split.sentence,
    }


def _self_knowledge(card: dict, tensors: dict, dataset: Dataset, sides, hashes: dict) -> dict:
    """Return how sure the model may be, and whether its backbone looks for a hand first."""
    classes, backbone = card["classes"], shared_backbone(card["backbone"]["name"])
    features = Features(dataset, backbone, hashes=hashes)
    train, val = sides["train"], [photo for photo in sides["val"] if photo.label in classes]
    for _ in features.compute([*train, *val]):
        pass  # all were looked at before
    model = build_model("", card, tensors, {})
    rows = model.predict_features(features.matrix(val))
    learned = {photo.session for photo in train}
    # Where people are not known, the same one may be on both sides: as flattering as a session.
    same = dataset.people_unknown or any(
        photo.session in learned or hashes[photo.path] in model.backbone_seen for photo in val
    )
    return {
        "temperature": fit_temperature(rows, targets(val, classes).numpy(), same),
        "hand_check": can_check_hands(features.matrix(train), backbone, classes),
    }


def _answers(model: Model, dataset: Dataset, sides, hashes) -> dict[str, np.ndarray]:
    """Return {content hash: probabilities} by the features that are known already."""
    features = Features(dataset, shared_backbone(model.card["backbone"]["name"]), hashes=hashes)

    def look(photos: list[Photo]) -> list[Photo]:
        for _ in features.compute(photos):
            pass  # only the test photos are new, and those only the first time
        return photos

    photos = _with_those_there(dataset, [p for side in sides.values() for p in side], look) or []
    rows = model.predict_features(features.matrix(photos)) if photos else []
    return {hashes[photo.path]: row for photo, row in zip(photos, rows)}


def _with_those_there(dataset: Dataset, photos: list[Photo], use: Callable):
    """Return what `use` makes of the photos that are still there; None without any.

    Another window may move one at any time; a training that is done must not be lost by that.

    Raises:
        FingercountError: where it fails though all of them are there.
    """
    while True:
        there = {photo.path for photo in dataset.photos()}
        photos = [p for p in photos if p.path in there and dataset.absolute(p).is_file()]
        if not photos:
            return None
        try:
            return use(photos)
        except (FingercountError, KeyError):
            if all(dataset.absolute(photo).is_file() for photo in photos):
                raise


def _measure(
    model: Model, dataset: Dataset, side: str, photos: list[Photo], known: dict
) -> dict | None:
    """Return the figures of one side, as Evaluate would show them for the stored weights."""
    report = _with_those_there(
        dataset,
        photos,
        lambda those: make_report(model, dataset, those, ask(model, dataset, those, known), side),
    )
    if report is None:
        return None
    return {
        "n": report.n,
        "sessions": report.sessions,
        "accuracy": report.accuracy,
        "interval": report.interval,
        "backbone_seen": sum(item.backbone_seen for item in report.items),
    }
