"""Who is seen: skin, nails, sleeve, glove; and how a picture of their skin is drawn once."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from fingercount.synthetic.skeleton import CARPALS, KNUCKLES, HandShape, random_shape

# sRGB of the back of the hand from the lightest to the darkest, evenly spaced in look.
BACKS = np.array(
    [
        [243, 203, 185], [232, 183, 159], [217, 162, 133], [197, 141, 109], [172, 118, 87],
        [142, 93, 65], [112, 72, 51], [84, 54, 40], [62, 41, 32],
    ]
)  # fmt: skip
# The palm has little melanin: it stays lighter and pinker on every skin.
PALMS = np.array(
    [
        [243, 198, 178], [235, 184, 161], [226, 171, 145], [217, 160, 131], [206, 149, 119],
        [193, 137, 108], [178, 124, 98], [164, 113, 90], [150, 102, 82],
    ]
)  # fmt: skip
CM = 16  # pixels per centimetre of the drawn palm
ORIGIN = (6.0, 3.0)  # centimetres of the palm left of and below the picture's corner


def linear(srgb) -> np.ndarray:
    """sRGB 0..255 to light 0..1."""
    return (np.asarray(srgb, np.float32) / 255) ** 2.2


@dataclass(frozen=True)
class Person:
    """What stays the same from photo to photo of one person.

    tone 0 (lightest) .. 1 (darkest); colours are linear RGB [3]; lines and mottle are textures
    [h, w] of the palm's plane (CM pixels per centimetre), 0..1; relief [h, w, 2] is the slope of
    the back of the hand across and along it.
    """

    shape: HandShape
    tone: float
    back: np.ndarray
    palm: np.ndarray
    nail: np.ndarray
    sleeve: float | None
    cloth: np.ndarray
    stripes: float
    glove: np.ndarray | None
    gloss: float
    lines: np.ndarray = field(repr=False)
    mottle: np.ndarray = field(repr=False)
    relief: np.ndarray = field(repr=False)


def random_person(
    rng: np.random.Generator, tone: float | None = None, gloves: float = 0.03
) -> Person:
    """Draw a person; `tone` 0..1 fixes the skin, `gloves` is the share who wear them."""
    tone = float(rng.beta(1.1, 1.2) if tone is None else tone)
    at = tone * (len(BACKS) - 1)
    warm = rng.normal(0.01, 0.022)
    tint = np.array([1 + warm, 1 - 0.3 * warm, 1 - 1.2 * warm])

    def shade(palette):
        return linear([np.interp(at, range(len(palette)), palette[:, c]) for c in range(3)]) * tint

    back, palm = shade(BACKS), shade(PALMS)
    polish = rng.random() < 0.08
    nail = (
        palm * (1.12, 1.0, 1.0) if not polish else linear(rng.uniform([90, 10, 20], [230, 90, 130]))
    )
    glove = linear(rng.uniform(20, 240, 3)) if rng.random() < gloves else None
    return Person(
        shape=random_shape(rng),
        tone=tone,
        back=back,
        palm=palm,
        nail=nail,
        sleeve=float(rng.uniform(2.5, 14)) if rng.random() < 0.5 else None,
        cloth=linear(rng.uniform(15, 225, 3) * rng.uniform(0.6, 1) + 10),
        stripes=float(rng.random() < 0.25) * rng.uniform(0.3, 0.7),
        glove=glove,
        gloss=float(rng.uniform(0.4, 1.3)),
        lines=_palm_lines(rng),
        mottle=noise(rng, 18 * CM, 12 * CM, (4, 9, 20, 48)),
        relief=_back_relief(rng),
    )


def noise(rng: np.random.Generator, height: int, width: int, cells: tuple[int, ...]) -> np.ndarray:
    """Smooth noise 0..1 [height, width], the sum of grids with so many cells along the width."""
    total = np.zeros((height, width), np.float32)
    for i, n in enumerate(cells):
        rows = max(2, round(n * height / width))
        grid = rng.random((rows, n), np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * 0.6**i
    low, high = total.min(), total.max()
    return (total - low) / max(high - low, 1e-6)


def _palm_lines(rng: np.random.Generator) -> np.ndarray:
    """The creases of a palm and wrist, 0 (none) .. 1 (deep), as a texture of the palm's plane."""
    picture = np.zeros((18 * CM, 12 * CM), np.float32)
    lines = [
        ([(3.1, 7.1), (1.7, 6.6), (0.7, 4.7), (0.5, 2.2)], 1.0),  # around the thumb's base
        ([(3.1, 7.2), (1.0, 6.5), (-1.2, 5.4), (-2.9, 4.3)], 0.8),  # across the middle
        ([(-3.9, 6.3), (-1.9, 6.9), (0.2, 7.7), (1.2, 8.9)], 0.9),  # below the fingers
        ([(-2.2, 0.6), (0.0, 0.35), (2.2, 0.6)], 0.7),  # the wrist
        ([(-2.1, 0.1), (0.0, -0.15), (2.1, 0.1)], 0.45),
    ]
    for drawn, depth in lines:
        points = np.array(drawn) + rng.normal(0, 0.16, (len(drawn), 2))
        knots = np.linspace(0, 1, len(points))
        fine = np.linspace(0, 1, 24)
        # A polynomial through the points is a smooth line without corners.
        curve = np.stack(
            [np.polyval(np.polyfit(knots, points[:, c], len(points) - 1), fine) for c in (0, 1)], 1
        )
        picture = np.maximum(picture, _line(curve, 2) * depth * rng.uniform(0.6, 1))
    wide = cv2.GaussianBlur(picture, (0, 0), 4)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.1) + 0.6 * wide, 0, 1)


def _line(points: np.ndarray, width: int) -> np.ndarray:
    """A line through points [n, 2] (cm) on the texture of the palm's plane, 0..1."""
    layer = np.zeros((18 * CM, 12 * CM), np.float32)
    pixels = np.round((points + ORIGIN) * CM * 8).astype(np.int32)
    cv2.polylines(layer, [pixels], False, 1.0, width, cv2.LINE_AA, 3)
    return layer


def _back_relief(rng: np.random.Generator) -> np.ndarray:
    """Slopes [h, w, 2] of tendons, knuckles and veins on the back of the hand."""
    height = np.zeros((18 * CM, 12 * CM), np.float32)
    knuckles, carpals = KNUCKLES[:, :2], CARPALS[:, :2]
    flat = np.zeros_like(height)
    rods = (_line(np.array([k, 0.35 * k + 0.65 * c]), CM // 2) for k, c in zip(knuckles, carpals))
    tendons = sum(rods, flat)
    height += rng.uniform(0.01, 0.11) * cv2.GaussianBlur(tendons, (0, 0), 0.24 * CM)
    dots = sum((_line(np.array([k, k + 0.05]), CM) for k in knuckles), flat)
    height += rng.uniform(0.1, 0.3) * cv2.GaussianBlur(dots, (0, 0), 0.33 * CM)
    veins = rng.uniform(0, 0.07)
    for _ in range(4):
        start = rng.uniform([-3, 5.5], [2.2, 8.5])
        steps = rng.normal([-0.1 * start[0], -0.9], 0.25, (7, 2))
        line = _line(start + steps.cumsum(0), CM // 4)
        height += veins * cv2.GaussianBlur(line, (0, 0), 0.13 * CM)
    slope = np.stack(np.gradient(height, axis=(1, 0)), -1)
    return np.ascontiguousarray(slope * CM, dtype=np.float32)
