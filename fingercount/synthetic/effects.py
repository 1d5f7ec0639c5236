"""What a camera does to a picture: exposure, colour, blur, noise, compression."""

from typing import cast

import cv2
import numpy as np

from fingercount.imaging.types import RGB


def camera_effects(
    image: np.ndarray,
    rng: np.random.Generator,
    strength: float = 1.0,
    grains: np.random.Generator | None = None,
) -> np.ndarray:
    """The picture as a camera might have taken it: RGB uint8 [h, w, 3], same size.

    strength 0 leaves it as it is, 1 is what webcams and phones do, with some bad ones among them.
    grains: draws the sensor's noise where the rest is the same from frame to frame.
    """
    if strength <= 0:
        return image
    picture = image.astype(np.float32) / 255
    gain = np.exp(rng.normal(0, 0.22 * strength))
    white = np.exp(rng.normal(0, 0.045 * strength, 3))
    picture *= (gain * white / white.mean()).astype(np.float32)
    picture = _vignette(picture, rng.uniform(0, 0.35) * strength * (rng.random() < 0.5))
    picture = np.clip(picture, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.16 * strength)))
    if rng.random() < 0.15 * strength**2:  # haze on a cheap lens
        fog = rng.uniform(0.1, 0.35)
        picture = picture * (1 - fog) + fog * rng.uniform(0.6, 0.95)
    if rng.random() < 0.06 * strength**2:
        picture[:] = (picture @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]
    picture = _blur(picture, rng, strength)
    picture = _noise(picture, rng, strength, grains or rng)
    result = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.7 * strength:
        quality = int(rng.uniform(35 if rng.random() < 0.3 else 60, 95))
        _, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, quality])
        result = cast(RGB, cv2.imdecode(data, cv2.IMREAD_COLOR))
    return result


def _vignette(picture: np.ndarray, strength: float) -> np.ndarray:
    if not strength:
        return picture
    h, w = picture.shape[:2]
    x, y = np.linspace(-1, 1, w, dtype=np.float32), np.linspace(-1, 1, h, dtype=np.float32)
    return picture * (1 - strength * 0.5 * (x * x + (y * y)[:, None]))[..., None]


def _blur(picture: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Out of focus, moved, or enlarged from fewer pixels."""
    h, w = picture.shape[:2]
    extent = min(h, w, 300)  # in a whole frame the hand is small, and so is what blurs it
    kind = rng.random()
    if kind < 0.25 * strength:
        return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.3 + 0.008 * extent))
    if kind < 0.37 * strength:
        length = 2 + int(rng.uniform(0, 0.04 * extent))
        line = np.zeros((length, length), np.float32)
        slope = rng.uniform(-1, 1) * (length - 1) / 2
        middle = (length - 1) / 2
        ends = (0, round(middle - slope)), (length - 1, round(middle + slope))
        cv2.line(line, *ends, 1.0)
        line = line if rng.random() < 0.5 else line.T
        return cv2.filter2D(picture, -1, line / line.sum())
    if kind < 0.5 * strength:
        share = rng.uniform(0.35, 0.8)
        small = cv2.resize(picture, (int(w * share), int(h * share)), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    return picture


def _noise(picture: np.ndarray, rng: np.random.Generator, strength: float, grains) -> np.ndarray:
    """Sensor noise, stronger in bad light; cheap cameras smear it over neighbouring pixels."""
    sigma = rng.exponential(0.009) * strength
    if sigma < 0.003:
        return picture
    h, w = picture.shape[:2]
    grain = grains.standard_normal((h, w, 3), np.float32)
    grain = 0.7 * grain[..., :1] + 0.5 * grain
    if rng.random() < 0.5:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 1.8
    return picture + np.float32(min(sigma, 0.06)) * grain
