"""The same training with one setting after another: how much does it matter?

    for event in sweep(dataset, Settings(), "lr"):
        if isinstance(event, Tried): print(event.value, event.accuracy, event.interval)

Only last layers are swept: on features that are there already, each takes about a second. What they
are measured on is the validation side. The test side has to stay unseen, or its figure would be the
best of many and no longer that of a model.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.evaluation.metrics import share, wilson
from fingercount.imaging.augment import Augment
from fingercount.labels import sort_labels
from fingercount.models.backbones import shared_backbone
from fingercount.models.features import Features
from fingercount.training.events import FeatureProgress, Fitted
from fingercount.training.head import fit_head, targets
from fingercount.training.preflight import check_trainable
from fingercount.training.settings import Settings

VALUES: dict[str, list[float]] = {
    "lr": [1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1],
    "epochs": [1, 2, 5, 10, 20, 40, 60, 100, 200],
    "batch_size": [8, 16, 32, 64, 128, 256],
    "weight_decay": [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
    "copies": [0, 1, 2, 4, 8],
}
STEPS = 5  # values of a transform, from nothing to its most
WHOLE = ("epochs", "batch_size", "copies")  # these are counts
SLIDERS = {slider.name: slider.metadata for slider in fields(Augment)}
NAMES = (*VALUES, *SLIDERS)


@dataclass(frozen=True)
class Tried:
    """A training with one value of the setting.

    Attributes:
        value: of the setting.
        right, n: of the validation photos, with the weights of its best epoch.
    """

    value: float
    right: int
    n: int

    @property
    def accuracy(self) -> float:
        return share(self.right, self.n) or 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval."""
        return wilson(self.right, self.n) or (0.0, 1.0)


def values_of(name: str) -> list[float]:
    """Return the values of a setting that are tried, in order.

    Args:
        name: one of NAMES.
    """
    if name in VALUES:
        return VALUES[name]
    most, step = (float(SLIDERS[name][key]) for key in ("most", "step"))
    wanted = (most * n / (STEPS - 1) for n in range(STEPS))
    return sorted({round(round(value / step) * step, 6) for value in wanted})


def with_value(settings: Settings, name: str, value: float) -> Settings:
    """Return settings with one of them set, a transform's too."""
    if name in SLIDERS:
        return replace(settings, augment=replace(settings.augment, **{name: value}))
    changed: dict[str, Any] = {name: int(value) if name in WHOLE else value}
    return replace(settings, **changed)


def sweep(
    dataset: Dataset,
    settings: Settings,
    name: str,
    values: Sequence[float] | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[FeatureProgress | Tried]:
    """Train a last layer with each value of a setting; nothing is written but cache/.

    Args:
        dataset: with photos for validation; sides are decided as for a training.
        settings: of all the trainings, but for what is tried.
        name: of the setting, one of NAMES.
        values: what to try; by default `values_of` the setting.
        cancel: set it to stop, after the training that it is at.

    Yields:
        FeatureProgress while photos are looked at for the first time, and a Tried for each value.

    Raises:
        FingercountError: if it cannot work.
    """
    if settings.mode != "head":
        raise FingercountError("Only a last layer can be tried with many values; it takes seconds.")
    check_trainable(dataset)
    snapshot = dataset.snapshot(ensure_split=True)
    backbone = shared_backbone(settings.backbone)
    features: Features | None = None
    for value in values_of(name) if values is None else values:
        tried = with_value(settings, name, value)
        if features is None or features.augment != tried.augment:
            features = Features(snapshot, backbone, tried.augment, tried.seed)
        sides = snapshot.sides
        copies = 0 if tried.augment.changes_nothing else tried.copies
        for photos, of_each in ((sides["train"], copies), (sides["val"], 0)):
            for done, total in features.compute(photos, of_each):
                if cancel and cancel.is_set():
                    return
                yield FeatureProgress(done, total)
        learned = features.readable(sides["train"])
        classes = sort_labels({photo.label for photo in learned})
        val = [p for p in features.readable(sides["val"]) if p.label in classes]
        if not val:
            raise FingercountError(
                "No photo is held out for validation, so values cannot be compared; collect at "
                "least twenty photos of each label."
            )
        *_, fitted = fit_head(features, learned, val, classes, tried)
        assert isinstance(fitted, Fitted)  # a fit ends with it
        weight, bias = fitted.tensors["weight"], fitted.tensors["bias"]
        said = (features.matrix(val) @ weight.T + bias).argmax(1)
        yield Tried(value, int((said == targets(val, classes)).sum()), len(val))
        if cancel and cancel.is_set():
            return


def best_of(tried: Sequence[Tried]) -> Tried:
    """Return the best of some trainings; of several as good, the middle one."""
    most = max(one.accuracy for one in tried)
    equal = [one for one in tried if one.accuracy == most]
    return equal[len(equal) // 2]


def as_good(tried: Sequence[Tried]) -> list[Tried]:
    """Return those whose interval overlaps the best one's: these photos do not tell them apart."""
    least, _ = best_of(tried).interval
    return [one for one in tried if one.interval[1] >= least]
