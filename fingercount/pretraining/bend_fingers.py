"""Photos in which stretched fingers are bent away, for ways of counting that nobody photographed.

Photos hardly ever show the thumb alone, horns, or a *four* with the thumb; rendered hands do, but
are not photos. From a real open hand that was cut out, any fingers can be removed, as if they went
out of sight behind the hand (seen from behind) or ended in a knuckle. Others that stay up are
foreshortened: only a short finger that counts teaches what a stub is.
"""

from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np

from fingercount.labels import WORDS, count_of
from fingercount.pretraining.cutouts import BONES
from fingercount.pretraining.photos import BENT, FINGERTIPS, HandPhoto
from fingercount.pretraining.scene import paste

Value = TypeVar("Value")

ROOTS = np.array([1, 5, 9, 13, 17])  # where a finger leaves the hand
BALL = 0.4  # of its first bone the thumb keeps this share: its ball is seen from behind, too
HOOKED = 0.3  # in this share one finger (if not the thumb) bends at its middle joint alone
EDGE = 0.8  # blur of a cut edge in pixels, as cut_out leaves it
LEAST_UP = 4  # photos with fewer fingers up give no rare count
POINTED = 0.3  # this share of the fingers that stay up points to the camera, or away from it
SHORTEST, LONGEST = 0.65, 0.9  # shares of its length that are then seen; of a stub at most half is
TURNED_LIGHT = 0.75, 1.1  # its brightness then, as the light falls on it differently
THUMB_ROOT = 2  # a thumb points elsewhere from here on; the bone before it is in the palm


def bend_photos(photos: list[HandPhoto], times: int, seed: int) -> list[HandPhoto]:
    """Return photos of each count from one to its own for each cut-out photo of an open hand.

    Args:
        photos: those with `cutout`, `landmarks` and `fingers`, four or five of them up, are used.
        times: photos of each count.
        seed: the same seed bends the same fingers.
    """
    bent = []
    for number, photo in enumerate(photos):
        if photo.cutout is None or photo.fingers is None or photo.fingers.sum() < LEAST_UP:
            continue
        rng = np.random.default_rng((seed, number))
        up = np.flatnonzero(photo.fingers)
        for count in np.repeat(np.arange(1, len(up) + 1), times):
            order = rng.permutation(up)
            kept, pointed = order[:count], rng.random(count) < POINTED
            # For the photo's own count it would otherwise be the photo itself.
            pointed[0] |= count == len(up)
            short = foreshorten(photo, kept[pointed], rng)
            bent.append(bend(short, order[count:], rng) if count < len(up) else short)
    return bent


def foreshorten(photo: HandPhoto, fingers, rng) -> HandPhoto:
    """Return the photo with these stretched fingers (0 is the thumb) seen more from their end.

    Each is shrunk along itself, from its root on; the count stays.
    """
    rgb, cutout = photo.rgb, _known(photo.cutout)
    height, width = cutout.shape
    landmarks = _known(photo.landmarks).astype(np.float32)
    nearest = nearest_bone(landmarks * (width, height), width, height)
    y, x = np.mgrid[:height, :width] + 0.5
    for finger in fingers:
        root, tip = (ROOTS[finger] if finger else THUMB_ROOT), FINGERTIPS[finger]
        points = landmarks[root : tip + 1] * (width, height)
        axis = (points[-1] - points[0]) / max(1.0, np.linalg.norm(points[-1] - points[0]))
        lost = 1 - rng.uniform(SHORTEST, LONGEST)
        linear = np.eye(2) - lost * np.outer(axis, axis)
        offset = points[0] - linear @ points[0]
        ahead = (x - points[0, 0]) * axis[0] + (y - points[0, 1]) * axis[1] > 0
        own = ahead & _between(nearest, root, tip)
        # OpenCV counts from the middle of the first pixel, landmarks from its corner.
        matrix = np.column_stack([linear, offset + linear @ (0.5, 0.5) - 0.5])
        opacity = cv2.warpAffine(cutout * own, matrix, (width, height))
        moved = cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        moved = np.clip(moved * rng.uniform(*TURNED_LIGHT), 0, 255).astype(np.uint8)
        rest, left = _without(replace(photo, rgb=rgb, cutout=cutout), own)
        rgb, cutout = paste(moved, opacity, rest), np.maximum(left, opacity)
        landmarks[root : tip + 1] = (points @ linear.T + offset) / (width, height)
    return replace(photo, rgb=rgb, cutout=cutout, landmarks=landmarks, source=BENT, made=BENT)


def bend(photo: HandPhoto, fingers, rng) -> HandPhoto:
    """Return the photo with these stretched fingers (0 is the thumb) bent out of sight.

    A finger ends in a round, darker knuckle, at its root or at its middle joint; the wall fills the
    place where it was.
    """
    hand = _known(photo.cutout)
    height, width = hand.shape
    points = _known(photo.landmarks) * (width, height)
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32) + 0.5
    nearest = nearest_bone(points, width, height)
    depth = cv2.distanceTransform((hand > 127).astype(np.uint8), cv2.DIST_L2, 3)
    landmarks = _known(photo.landmarks).astype(np.float32)
    up = _known(photo.fingers).copy()
    light, gone = np.ones((height, width), np.float32), np.zeros((height, width), bool)
    # One at most: several half fingers are a claw, and people count those differently.
    hooked = rng.choice(fingers) if rng.random() < HOOKED else None
    for finger in fingers:
        joint, tip = ROOTS[finger], FINGERTIPS[finger]
        left = BALL if finger == 0 else 0
        if finger and finger == hooked:
            joint += 1
            left = rng.uniform(0, 0.3)  # a little of the next bone is still seen, foreshortened
        bone = points[joint + 1] - points[joint]
        end = points[joint] + left * bone
        radius = _half_width(depth, points[joint], bone)
        own = _between(nearest, joint, tip)
        gone |= own & (distance(pixels, points[joint], end) > radius)
        beyond = (pixels - end) @ bone / max(1.0, np.linalg.norm(bone)) / radius
        light -= own * rng.uniform(0.1, 0.5) * np.clip(beyond, 0, 1)
        landmarks[joint + 1 : tip + 1] = end / (width, height)
        up[finger] = False
    # The wall is lit as before.
    light = 1 - (1 - light) * (hand > 0)
    lit = np.clip(np.round(photo.rgb * light[..., None]), 0, 255).astype(np.uint8)
    rgb, cutout = _without(replace(photo, rgb=lit), gone)
    return replace(
        photo,
        rgb=rgb,
        label=WORDS[_known(count_of(photo.label)) - len(fingers)],
        source=BENT,
        made=BENT,
        landmarks=landmarks,
        fingers=up,
        cutout=cutout,
    )


def _known(value: Value | None) -> Value:
    """Return what is known of every photo that `bend_photos` chose."""
    assert value is not None
    return value


def _without(photo: HandPhoto, gone: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put the wall where a part of the hand, bool [H, W], was: (rgb, cutout)."""
    kept = 1 - cv2.GaussianBlur(gone.astype(np.float32), (0, 0), EDGE)
    hand = _known(photo.cutout)
    cutout = np.round(hand * kept).astype(np.uint8)
    # The finger's soft edge and its shadow lie a little outside of it; the wall beyond stays.
    gone = gone & (cv2.dilate(hand, np.ones((7, 7), np.uint8)) > 0)
    around = cv2.dilate(gone.astype(np.uint8) * 255, np.ones((7, 7), np.uint8))
    around = cv2.GaussianBlur(around, (0, 0), EDGE)
    return paste(paste(photo.rgb, cutout, _wall(photo)), around, photo.rgb), cutout


def nearest_bone(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return which of BONES each pixel is nearest to, uint8 [H, W]; points: [21, 2] in pixels."""
    drawn = np.full((height, width), len(BONES), np.uint8)
    for bone, (a, b) in enumerate(BONES):
        ends = np.floor(points[[a, b]]).astype(int).tolist()
        cv2.line(drawn, ends[0], ends[1], bone, 1)
    apart = (drawn == len(BONES)).astype(np.uint8)
    _, owner = cv2.distanceTransformWithLabels(
        apart, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    bones = np.zeros(owner.max() + 1, np.uint8)
    bones[owner[apart == 0]] = drawn[apart == 0]
    return bones[owner]


def _between(nearest: np.ndarray, joint: int, tip: int) -> np.ndarray:
    """Return the pixels [H, W] nearest to the bones from a joint to its finger's tip."""
    return np.isin(nearest, [i for i, (a, b) in enumerate(BONES) if joint <= a and b <= tip])


def distance(pixels: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return how far each of [..., 2] is from the straight piece between two points."""
    piece = b - a
    share = np.clip((pixels - a) @ piece / max(1e-6, piece @ piece), 0, 1)
    return np.linalg.norm(pixels - a - share[..., None] * piece, axis=-1)


def _half_width(depth: np.ndarray, start: np.ndarray, bone: np.ndarray) -> float:
    """Return half a finger's width in pixels, from the distance to the hand's edge [H, W]."""
    along = np.round(start + np.linspace(0.3, 0.7, 5)[:, None] * bone).astype(int)
    x, y = np.clip(along, 0, np.array(depth.shape[::-1]) - 1).T
    # Of fingers side by side the edge is that of them all; none is wider than its bone is long.
    return float(np.clip(np.median(depth[y, x]), 1.5, np.maximum(1.5, 0.5 * np.linalg.norm(bone))))


def _wall(photo: HandPhoto) -> np.ndarray:
    """Return what is around the hand, continued behind it: uint8 [H, W, 3]."""
    hand = cv2.dilate(_known(photo.cutout), np.ones((9, 9), np.uint8)).astype(np.float32) / 255
    seen = 1 - hand[..., None]
    wall = photo.rgb * seen
    # Near pixels count most; if there are none, farther ones do.
    total = 1e-4 * wall.mean((0, 1)) + np.zeros(photo.rgb.shape, np.float32)
    weight = 1e-4 * seen.mean() + np.zeros(seen.shape, np.float32)
    for spread, share in ((4, 1.0), (16, 1e-2)):
        total += share * cv2.GaussianBlur(wall, (0, 0), spread)
        weight += share * cv2.GaussianBlur(seen, (0, 0), spread)[..., None]
    return np.clip(total / np.maximum(weight, 1e-9), 0, 255).astype(np.uint8)
