"""Photos in which stretched fingers are bent away: the ways of counting that nobody photographed.

Photos show thumb alone, horns, or a *four* with the thumb hardly ever, rendered hands do but are no
photos. Of a real open hand that was cut out, any fingers can be taken away, as they go out of sight
behind the hand (seen from behind) or end in a knuckle.
"""

from dataclasses import replace

import cv2
import numpy as np

from fingercount.labels import WORDS, count_of
from fingercount.pretraining.cutouts import BONES
from fingercount.pretraining.photos import BENT, HandPhoto
from fingercount.pretraining.scene import paste

ROOTS = np.array([1, 5, 9, 13, 17])  # where a finger leaves the hand
BALL = 0.4  # of its first bone the thumb keeps this share: its ball is seen from behind, too
HOOKED = 0.3  # in this share one finger (if not the thumb) bends at its middle joint alone
EDGE = 0.8  # blur of a cut edge in pixels, as cut_out leaves it
LEAST_UP = 4  # photos with fewer fingers up give no count that is rare


def bend_photos(photos: list[HandPhoto], times: int, seed: int) -> list[HandPhoto]:
    """Return photos of each lower count (from one on) for each cut-out photo of an open hand.

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
        for count in np.repeat(np.arange(1, len(up)), times):
            bent.append(bend(photo, rng.permutation(up)[count:], rng))
    return bent


def bend(photo: HandPhoto, fingers, rng) -> HandPhoto:
    """Return the photo with these stretched fingers (0 is the thumb) bent out of sight.

    A finger ends in a round, darker knuckle, at its root or at its middle joint; where it was, the
    wall goes on.
    """
    height, width = photo.cutout.shape
    points = photo.landmarks * (width, height)
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32) + 0.5
    nearest = nearest_bone(points, width, height)
    depth = cv2.distanceTransform((photo.cutout > 127).astype(np.uint8), cv2.DIST_L2, 3)
    landmarks, up = photo.landmarks.astype(np.float32), photo.fingers.copy()
    light, gone = np.ones((height, width), np.float32), np.zeros((height, width), bool)
    # One at most: several half fingers are a claw, and who counts them differs.
    hooked = rng.choice(fingers) if rng.random() < HOOKED else None
    for finger in fingers:
        joint, tip = ROOTS[finger], 4 * finger + 4
        left = BALL if finger == 0 else 0
        if finger and finger == hooked:
            joint += 1
            left = rng.uniform(0, 0.3)  # a little of the next bone is still seen, foreshortened
        bone = points[joint + 1] - points[joint]
        end = points[joint] + left * bone
        radius = _half_width(depth, points[joint], bone)
        own = np.isin(nearest, [i for i, (a, b) in enumerate(BONES) if joint <= a and b <= tip])
        gone |= own & (distance(pixels, points[joint], end) > radius)
        beyond = (pixels - end) @ bone / max(1.0, np.linalg.norm(bone)) / radius
        light -= own * rng.uniform(0.1, 0.5) * np.clip(beyond, 0, 1)
        landmarks[joint + 1 : tip + 1] = end / (width, height)
        up[finger] = False
    rgb, cutout = _without(photo, gone, light[..., None])
    return replace(
        photo,
        rgb=rgb,
        label=WORDS[count_of(photo.label) - len(fingers)],
        source=BENT,
        landmarks=landmarks,
        fingers=up,
        cutout=cutout,
    )


def _without(photo: HandPhoto, gone: np.ndarray, light: np.ndarray):
    """Put the wall where a part of the hand was.

    Args:
        photo: with `cutout`.
        gone: bool [H, W], the part that goes.
        light: [H, W, 1], a factor for the rest.

    Returns:
        (rgb, cutout).
    """
    lit = np.clip(np.round(photo.rgb * light), 0, 255).astype(np.uint8)
    kept = 1 - cv2.GaussianBlur(gone.astype(np.float32), (0, 0), EDGE)
    cutout = np.round(photo.cutout * kept).astype(np.uint8)
    # The finger's soft edge and its shadow lie a little outside of it.
    around = cv2.dilate(gone.astype(np.uint8) * 255, np.ones((7, 7), np.uint8))
    around = cv2.GaussianBlur(around, (0, 0), EDGE)
    return paste(paste(lit, cutout, _wall(photo)), around, lit), cutout


def nearest_bone(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return which of BONES each pixel is nearest to, uint8 [H, W]; points: [21, 2] in pixels."""
    drawn = np.full((height, width), len(BONES), np.uint8)
    for bone, (a, b) in enumerate(BONES):
        ends = np.floor(points[[a, b]]).astype(int).tolist()
        cv2.line(drawn, *ends, bone, 1)
    apart = (drawn == len(BONES)).astype(np.uint8)
    _, owner = cv2.distanceTransformWithLabels(
        apart, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    bones = np.zeros(owner.max() + 1, np.uint8)
    bones[owner[apart == 0]] = drawn[apart == 0]
    return bones[owner]


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
    return float(np.clip(np.median(depth[y, x]), 1.5, max(1.5, 0.5 * np.linalg.norm(bone))))


def _wall(photo: HandPhoto) -> np.ndarray:
    """Return what is around the hand, gone on with behind it: uint8 [H, W, 3]."""
    hand = cv2.dilate(photo.cutout, np.ones((9, 9), np.uint8)).astype(np.float32) / 255
    seen = 1 - hand[..., None]
    wall = photo.rgb * seen
    # Near pixels count most; where there are none, farther ones do.
    total = 1e-4 * wall.mean((0, 1)) + np.zeros(photo.rgb.shape, np.float32)
    weight = 1e-4 * seen.mean() + np.zeros(seen.shape, np.float32)
    for spread, share in ((4, 1.0), (16, 1e-2)):
        total += share * cv2.GaussianBlur(wall, (0, 0), spread)
        weight += share * cv2.GaussianBlur(seen, (0, 0), spread)[..., None]
    return np.clip(total / np.maximum(weight, 1e-9), 0, 255).astype(np.uint8)
