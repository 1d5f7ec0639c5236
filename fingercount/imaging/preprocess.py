"""The one path from an RGB crop to the network's input.

Collect, Train, Evaluate, Live, the command line and every export come through here; a model's card
stores the settings, and a card with settings that this code does not know is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from PIL import Image

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB, Float32Array

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# Ways to look at one photo; what a model says of it is the mean over those that its card names.
VIEWS = ("plain", "mirrored", "smaller", "smaller-mirrored")
SMALLER = 0.8  # of the plain view's side; the photo's edge is extended around it


@dataclass(frozen=True)
class Preprocess:
    """Scale the longer side to `size` (linear, antialiased), normalise, pad with zeros to a square.

    Nothing is cut away, because the fingertips are the signal, and nothing is stretched. The
    padding is added after normalising, so it is the mean colour to the network.

    Attributes:
        size: side of the network's input in pixels.
        mean, std: per channel, for values between 0 and 1.
        interpolation: "bilinear-antialias", which onnxruntime and PyTorch reproduce.
        fit: "pad".
        views: which of VIEWS a model is asked about, the first where it is asked about one only.
    """

    size: int = 128
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    interpolation: str = "bilinear-antialias"
    fit: str = "pad"
    views: tuple[str, ...] = VIEWS[:1]

    def __post_init__(self) -> None:
        known = self.interpolation == "bilinear-antialias" and self.fit == "pad"
        known &= set(self.views) <= set(VIEWS) and 0 < len(self.views) == len(set(self.views))
        if not known or not 16 <= self.size <= 1024:
            raise FingercountError(
                f"This model needs a preprocessing that this version does not know ({self}); "
                "update fingercount or retrain the model here."
            )

    def resize(self, rgb: RGB) -> RGB:
        """Return the photo scaled to fit: uint8 [h, w, 3] with max(h, w) == size."""
        height, width = fitted(rgb.shape, self.size)
        if (height, width) == rgb.shape[:2]:
            return rgb
        return np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BILINEAR))

    def __call__(self, rgb: RGB, view: str = "plain") -> Float32Array:
        """Return a photo as the network sees it: uint8 RGB [H, W, 3] -> float32 [3, size, size].

        Args:
            rgb: the photo.
            view: one of VIEWS.
        """
        x = self._input(self._smaller(rgb) if view.startswith("smaller") else self.resize(rgb))
        return np.ascontiguousarray(x[:, :, ::-1]) if view.endswith("mirrored") else x

    def all_views(self, rgb: RGB) -> Float32Array:
        """Return a photo in each of its views: float32 [views, 3, size, size]."""
        return np.stack([self(rgb, view) for view in self.views])

    def _smaller(self, rgb: RGB) -> RGB:
        """Return the photo at SMALLER of its size, its edge continued to what `resize` gives."""
        small = replace(self, size=inner_side(self.size)).resize(rgb)
        outer = fitted(rgb.shape, self.size)
        room = [full - inner for full, inner in zip(outer, small.shape[:2])]
        around = [(n // 2, n - n // 2) for n in room]
        return np.pad(small, [*around, (0, 0)], mode="edge")

    def _input(self, small: RGB) -> Float32Array:
        """Return a photo that fits, normalised and padded: float32 [3, size, size]."""
        height, width = small.shape[:2]
        top, left = (self.size - height) // 2, (self.size - width) // 2
        # One multiplication and one subtraction per value: (x / 255 - mean) / std. Plane by plane
        # and in place: as one expression it took five times as long, for the copies in between.
        scale = np.float32(1 / 255) / np.asarray(self.std, np.float32)
        shift = np.asarray(self.mean, np.float32) / np.asarray(self.std, np.float32)
        out = np.zeros((3, self.size, self.size), np.float32)
        for channel in range(3):
            plane = out[channel, top : top + height, left : left + width]
            np.multiply(small[:, :, channel], scale[channel], out=plane)
            plane -= shift[channel]
        return out

    def batch(self, photos: Iterable[RGB]) -> Float32Array:
        """Return several photos stacked: float32 [N, 3, size, size]."""
        inputs = [self(photo) for photo in photos]
        return np.stack(inputs) if inputs else np.zeros((0, 3, self.size, self.size), np.float32)

    def one_view(self) -> "Preprocess":
        """Return the same path for models that are asked about one view of a photo."""
        return replace(self, views=VIEWS[:1])

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a model's card stores them."""
        settings = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        if self.views == VIEWS[:1]:
            del settings["views"]  # as in cards from before there were several
        return settings

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> "Preprocess":
        """Return the preprocessing a card asks for.

        Raises:
            FingercountError: where the card has a setting or a value that this code does not know.
        """
        unknown = set(settings) - set(cls.__dataclass_fields__)
        if unknown:
            raise FingercountError(
                f"This model needs preprocessing settings that this version does not know "
                f"({', '.join(sorted(unknown))}); update fingercount or retrain the model here."
            )
        try:
            values: dict[str, Any] = {
                key: tuple(v) if isinstance(v, list) else v for key, v in settings.items()
            }
            return cls(**values)
        except TypeError as error:
            raise FingercountError(
                f"This model's preprocessing cannot be read: {error}."
            ) from error


def fitted(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Return (height, width) of a photo of this shape whose longer side is `side` pixels."""
    height, width = shape[:2]
    longest = max(height, width)
    # In whole numbers, as an export does it; a half goes to the even number.
    return (
        max(1, round(Fraction(height * side, longest))),
        max(1, round(Fraction(width * side, longest))),
    )


def inner_side(side: int) -> int:
    """Return the longer side of a photo in its smaller view, where the plain one has `side`."""
    return round(SMALLER * side)
