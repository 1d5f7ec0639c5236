"""A photo's hand put where it is wanted in another picture: turned, scaled and moved."""

import cv2
import numpy as np

from fingercount.imaging import augment
from fingercount.imaging.types import RGB
from fingercount.pretraining.photos import HandPhoto

LARGEST = 3.0  # times a photo is enlarged at most


def turn(rng, degrees: float, mirror: int) -> np.ndarray:
    """Draw a turn and a little stretch: [2, 2]."""
    angle = np.deg2rad(rng.normal(0, degrees))
    angle = rng.uniform(-np.pi, np.pi) if rng.random() < 0.1 else angle
    stretch = np.exp(rng.normal(0, 0.1))
    turn = augment.similarity((0, 0), angle, 1.0, (0, 0), mirror)[:, :2]
    return np.diag([stretch, 1 / stretch]) @ turn


def box_of(photo: HandPhoto) -> np.ndarray:
    """Return the box of a photo's hand in pixels, a little wider: landmarks end in the fingers."""
    size = np.array(photo.rgb.shape[1::-1])
    if photo.landmarks is not None:
        low, high, wider = photo.landmarks.min(0) * size, photo.landmarks.max(0) * size, 0.12
    else:
        assert photo.box is not None  # as `located` sees to
        low, high, wider = np.array(photo.box[:2]) * size, np.array(photo.box[2:]) * size, 0.03
    margin = wider * max(high - low)
    return np.array([*(low - margin), *(high + margin)])


def bounds(box, linear: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest x and y of a box that was turned."""
    x0, y0, x1, y1 = box
    turned = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) @ linear.T
    return turned.min(0), turned.max(0)


def warp(pixels, linear, offset, size, border=cv2.BORDER_REPLICATE) -> np.ndarray:
    """Draw a photo into (width, height) by a matrix in its own pixels."""
    while np.sqrt(abs(np.linalg.det(linear))) < 0.6 and min(pixels.shape[:2]) > 8:
        pixels = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        linear = linear * 2
    # OpenCV counts from the middle of the first pixel, the matrix from its corner.
    matrix = np.column_stack([linear, offset + linear @ np.array([0.5, 0.5]) - 0.5])
    return cv2.warpAffine(pixels, matrix, size, borderMode=border)


def put(photo, extent, middle, size, rng, light, mirror) -> tuple[np.ndarray, np.ndarray]:
    """Return (hand, opacity) of a cut-out hand in a picture; a fifth of it may lie outside."""
    linear = turn(rng, 20, mirror)
    low, high = bounds(box_of(photo), linear)
    linear = linear * (scale := extent * max(size) / max(high - low))
    spread = scale * (high - low)
    least, most = -0.22 * spread, np.array(size) - 0.78 * spread
    corner = np.clip(middle - spread / 2, np.minimum(least, most), np.maximum(least, most))
    offset = corner - scale * low
    hand = warp(photo.rgb, linear, offset, size)
    return augment.tone(hand, *light), warp(photo.cutout, linear, offset, size, 0)


def panel(photo: HandPhoto, size: tuple[int, int], rng, mirror: int) -> RGB:
    """Return a photo's hand with what is around it, as large as fits into (width, height)."""
    linear = turn(rng, 12, mirror)
    low, high = bounds(box_of(photo), linear)
    scale = min(min(np.array(size) / (high - low)) * rng.uniform(0.55, 0.95), LARGEST)
    free = np.array(size) - scale * (high - low)
    return warp(photo.rgb, scale * linear, rng.uniform(0, 1, 2) * free - scale * low, size)
