"""A model in memory, to be asked about photos.

model = load_model("hands")                # of models/loading.py
probabilities = model.predict([rgb])       # [1, classes], in the order of model.classes
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.types import RGB, Float32Array, Probabilities
from fingercount.models import last_layer
from fingercount.models.backbones import (
    Backbone,
)
from fingercount.models.decision import answer_of
from fingercount.models.last_layer import HandCheck, LastLayer
from fingercount.models.second_hand import SecondHand, second_hand
from fingercount.models.storage import Card

if TYPE_CHECKING:
    from torch import nn

THRESHOLD = 0.5  # less likely than all other classes together: better no answer than a guess
BATCH = 32  # photos through the network at once; more is no faster on a CPU


class Model:
    """A trained model in memory.

    Attributes:
        name: its folder's name.
        card: what card.json says.
        classes: class names in the order of the outputs.
        preprocess: the path from an RGB photo to the network's input.
        last_layer: its (weight [C, 512], bias [C]).
        make_network: returns what becomes `network`; called when that is first needed.
        extract_features: all but its last layer in the fast backend, [N, 3, size, size] ->
            [N, 512], which is used if it is available; or None.
        threshold: confidence under which the answer is "not sure".
        hand_check: (weight [K, 512], bias [K], index of none): the last layer that its backbone
            had before, if the card says to ask it whether there is a hand; or None.
            Probabilities then sum to the probability that there is one.
        seen: {content hash: "train" or "val"} of the photos that it was trained on.
        backbone_seen: content hashes of those that its backbone was trained on before.
        second_hand: what says from its backbone's features whether a second hand is in the
            picture, or None.
    """

    def __init__(
        self,
        name: str,
        card: Card,
        last_layer: LastLayer,
        make_network: "Callable[[], nn.Module]",
        seen: dict[str, str] | None = None,
        extract_features: Callable[[Float32Array], Float32Array] | None = None,
        hand_check: HandCheck | None = None,
        backbone_seen: frozenset[str] = frozenset(),
        second_hand: SecondHand | None = None,
    ):
        self.name, self.card = name, card
        self.classes: list[str] = card["classes"]
        self.preprocess = Preprocess.from_json(card["preprocess"])
        self.last_layer, self._make_network = last_layer, make_network
        self.extract_features = extract_features
        self.hand_check = hand_check
        self.threshold: float = card.get("threshold", THRESHOLD)
        self.temperature: float = card.get("temperature", 1.0)
        self.seen: dict[str, str] = seen or {}
        self.backbone_seen = backbone_seen
        self.second_hand = second_hand

    @cached_property
    def network(self) -> "nn.Module":
        """The reference: float32 [N, 3, size, size] -> logits [N, C], frozen in eval mode."""
        return self._make_network().eval().requires_grad_(False)

    def predict(self, photos: Iterable[RGB], reference: bool = False) -> Probabilities:
        """Return each class's probability, float32 [N, C], for RGB photos, uint8 [H, W, 3] each.

        It is the mean over the views that the card names. If `photos` reads them one by one, only
        one is held in memory at a time.

        Args:
            photos: in the order of the answers.
            reference: whether PyTorch answers even if there is a fast backend.
        """
        return self.predict_views(map(self.preprocess.all_views, photos), reference)

    def predict_views(
        self, views: Iterable[Float32Array], reference: bool = False
    ) -> Probabilities:
        """Return the probabilities [N, C] of photos that `preprocess.all_views` has gone over.

        Args:
            views: of each photo, float32 [views, 3, size, size]; may be made one by one.
            reference: as for `predict`.
        """
        ask = self.predict_by_reference if reference else self.predict_inputs
        parts, views = [], iter(views)
        while batch := list(islice(views, max(1, BATCH // self.n_views))):
            rows = ask(np.concatenate(batch))
            parts.append(rows.reshape(len(batch), self.n_views, -1).mean(1))
        found = np.concatenate(parts) if parts else np.zeros((0, len(self.classes)), np.float32)
        self._check(found)
        return found

    def predict_seen(self, features: Float32Array) -> Probabilities:
        """Return the probabilities [N, C] of photos whose features are known.

        Args:
            features: of each photo in each of its views, float32 [N, views, 512].
        """
        step = max(1, BATCH // self.n_views)  # as above: other sums would end in other digits
        parts = [
            self.predict_features(features[first : first + step].reshape(-1, features.shape[-1]))
            for first in range(0, len(features), step)
        ]
        rows = np.concatenate(parts) if parts else np.zeros((0, len(self.classes)), np.float32)
        found: Probabilities = rows.reshape(len(features), self.n_views, -1).mean(1)
        self._check(found)
        return found

    def predict_view(self, photo: RGB, number: int) -> Probabilities:
        """Return the probabilities [C] of one view of a photo; the views take turns by number.

        For a stream, whose frames are averaged anyway.
        """
        return self.look(photo, number)[0]

    def look(self, photo: RGB, number: int) -> tuple[Probabilities, float | None]:
        """Return what `predict_view` does, and the probability that a second hand is in the photo.

        Both are read from the same features, so the second costs nothing. It is None where the
        model cannot say: without such a check, or without a fast backend.
        """
        x = self.preprocess(photo, self.preprocess.views[number % self.n_views])[None]
        if self.extract_features and self.second_hand:
            features = self.extract_features(x)
            row, second = (
                self.predict_features(features)[0],
                second_hand(features, self.second_hand),
            )
            self._check(row)
            return row, float(second[0])
        row = self.predict_inputs(x)[0]
        self._check(row)
        return row, None

    def predict_same_view(self, photos: Sequence[RGB], number: int) -> Probabilities:
        """Return the probabilities [N, C] of one view of each photo, in one call of the network.

        For a stream with several squares; number as for `predict_view`.
        """
        view = self.preprocess.views[number % self.n_views]
        rows = self.predict_inputs(np.stack([self.preprocess(photo, view) for photo in photos]))
        self._check(rows)
        return rows

    def _check(self, probabilities: Probabilities) -> None:
        """Refuse answers that are no numbers: the first class would look like the likeliest."""
        if not np.isfinite(probabilities).all():
            raise FingercountError(
                f"The model {self.name!r} computes numbers that are not finite; restore its files "
                "or retrain it."
            )

    @cached_property
    def frozen(self) -> Backbone | None:
        """All but its last layer, where that is its backbone's fast backend and so kept apart."""
        named = self.card.get("backbone") if self.card["kind"] == "head" else None
        of = named.get("hash") if isinstance(named, dict) else self.card.get("fast")
        if self.extract_features is None or not of:
            return None
        return Backbone(
            self.name,
            self._make_network,
            str(of),
            self.preprocess,
            backend="fast",
            fast=self.extract_features,
        )

    @property
    def n_views(self) -> int:
        """How many views of a photo it is asked about."""
        return len(self.preprocess.views)

    @property
    def backend(self) -> str:
        """What answers: "fast" or "reference"."""
        return "fast" if self.extract_features else "reference"

    def predict_inputs(self, inputs: Float32Array) -> Probabilities:
        """Return probabilities [N, C] of preprocessed photos, float32 [N, 3, size, size]."""
        if self.extract_features:
            return self.predict_features(self.extract_features(inputs))
        return self.predict_by_reference(inputs)

    def predict_by_reference(self, inputs: Float32Array) -> Probabilities:
        """Return what PyTorch answers, as `predict_inputs` does without a fast backend."""
        with advised():
            from fingercount.models import reference

        below = reference.backbone_part(self.network)
        if below is not None:
            return self.predict_features(reference.features_of(below, inputs))
        return reference.probabilities_of(self.network, inputs, self.temperature)

    def predict_features(self, features: Float32Array) -> Probabilities:
        """Return probabilities [N, C] from the backbone's features, float32 [N, 512]."""
        probabilities = last_layer.answer(features, self.last_layer, self.temperature)
        if self.hand_check:
            hand = 1 - last_layer.hand_missing(features, self.hand_check)
            probabilities = probabilities * hand[:, None]
        return probabilities

    def answer(self, probabilities: Probabilities) -> str:
        """Return the answer a person sees, from one photo's probabilities [C]."""
        return answer_of(probabilities, self.classes, self.threshold)
