"""Where the thumb goes: stretched out, or laid where this hand leaves room for it."""

import numpy as np

from fingercount.synthetic.pose import Pose
from fingercount.synthetic.skeleton import (
    THUMB_RADII,
    HandShape,
    finger_chains,
    finger_radii,
    thumb_chain,
)

# Limits of (away from the index finger, out of the palm, twist, knuckle, end joint) in degrees.
LOW = np.array([-12.0, 0.0, -80.0, -5.0, -5.0])
HIGH = np.array([60.0, 68.0, 60.0, 58.0, 78.0])
ACROSS = np.array([-0.78, 0.6, -0.15])
REACHED = 50.0  # degrees that a knuckle must be bent for the thumb to lie over the finger
CANDIDATES = 220
ROUNDS = 4


def place_thumb(
    rng: np.random.Generator,
    pose: Pose,
    shape: HandShape | None,
    ring: bool,
    flat: bool = False,
):
    """Angles [5] of the thumb for the other fingers of `pose`.

    ring: it meets a fingertip; flat: it lies along the palm's side, as when a hand says stop.
    """
    shape = shape or HandShape()
    if flat:
        # Half of them stand off a little: a closed hand's thumb is the last to close.
        away = rng.uniform(4, 16) if rng.random() < 0.5 else rng.uniform(16, 34)
        stretched = [away, rng.uniform(-2, 12), rng.uniform(10, 60)]
        return np.array([*stretched, rng.uniform(-4, 12), rng.uniform(-10, 14)])
    if pose.up[0]:
        # In a fist the thumb can stand further off than beside an open hand.
        away = rng.uniform(36, 60) if pose.up[1] else rng.uniform(25, 60)
        stretched = [away, rng.uniform(-2, 24), rng.uniform(20, 60)]
        return np.array([*stretched, rng.uniform(-4, 10), rng.uniform(-18, 8)])
    target, outward = _target(rng, pose, shape, ring)
    return _reach(rng, pose, shape, target, outward)


def _target(rng, pose: Pose, shape: HandShape, ring: bool) -> tuple[np.ndarray, np.ndarray]:
    """The point [3] that the thumb's pad should touch and the direction [3] it is touched from."""
    joints, palms = finger_chains(pose.fingers, shape)
    radii = finger_radii(shape)
    # A finger that is bent at its middle joint alone is out of the thumb's reach.
    folded = [i for i in range(4) if not pose.up[1 + i] and pose.fingers[i, 0] > REACHED]
    if ring:
        i = 0 if pose.up[2] else int(rng.integers(0, 2))
        tip = joints[i, 3] - 0.4 * (joints[i, 3] - joints[i, 2])
        return tip + 0.75 * radii[i, 3] * palms[i, 2], palms[i, 2]
    if not any(pose.up) and rng.random() < 0.27:  # a fist with the thumb beside the index finger
        side = joints[0, 1] * 0.75 + joints[0, 0] * 0.25
        outward = np.array([1.0, 0.0, 0.25]) / np.hypot(1, 0.25)
        return side + outward * radii[0, 1] - (0, 1.2, 0), outward
    if folded and (len(folded) < 4 or rng.random() < 0.8):
        # Over the folded fingers: the nearest is easiest, a fist may be held further across.
        i = folded[0] if len(folded) < 3 else folded[int(rng.integers(0, 2))]
        share = rng.uniform(0.25, 0.75)
        back = -palms[i, 1]
        point = joints[i, 1] + share * (joints[i, 2] - joints[i, 1])
        return point + radii[i, 1] * back, back
    # Across the palm, to below the ring finger.
    base = np.array([rng.uniform(-1.9, -0.4), rng.uniform(5.6, 7.0), 1.1])
    return base, np.array([0.0, 0.0, 1.0])


def _reach(rng, pose, shape, target, outward) -> np.ndarray:
    """Search for angles whose pad lies on the target without passing through other fingers."""
    joints, _ = finger_chains(pose.fingers, shape)
    radii = finger_radii(shape)
    start, end = joints[:, :-1].reshape(-1, 3), joints[:, 1:].reshape(-1, 3)
    thick = (0.5 * (radii[:, :-1] + radii[:, 1:])).reshape(-1)

    bend = 0.6 if all(pose.up[1:]) else 0.15  # across an open palm it lies almost straight

    def cost(angles: np.ndarray) -> np.ndarray:
        points, palms = thumb_chain(angles, shape)
        pad = points[:, 2] + 0.6 * (points[:, 3] - points[:, 2]) + THUMB_RADII[3] * palms[:, 2]
        total = ((pad - target) ** 2).sum(-1)
        total += 1.2 * (1 + palms[:, 2] @ outward)
        # The further the thumb comes out of the palm, the more its pad turns to the fingers.
        total += 0.25 * ((angles[:, 2] - (45 - 1.3 * angles[:, 1])) / 30) ** 2
        total += 0.15 * ((angles[:, 3] - 0.6 * angles[:, 4]) / 25) ** 2
        # At rest the thumb lies slanting across the palm, and lies flat.
        total += (
            1.5 * (1 - (points[:, 3] - points[:, 1]) @ ACROSS / 6) + bend * (angles[:, 4] / 40) ** 2
        )
        spots = [(1, 0.6), (2, 0.0), (2, 0.35), (2, 0.7), (2, 1.0)]
        probes = np.stack(
            [points[:, b] + s * (points[:, b + 1] - points[:, b]) for b, s in spots], 1
        )
        width = np.array([1.0, 0.92, 0.85, 0.8, 0.6])
        axis = end - start
        offset = probes[:, :, None] - start
        share = ((offset * axis).sum(-1) / (axis * axis).sum(-1)).clip(0, 1)
        gap = np.linalg.norm(offset - share[..., None] * axis, axis=-1)
        depth = (thick + width[:, None] - gap - 0.08).clip(0)
        total += 6 * (depth**2).sum((1, 2))
        total += 6 * ((0.75 + width - probes[..., 2]).clip(0) ** 2).sum(1)
        return total

    angles = rng.uniform(LOW, HIGH, (CANDIDATES, 5))
    best = angles[cost(angles).argsort()[:12]]
    for step in range(1, ROUNDS + 1):
        sigma = (HIGH - LOW) * 0.16 / step**1.5
        angles = best[rng.integers(0, len(best), CANDIDATES)]
        angles = np.concatenate([best, angles + rng.normal(0, 1, angles.shape) * sigma])
        angles = angles.clip(LOW, HIGH)
        best = angles[cost(angles).argsort()[: 12 // step]]
    return best[0]
