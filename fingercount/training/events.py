"""The events that a running training reports."""

from dataclasses import dataclass
from typing import Any

from fingercount.models.storage import Card


@dataclass(frozen=True)
class FeatureProgress:
    """The frozen network has looked at `done` of `total` photos and copies."""

    done: int
    total: int


@dataclass(frozen=True)
class Batch:
    """The whole network has learned from `done` of the `total` batches of all its passes."""

    done: int
    total: int


@dataclass(frozen=True)
class Epoch:
    """One pass is over; losses are mean cross-entropy, None if nothing is held out."""

    epoch: int
    epochs: int
    train_loss: float
    train_accuracy: float
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass(frozen=True)
class Fitted:
    """The weights of the best epoch: a last layer's, or a whole ResNet-18's."""

    tensors: dict[str, Any]  # arrays, or PyTorch's tensors: models/storage.py writes both
    best_epoch: int


@dataclass(frozen=True)
class Finished:
    """The model is on disk."""

    name: str
    card: Card


@dataclass(frozen=True)
class Cancelled:
    """The person stopped the training; nothing was written."""


Event = FeatureProgress | Batch | Epoch | Fitted | Finished | Cancelled
