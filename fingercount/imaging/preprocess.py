"""The one path from an RGB crop to the network's input.

Collect, Train, Evaluate, Live, the command line and every export come through here; a model's card
stores the settings, and a card with settings that this code does not know is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB, Float32Array

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


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
    """

    size: int = 128
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    interpolation: str = "bilinear-antialias"
    fit: str = "pad"

    def __post_init__(self) -> None:
        known = self.interpolation == "bilinear-antialias" and self.fit == "pad"
        if not known or not 16 <= self.size <= 1024:
            raise FingercountError(
                f"This model wants a preprocessing that this version does not know ({self}); "
                "update fingercount or retrain the model here."
            )

    def resize(self, rgb: RGB) -> RGB:
        """Return the photo scaled to fit: uint8 [h, w, 3] with max(h, w) == size."""
        height, width = rgb.shape[:2]
        scale = self.size / max(height, width)
        target = (max(1, round(width * scale)), max(1, round(height * scale)))
        if target == (width, height):
            return rgb
        return np.asarray(Image.fromarray(rgb).resize(target, Image.Resampling.BILINEAR))

    def __call__(self, rgb: RGB) -> Float32Array:
        """Return a photo as the network sees it: uint8 RGB [H, W, 3] -> float32 [3, size, size]."""
        small = self.resize(rgb)
        height, width = small.shape[:2]
        top, left = (self.size - height) // 2, (self.size - width) // 2
        # One multiplication and one addition per value: (x / 255 - mean) / std.
        scale = np.float32(1 / 255) / np.asarray(self.std, np.float32)
        shift = np.asarray(self.mean, np.float32) / np.asarray(self.std, np.float32)
        out = np.zeros((3, self.size, self.size), np.float32)
        out[:, top : top + height, left : left + width] = (small * scale - shift).transpose(2, 0, 1)
        return out

    def batch(self, photos: Iterable[RGB]) -> Float32Array:
        """Return several photos stacked: float32 [N, 3, size, size]."""
        inputs = [self(photo) for photo in photos]
        return np.stack(inputs) if inputs else np.zeros((0, 3, self.size, self.size), np.float32)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a model's card stores them."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> "Preprocess":
        """Return the preprocessing a card asks for.

        Raises:
            FingercountError: where the card has a setting or a value that this code does not know.
        """
        unknown = set(settings) - set(cls.__dataclass_fields__)
        if unknown:
            raise FingercountError(
                f"This model wants preprocessing settings that this version does not know "
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
