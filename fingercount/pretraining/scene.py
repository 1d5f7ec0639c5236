"""One training picture: a photo turned, moved, put elsewhere, and seen by another camera."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import scipy.fft

from fingercount.imaging import augment
from fingercount.imaging.types import RGB
from fingercount.labels import NONE
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe

# What shows whether a finger is up: its joints from the middle one on (the thumb's last and tip).
MUST_BE_SEEN = [3, 4, 6, 7, 8, 10, 11, 12, 14, 15, 16, 18, 19, 20]
ZOOM = 2.5  # of the photo at most; a hand far away becomes a blur beyond
NOTHING = 1e-6  # all landmarks in one place


@dataclass
class Picture:
    """A training example.

    Attributes:
        rgb: uint8 [H, W, 3].
        landmarks: float32 [21, 2] as fractions of width and height, or None.
        fingers: bool [5], thumb first, or None.
    """

    rgb: np.ndarray
    landmarks: np.ndarray | None
    fingers: np.ndarray | None


def draw(
    photo: HandPhoto, backgrounds: list[np.ndarray], recipe: Recipe, rng, size: int
) -> Picture:
    """Make one picture, its longer side `size`; every random number comes from `rng`."""
    matrix, landmarks = place_hand(photo, recipe, rng)
    move = _Move(photo.rgb.shape, matrix, size)
    if photo.cutout is not None and rng.random() < recipe.cutout and backgrounds:
        hand, opacity = move(photo.rgb, cv2.BORDER_REPLICATE), move(photo.cutout)
        behind = _behind(backgrounds, move.canvas, recipe, rng)
        rgb = paste(relight(hand, rng), opacity, behind)
    elif rng.random() < 0.8:
        rgb = move(photo.rgb, cv2.BORDER_REPLICATE)  # what comes into view continues the edge
    else:
        rgb = move(photo.rgb, color=rng.integers(0, 256, 3).tolist())
    if photo.label == NONE and rng.random() < recipe.clutter:
        rgb = clutter(rgb, backgrounds, rng)
    if backgrounds and rng.random() < recipe.amplitude:
        other = fill(backgrounds[rng.integers(len(backgrounds))], rgb.shape[1::-1], rng)
        rgb = mix_amplitude(rgb, other, rng.uniform(0, 0.6))
    if recipe.dark and rng.random() < recipe.dark:
        rgb = augment.tone(rgb, np.exp(rng.uniform(np.log(1 / 10), np.log(1 / 2))), 1.0)
    return Picture(camera(rgb, rng), landmarks, photo.fingers)


class _Move:
    """Draws a photo straight into a canvas of another size, by a matrix in the photo's own pixels.

    Attributes:
        canvas: (width, height), the photo's shape with `size` as its longer side.
    """

    def __init__(self, shape, matrix: np.ndarray, size: int):
        height, width = shape[:2]
        scale = size / max(height, width)
        self.canvas = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Linear interpolation skips pixels where it shrinks by more than about two.
        shrinks = scale * np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        self.halvings = max(0, int(np.ceil(np.log2(0.6 / shrinks))))
        linear = matrix[:, :2] * scale * 2**self.halvings
        # OpenCV counts from the middle of the first pixel, the matrix from its corner.
        offset = matrix[:, 2] * scale + linear @ (0.5, 0.5) - 0.5
        self.matrix = np.column_stack([linear, offset])

    def __call__(self, pixels: np.ndarray, border=cv2.BORDER_CONSTANT, color=0) -> np.ndarray:
        for _ in range(self.halvings):
            pixels = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        return cv2.warpAffine(
            pixels, self.matrix, self.canvas, borderMode=border, borderValue=color
        )


def place_hand(photo: HandPhoto, recipe: Recipe, rng):
    """Draw a similarity (and a little stretch) that keeps every finger in the picture.

    A hand that fits stays whole; the palm of one that is larger than the picture may leave it, as
    it does close to a camera.

    Returns:
        (matrix [2, 3] in the photo's pixels, landmarks float32 [21, 2] as fractions, or None).
    """
    if photo.landmarks is not None:
        points, must_be_seen = photo.landmarks, MUST_BE_SEEN
    elif photo.box is not None:  # somewhere in it are the fingertips: all of it stays in sight
        left, top, right, bottom = photo.box
        points = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        must_be_seen = [0, 1, 2, 3]
    else:
        return _anywhere(photo, recipe, rng), None
    size = np.array(photo.rgb.shape[1::-1])
    linear = _turn(recipe, rng)
    turned = (points * size) @ linear.T / size
    low, high = turned.min(0), turned.max(0)
    first, last = turned[must_be_seen].min(0), turned[must_be_seen].max(0)
    extent = rng.uniform(recipe.least_extent, recipe.most_extent)
    scale = min(
        extent / max(NOTHING, (high - low).max()), 1 / max(NOTHING, (last - first).max()), ZOOM
    )
    between = np.sort([-scale * low, 1 - scale * high], axis=0)  # its edges, or over both of them
    least, most = np.clip(between, -scale * first, 1 - scale * last)
    offset = rng.uniform(least, most)
    matrix = np.column_stack([scale * linear, offset * size])
    if photo.landmarks is None:
        return matrix, None
    return matrix, (scale * turned + offset).astype(np.float32)


def _turn(recipe: Recipe, rng) -> np.ndarray:
    """Draw a turn, half of the time mirrored, and a stretch: [2, 2]."""
    angle = rng.normal(0, np.deg2rad(25))
    if rng.random() < recipe.any_angle:
        angle = rng.uniform(-np.pi, np.pi)
    mirror = -1 if rng.random() < 0.5 else 1
    # Seen from afar, a hand tilted away is a hand made shorter.
    stretch = np.exp(rng.normal(0, recipe.stretch))
    squeeze = np.array([[stretch, rng.normal(0, 0.8 * recipe.stretch)], [0, 1 / stretch]])
    return squeeze @ augment.similarity((0, 0), angle, 1.0, (0, 0), mirror)[:, :2]


def _anywhere(photo: HandPhoto, recipe: Recipe, rng) -> np.ndarray:
    """Draw a similarity and a stretch about the middle of a photo without landmarks: [2, 3]."""
    # The fingertips are not known, so a hand is not zoomed into and hardly moved. Pictures
    # without a hand are zoomed as far as hands with landmarks, or a blur would be one's sign.
    gentle = photo.label != NONE
    size = np.array(photo.rgb.shape[1::-1])
    scale = np.exp(rng.uniform(np.log(recipe.least_scale), np.log(1.02 if gentle else ZOOM)))
    shift = rng.uniform(-1, 1, 2) * (0.05 if gentle else 0.22) * size
    linear = scale * _turn(recipe, rng)
    return np.column_stack([linear, size / 2 - linear @ (size / 2) + shift])


def _behind(backgrounds, size, recipe: Recipe, rng) -> np.ndarray:
    """Draw a background to paste a hand into, as cluttered as the pictures without a hand."""
    place = fill(backgrounds[rng.integers(len(backgrounds))], size, rng)
    return clutter(place, backgrounds, rng) if rng.random() < recipe.clutter else place


def clutter(rgb: np.ndarray, backgrounds: list[np.ndarray], rng) -> np.ndarray:
    """Put one to three round, angular or arm-like pieces of backgrounds or skin into a picture.

    Photos without a hand are few; combined they make many more. No piece has an end that looks
    like a fingertip.
    """
    height, width = rgb.shape[:2]
    side = max(height, width)
    for _ in range(rng.integers(1, 4)):
        mask = np.zeros((height, width), np.uint8)
        centre = rng.uniform(0, 1, 2) * (width, height)
        angle = rng.uniform(0, 180)
        kind = rng.random()
        if kind < 0.4:
            axes = rng.uniform(0.1, 0.35) * side * np.array([1, rng.uniform(0.55, 1)])
            at, axes = np.round(centre).astype(int).tolist(), np.round(axes).astype(int).tolist()
            cv2.ellipse(mask, at, axes, angle, 0, 360, 255, -1)
        elif kind < 0.75:
            corners = centre + rng.normal(0, 0.25 * side, (rng.integers(3, 6), 2))
            cv2.fillConvexPoly(mask, cv2.convexHull(np.round(corners).astype(np.int32)), 255)
        else:  # from edge to edge: an arm, a pole, a shelf
            along = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * 2 * side
            ends = np.round([centre - along, centre + along]).astype(int).tolist()
            cv2.line(mask, ends[0], ends[1], 255, max(2, int(rng.uniform(0.03, 0.3) * side)))
        if rng.random() < 0.45:
            piece = skin(rgb.shape, rng)
        else:
            piece = fill(backgrounds[rng.integers(len(backgrounds))], (width, height), rng)
        edge = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.2))
        rgb = paste(piece, edge, rgb)
    return rgb


def skin(shape, rng) -> np.ndarray:
    """Return a patch of skin of any tone, shaded to one side: uint8 of `shape`."""
    dark, light = np.array([58, 38, 30]), np.array([240, 205, 185])
    color = dark + rng.uniform(0, 1) * (light - dark) + rng.normal(0, 8, 3)
    return side_light(np.broadcast_to(np.clip(color, 0, 255), shape).astype(np.uint8), rng)


def fill(background: np.ndarray, size, rng) -> np.ndarray:
    """Cut a random part of a background to (width, height), mirrored half of the time."""
    height, width = background.shape[:2]
    share = rng.uniform(0.4, 1.0)
    h, w = max(8, int(height * share)), max(8, int(width * share))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    part = background[top : top + h, left : left + w]
    part = part[:, ::-1] if rng.random() < 0.5 else part
    shrinks = part.shape[1] > size[0] and part.shape[0] > size[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(part), size, interpolation=method)


def relight(hand: np.ndarray, rng) -> np.ndarray:
    """Give the hand another exposure and skin tone than the room it is put into."""
    gain = np.exp(rng.uniform(-1.1, 0.35)) * (1 + 0.12 * rng.uniform(-1, 1, 3))
    return augment.tone(hand, gain, np.exp(rng.uniform(-0.2, 0.2)))


def paste(hand: np.ndarray, opacity: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Put the hand over a background by its opacity, uint8 [H, W]."""
    alpha = opacity[..., None].astype(np.float32) / 255
    return (background + (hand.astype(np.float32) - background) * alpha).astype(np.uint8)


def mix_amplitude(rgb: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Give a picture a share of another one's amplitudes, and keep its own phases.

    Phases hold where things are, amplitudes the light, contrast and grain of a camera and a room,
    which must not matter (Xu and others 2021, "A Fourier-based framework for domain
    generalization"). Both uint8 [H, W, 3]; `share` 0 changes nothing.
    """
    own = scipy.fft.rfft2(rgb.astype(np.float32), axes=(0, 1))
    size = np.abs(own)
    theirs = np.abs(scipy.fft.rfft2(other.astype(np.float32), axes=(0, 1)))
    own *= 1 + share * (theirs - size) / (size + 1e-3)
    mixed = scipy.fft.irfft2(own, s=rgb.shape[:2], axes=(0, 1))
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)


def camera(rgb: np.ndarray, rng) -> np.ndarray:
    """See the scene by another camera: light, colour, blur, noise, compression, a covered patch."""
    if rng.random() < 0.35:
        rgb = side_light(rgb, rng)
    gain = np.exp(rng.uniform(-0.6, 0.35)) * (1 + 0.14 * rng.uniform(-1, 1, 3))
    contrast, gamma = np.exp(rng.uniform(-0.45, 0.25)), np.exp(rng.uniform(-0.35, 0.35))
    rgb = augment.tone(rgb, gain, contrast, gamma)
    rgb = augment.saturate(rgb, 0.0 if rng.random() < 0.12 else rng.uniform(0.5, 1.4))
    side = max(rgb.shape)
    if rng.random() < 0.35:
        rgb = augment.blur(rgb, rng.uniform(0.3, 1.6) / 128 * side)
    if rng.random() < 0.15:
        rgb = motion_blur(rgb, rng)
    if rng.random() < 0.15:
        rgb = coarsen(rgb, rng)
    if rng.random() < 0.35:
        noise = rng.standard_normal(rgb.shape, dtype=np.float32) * rng.uniform(2, 14)
        rgb = np.clip(rgb + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(25, 80))
        jpeg = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        rgb = cast(RGB, cv2.imdecode(jpeg, cv2.IMREAD_COLOR))
    if rng.random() < 0.25:
        rgb = augment.erase(rgb, rng)
    return rgb


def side_light(rgb: np.ndarray, rng) -> np.ndarray:
    """Darken one side smoothly, as a window or a lamp does."""
    height, width = rgb.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    x = np.linspace(-1, 1, width, dtype=np.float32) * np.float32(np.cos(angle))
    y = np.linspace(-1, 1, height, dtype=np.float32) * np.float32(np.sin(angle))
    ramp = 1 + np.float32(rng.uniform(0.2, 0.6)) * (x[None] + y[:, None])
    return np.clip(rgb * ramp[..., None], 0, 255).astype(np.uint8)


def coarsen(rgb: np.ndarray, rng) -> np.ndarray:
    """Keep fewer pixels and enlarge them again: a hand across the room, cut out of its frame."""
    height, width = rgb.shape[:2]
    share = rng.uniform(0.25, 0.7)
    small = (max(8, round(width * share)), max(8, round(height * share)))
    method = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    smaller = cv2.resize(rgb, small, interpolation=cv2.INTER_AREA)
    return cv2.resize(smaller, (width, height), interpolation=method)


def motion_blur(rgb: np.ndarray, rng) -> np.ndarray:
    """Smear along one direction by up to a fourteenth of the side."""
    length = max(3, int(max(rgb.shape) * rng.uniform(0.02, 0.07)) | 1)
    kernel = np.zeros((length, length), np.float32)
    centre, angle = length // 2, rng.uniform(0, np.pi)
    dx, dy = np.cos(angle) * centre, np.sin(angle) * centre
    start = (round(centre - dx), round(centre - dy))
    cv2.line(kernel, start, (round(centre + dx), round(centre + dy)), 1.0)
    return cv2.filter2D(rgb, -1, kernel / kernel.sum())
