"""What can be measured on a photo without a network: light, sharpness, and where the hand is.

    measure(rgb)     # float [6], in the order of MEASURES; nan where it cannot be measured

The hand is assumed to be what differs in colour from the picture's border. On a plain wall that is
right; in a cluttered room it is a rough guess. So use these to compare many photos, not to judge
one.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from fingercount.imaging.types import RGB, BoolArray, Float64Array

SIDE = 128  # pixels; sharpness depends on it, so that every photo is measured at the same size
ROUND = 1.3  # a shape less elongated than this has no direction


@dataclass(frozen=True)
class Measure:
    """One thing that is measured.

    Attributes:
        name: its key.
        low, high: what a photo with a small or large value is, as an adjective.
        advice_low, advice_high: what to do if such photos fail.
    """

    name: str
    low: str
    high: str
    advice_low: str
    advice_high: str


_MORE = "Collect photos like these, or "
MEASURES = (
    Measure("brightness", "darker", "brighter", _MORE + "add light.", _MORE + "dim the light."),
    Measure(
        "contrast",
        "lower in contrast",
        "higher in contrast",
        _MORE + "choose a background that differs from the hand.",
        _MORE + "avoid hard shadows and a bright window behind.",
    ),
    Measure(
        "sharpness",
        "more blurred",
        "sharper or noisier",
        _MORE + "hold still and add light.",
        _MORE + "add light, so that the camera makes less noise.",
    ),
    Measure(
        "tilt",
        "more upright",
        "more tilted",
        _MORE + "raise the rotation slider when training.",
        _MORE + "raise the rotation slider when training.",
    ),
    Measure(
        "size",
        "of a smaller hand",
        "of a larger hand",
        _MORE + "come closer, or make the square smaller.",
        _MORE + "step back, or make the square larger.",
    ),
    Measure(
        "edge",
        "farther from the edge",
        "closer to the edge",
        _MORE + "raise the shift slider when training.",
        _MORE + "keep the hand inside the square.",
    ),
)
NAMES = tuple(measure.name for measure in MEASURES)


def measure(rgb: RGB) -> Float64Array:
    """Measure a photo, uint8 RGB [H, W, 3].

    Returns:
        float [6] in the order of MEASURES: mean and standard deviation of the luma (0 to 1), log of
        the variance of the Laplacian over that of the luma, degrees from upright (0 to 90), share
        of the picture that is hand, share of the border that it touches.
    """
    small = cast(RGB, cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA))
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    variance = float(luma.var())
    edges = float(cv2.Laplacian(luma, cv2.CV_32F).var())
    sharpness = np.log((edges + 1e-6) / (variance + 1e-4))
    return np.array([luma.mean(), np.sqrt(variance), sharpness, *_shape(_standing_out(small))])


def _standing_out(small: RGB) -> BoolArray:
    """Return where colours differ from the upper border's: bool [SIDE, SIDE]."""
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_RGB2LAB)
    # The arm comes in through the lower border, so that one says nothing about the background.
    border = np.concatenate([lab[:3].reshape(-1, 3), lab[:64, :3].reshape(-1, 3)])
    border = np.concatenate([border, lab[:64, -3:].reshape(-1, 3)])
    away = np.linalg.norm(lab.astype(np.float32) - np.median(border, axis=0), axis=2)
    grey = np.clip(away * 2, 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(mask > 0)


def _shape(mask: BoolArray) -> tuple[float, float, float]:
    """Return (tilt in degrees, share of the picture, share of the border) of what stands out."""
    size = float(mask.mean())
    ring = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    rows, columns = np.nonzero(mask)
    if len(rows) < 20:
        return float("nan"), size, float(ring.mean())
    spread = np.cov(np.stack([columns, rows]))
    values, vectors = np.linalg.eigh(spread)
    if values[1] < ROUND**2 * max(values[0], 1e-6):
        return float("nan"), size, float(ring.mean())
    x, y = vectors[:, 1]
    return float(np.degrees(np.arctan2(abs(x), abs(y)))), size, float(ring.mean())
