"""From where the hand is seen, and whether its fingers can be counted from there."""

from dataclasses import dataclass

import numpy as np

from fingercount.synthetic.pose import Pose
from fingercount.synthetic.ray_marching import Camera
from fingercount.synthetic.skeleton import THUMB, Cones, Skeleton

MIDDLE = np.array([0.5, 7.0, 0.8])  # of a hand, in its own axes: what is put before the camera
FLESH = 1.0  # centimetres around the joints that belong into the picture with them


@dataclass(frozen=True)
class View:
    """How a hand is held before the camera.

    rotation [3, 3] from the hand's axes (y up, z to the camera) to the camera's (y down, z away);
    mirrored: a left hand; distance in centimetres.
    """

    rotation: np.ndarray
    mirrored: bool
    distance: float

    @property
    def matrix(self) -> np.ndarray:
        """From a right hand's axes to the camera's: the rotation, mirrored for a left hand."""
        return self.rotation @ np.diag([-1.0 if self.mirrored else 1.0, 1.0, 1.0])

    def place(self, skeleton: Skeleton) -> Skeleton:
        """The skeleton in the camera's space, the middle of the hand on its axis."""
        matrix = self.matrix
        offset = np.array([0, 0, self.distance]) - matrix @ MIDDLE
        return Skeleton(skeleton.joints @ matrix.T + offset, skeleton.cones.moved(matrix, offset))

    def to_hand(self, points: np.ndarray) -> np.ndarray:
        """Points [3, ...] in the camera's space back in the hand's own axes."""
        back = self.matrix.T
        shift = MIDDLE - back @ np.array([0, 0, self.distance])
        flat = back.astype(np.float32) @ points.reshape(3, -1)
        return flat.reshape(points.shape) + shift.astype(np.float32)[:, None, None]


def turned(yaw: float, pitch: float, roll: float, back: bool = False) -> np.ndarray:
    """Rotation [3, 3] by degrees; yaw about the hand's length, roll in the picture."""
    y, p, r = np.deg2rad([yaw + (180 if back else 0), pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.diag([1.0, -1.0, -1.0]) @ about_z @ about_x @ about_y


def random_view(rng: np.random.Generator, turn_any: float = 0.15, wildness: float = 1.0) -> View:
    """Mostly upright with some tilt; the share `turn_any` at any angle in the picture.

    wildness scales the tilt; above 1 it also goes farther.
    """
    farther = max(1.0, wildness)
    yaw = float(np.clip(rng.normal(0, 20 * wildness), -55 * farther, 55 * farther))
    pitch = float(np.clip(rng.normal(0, 15 * wildness), -38 * farther, 38 * farther))
    roll = rng.uniform(-180, 180) if rng.random() < turn_any else rng.normal(0, 13 * wildness)
    rotation = turned(yaw, pitch, float(roll), back=rng.random() < 0.4)
    return View(rotation, bool(rng.random() < 0.5), float(rng.uniform(32, 75)))


def frame(joints: np.ndarray, size: tuple[int, int], box: tuple[float, ...]) -> Camera:
    """The camera that shows joints [21, 3] inside box (left, top, right, bottom in pixels)."""
    flat = joints[:, :2] / joints[:, 2:]
    flesh = FLESH / joints[:, 2:]
    low, high = (flat - flesh).min(0), (flat + flesh).max(0)
    corner, opposite = np.array(box[:2]), np.array(box[2:])
    focal = float(((opposite - corner) / (high - low)).min())
    centre = (corner + opposite) / 2 - focal * (low + high) / 2
    return Camera(focal, float(centre[0]), float(centre[1]), *size)


def countable(pose: Pose, skeleton: Skeleton) -> bool:
    """True when each raised finger is seen, long enough, and each folded one looks folded."""
    joints = skeleton.joints
    chains = joints[1:].reshape(5, 4, 3)
    flat = chains[..., :2] / chains[..., 2:]
    # Apparent length against the length across the line of sight.
    reach = np.linalg.norm(flat[:, 3] - flat[:, 1], axis=-1) * chains[:, 1, 2]
    full = np.linalg.norm(np.diff(chains[:, 1:], axis=1), axis=-1).sum(-1)
    if any(up and r < 0.6 * f for up, r, f in zip(pose.up, reach, full)):
        return False
    axis = flat[1:, 0].mean(0) - joints[0, :2] / joints[0, 2]
    if np.linalg.norm(axis) * joints[0, 2] < 5.0:
        return False
    axis = axis / np.linalg.norm(axis)
    for i in range(1, 5):  # a folded finger that leans towards the fingers' side reads as raised
        if not pose.up[i]:
            ahead = (flat[i, 1:] - flat[i, 0]) @ axis * chains[i, 0, 2]
            turns_back = ahead[2] < ahead[0] - 0.3 * full[i]  # a hook: a stub is all one sees
            if ahead.max() > 0.55 * full[i] and not turns_back:
                return False
    # Beside an open hand even a thumb against the palm's side is seen to be up.
    if (
        pose.up[0]
        and not all(pose.up)
        and not _stands_off(flat, joints[0, :2] / joints[0, 2], chains[1, 0, 2])
    ):
        return False
    return all(_seen(i, chains[i], skeleton.cones) for i in range(5) if pose.up[i])


def _stands_off(flat: np.ndarray, wrist: np.ndarray, depth: float) -> bool:
    """True when the thumb's tip shows clear of the index finger's side of the palm."""
    tip, knuckle = flat[0, 3], flat[1, 0]
    edge = (knuckle - wrist) / np.linalg.norm(knuckle - wrist)
    beside = abs(edge[0] * (tip - wrist)[1] - edge[1] * (tip - wrist)[0])
    return bool(beside * depth > 2.6 and np.linalg.norm(tip - knuckle) * depth > 3.4)


def _seen(finger: int, chain: np.ndarray, cones: Cones) -> bool:
    """True when a finger's tip and most of its end stand before all other flesh."""
    shares = [(2, 0.85), (2, 0.5), (2, 0.1), (1, 0.5)]
    points = np.array([chain[b] + s * (chain[b + 1] - chain[b]) for b, s in shares])
    other = cones.group != THUMB + finger
    steps = np.linspace(0, 1, 5)[:, None, None]
    balls = (cones.start[other] + steps * (cones.end - cones.start)[other]).reshape(-1, 3)
    radii = cones.radius[other]
    radii = (radii[:, 0] + steps[..., 0] * (radii[:, 1] - radii[:, 0])).reshape(-1)
    distance = np.linalg.norm(points, axis=-1)
    rays = points / distance[:, None]
    depth = balls @ rays.T
    off = np.sqrt(((balls[:, None] - depth[..., None] * rays) ** 2).sum(-1))
    hidden = ((off < radii[:, None]) & (depth < distance - 0.3)).any(0)
    return not hidden[0] and hidden.sum() <= 1
