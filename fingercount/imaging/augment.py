"""The transforms behind the sliders: what may change in a photo while its count stays the same."""

from dataclasses import dataclass, field, fields
from typing import cast

import numpy as np
import numpy.typing as npt

from fingercount.imaging.types import RGB, Float64Array


def _slider(default: float, most: float, step: float, help: str, metavar: str = "F") -> float:
    """Declare a setting once, for the slider, the command line and the card."""
    return field(
        default=default, metadata={"most": most, "step": step, "help": help, "metavar": metavar}
    )


@dataclass(frozen=True)
class Augment:
    """How strong each transform may be; 0 switches it off.

    Calling it with an RGB photo (uint8 [H, W, 3]) and a NumPy generator returns a changed copy of
    the same shape. All random numbers come from the generator, so a copy can be made again.
    """

    rotation: float = _slider(15, 180, 5, "turn by up to this many degrees either way", "DEG")
    shift: float = _slider(0.06, 0.3, 0.02, "move by up to this share of the photo")
    zoom: float = _slider(0.12, 0.5, 0.02, "zoom in or out by up to this share")
    brightness: float = _slider(0.25, 0.8, 0.05, "lighten or darken by up to this share")
    contrast: float = _slider(0.25, 0.8, 0.05, "raise or lower the contrast by up to this share")
    color: float = _slider(0.1, 0.5, 0.05, "tint and (de)saturate by up to this share")
    blur: float = _slider(0.0, 3.0, 0.25, "blur by up to this share of the photo's side, in %")
    flip: float = _slider(0.5, 1.0, 0.1, "mirror this share of the copies (left and right hands)")
    erasing: float = _slider(0.0, 1.0, 0.1, "cover a small patch in this share of the copies")

    def __call__(self, rgb: RGB, rng: np.random.Generator) -> RGB:
        matrix = self.geometry(rgb.shape, rng)
        return self.appearance(warp(rgb, matrix), rng)

    @property
    def changes_nothing(self) -> bool:
        return not any(getattr(self, f.name) for f in fields(self))

    def geometry(self, shape: tuple[int, ...], rng: np.random.Generator) -> Float64Array:
        """Draw where each pixel goes: a 2x3 matrix about the photo's centre."""
        height, width = shape[:2]
        side = max(height, width)
        angle = np.deg2rad(rng.uniform(-self.rotation, self.rotation))
        # Zooming in and out by the same factor is the same step either way.
        scale = (1 + self.zoom) ** rng.uniform(-1, 1)
        dx, dy = rng.uniform(-self.shift, self.shift, 2) * side
        mirror = -1 if rng.random() < self.flip else 1
        return similarity((width / 2, height / 2), angle, scale, (dx, dy), mirror)

    def appearance(self, rgb: RGB, rng: np.random.Generator) -> RGB:
        """Draw light, colour, sharpness and a covered patch."""
        tint = 1 + self.color * rng.uniform(-0.5, 0.5, 3)
        gain = (1 + self.brightness) ** rng.uniform(-1, 1) * tint
        contrast = (1 + self.contrast) ** rng.uniform(-1, 1)
        rgb = tone(rgb, gain, contrast)
        if self.color:
            rgb = saturate(rgb, 1 + self.color * rng.uniform(-2, 1))
        if self.blur:
            rgb = blur(rgb, rng.uniform(0, self.blur) / 100 * max(rgb.shape))
        if rng.random() < self.erasing:
            rgb = erase(rgb, rng)
        return rgb


def similarity(
    centre: npt.ArrayLike, angle: float, scale: float, shift: npt.ArrayLike, mirror: int = 1
) -> Float64Array:
    """Return the 2x3 matrix that mirrors, turns (radians), scales about `centre`, then shifts."""
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([mirror, 1])
    centre = np.asarray(centre, float)
    offset = centre + np.asarray(shift) - linear @ centre
    return np.column_stack([linear, offset])


def warp(rgb: RGB, matrix: Float64Array, border: int | None = None) -> RGB:
    """Move pixels by a 2x3 matrix; what comes into view continues the edge.

    The edge is never mirrored: a reflected finger would be one finger too many.
    """
    import cv2  # here and below: the settings alone must not wait for OpenCV

    border = cv2.BORDER_REPLICATE if border is None else border
    size = rgb.shape[1::-1]
    moved = cv2.warpAffine(rgb, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return cast(RGB, moved)  # OpenCV's types do not say that the dtype stays the same


def tone(rgb: RGB, gain: npt.ArrayLike, contrast: float, gamma: float = 1.0) -> RGB:
    """Apply a gain per channel, a contrast about the photo's own mean, and a gamma."""
    import cv2

    mean = float(rgb.mean())
    ramp = np.arange(256, dtype=np.float32)
    curve = np.clip((ramp - mean) * contrast + mean, 0, 255) / 255
    table = np.clip(255 * curve[:, None] ** gamma * np.asarray(gain)[None], 0, 255)
    toned = cv2.LUT(rgb, np.ascontiguousarray(np.round(table).astype(np.uint8)[None]))
    return cast(RGB, toned)


def saturate(rgb: RGB, amount: float) -> RGB:
    """Blend with the grey photo: 0 is grey, 1 unchanged, more is more colourful."""
    import cv2

    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return cast(RGB, cv2.addWeighted(rgb, amount, grey, 1 - amount, 0))


def blur(rgb: RGB, sigma: float) -> RGB:
    """Blur with a Gaussian of `sigma` pixels; below a third of a pixel nothing would change."""
    import cv2

    return cast(RGB, cv2.GaussianBlur(rgb, (0, 0), sigma)) if sigma > 0.3 else rgb


def erase(rgb: RGB, rng: np.random.Generator) -> RGB:
    """Cover a patch of 2 to 6 % of the area with one colour.

    Small on purpose: a patch that hides a whole finger changes the count.
    """
    height, width = rgb.shape[:2]
    area = rng.uniform(0.02, 0.06) * height * width
    aspect = np.exp(rng.uniform(-0.7, 0.7))
    h = int(np.clip(round(np.sqrt(area * aspect)), 1, height))
    w = int(np.clip(round(np.sqrt(area / aspect)), 1, width))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    out = rgb.copy()
    out[top : top + h, left : left + w] = rng.integers(0, 256, 3)
    return out
