"""What everything that answers must offer, whether a model or an exported file."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from fingercount.imaging.types import RGB, Probabilities


class Classifier(Protocol):
    """What live and its checks ask of a model: its classes, its threshold and its answers."""

    @property
    def classes(self) -> Sequence[str]:
        """Class names in the order of the probabilities."""

    @property
    def threshold(self) -> float:
        """The confidence under which the answer is "not sure"."""

    def predict(self, photos: list[RGB], /) -> Probabilities:
        """Return each class's probability, [N, C], for photos, uint8 RGB [H, W, 3] each."""


@runtime_checkable
class SeesViews(Protocol):
    """A model that looks at a photo in one or more ways (see imaging.preprocess.VIEWS)."""

    def predict_view(self, photo: RGB, number: int, /) -> Probabilities:
        """Return the probabilities [C] of one view of a photo; the views take turns by number."""


@runtime_checkable
class SeesSameView(Protocol):
    """A model that looks at several photos in the same way at once."""

    def predict_same_view(self, photos: Sequence[RGB], number: int, /) -> Probabilities:
        """Return the probabilities [N, C] of one view of each photo; the views take turns."""


@runtime_checkable
class SeesSecondHand(Protocol):
    """A model that can also tell whether a second hand is in the picture."""

    def look(self, photo: RGB, number: int, /) -> tuple[Probabilities, float | None]:
        """Return what `predict_view` does, and the probability of a second hand, where known."""
