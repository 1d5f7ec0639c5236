"""From the shape of a hand and the angles of its joints to points and cones in space.

Lengths are centimetres of an adult right hand: x points to the thumb's side, y to the fingertips,
z out of the palm. A left hand is the same one mirrored in x.
"""

from dataclasses import dataclass

import numpy as np

from fingercount.synthetic.pose import Pose

# Knuckles (MCP joints) and the carpal ends of the four metacarpals, index to little finger.
KNUCKLES = np.array([[2.65, 9.0, 0.0], [0.5, 9.35, -0.2], [-1.6, 8.8, -0.1], [-3.5, 7.7, 0.2]])
CARPALS = np.array([[1.15, 2.7, 0.0], [0.3, 2.8, -0.1], [-0.6, 2.7, -0.05], [-1.4, 2.5, 0.1]])
# Phalanges with the soft tissue of the tip; each row one finger, proximal to distal.
PHALANGES = np.array([[3.95, 2.45, 2.35], [4.35, 2.8, 2.5], [3.95, 2.65, 2.45], [3.1, 1.95, 2.15]])
FINGER_RADII = np.array(
    [
        [1.02, 0.9, 0.8, 0.64],
        [1.04, 0.92, 0.82, 0.66],
        [0.99, 0.87, 0.77, 0.62],
        [0.88, 0.76, 0.68, 0.55],
    ]
)
THUMB_BASE = np.array([2.2, 1.95, 0.75])
THUMB_BONES = np.array([4.15, 3.15, 2.65])
TIP_DEPTH = 0.3  # how far inside the end of a finger its landmark lies
THUMB_RADII = np.array([1.3, 1.08, 0.94, 0.7])

PALM, THUMB, INDEX, MIDDLE, RING, LITTLE, SLEEVE = range(7)


@dataclass(frozen=True)
class HandShape:
    """One person's proportions, as factors of an average adult's."""

    finger_length: float = 1.0
    finger_width: float = 1.0
    palm_width: float = 1.0
    palm_thickness: float = 1.0
    thumb_length: float = 1.0
    little_length: float = 1.0
    taper: float = 1.0
    forearm_width: float = 1.0


def random_shape(rng: np.random.Generator) -> HandShape:
    """Draw a person's hand: slender or broad, adult or (one in six) a child's."""
    spread = rng.normal(0, 1, 8).clip(-1.8, 1.8)
    child = rng.random() < 1 / 6
    return HandShape(
        finger_length=(0.9 if child else 1.0) * (1 + 0.055 * spread[0]),
        finger_width=(1.04 if child else 1.0) * (1 + 0.07 * spread[1]),
        palm_width=1 + 0.035 * spread[2] + 0.02 * spread[1],
        palm_thickness=1 + 0.05 * spread[3],
        thumb_length=1 + 0.05 * spread[4],
        little_length=1 + 0.05 * spread[5],
        taper=1 + 0.05 * spread[6],
        forearm_width=1 + 0.08 * spread[7],
    )


@dataclass
class Cones:
    """Round cones: the flesh around the bones. All arrays have one row per cone.

    start, end [N, 3]; radius [N, 2]; group [N] (PALM .. SLEEVE); root [N] is True where a finger
    melts into the palm; along [N, 2] counts phalanges from the knuckle; palmar [N, 3] points to
    the side of the pads.
    """

    start: np.ndarray
    end: np.ndarray
    radius: np.ndarray
    group: np.ndarray
    root: np.ndarray
    along: np.ndarray
    palmar: np.ndarray

    def moved(self, rotation: np.ndarray, offset: np.ndarray) -> "Cones":
        """The same flesh rotated ([3, 3]), then shifted ([3])."""
        return Cones(
            self.start @ rotation.T + offset,
            self.end @ rotation.T + offset,
            self.radius,
            self.group,
            self.root,
            self.along,
            self.palmar @ rotation.T,
        )


@dataclass
class Skeleton:
    """A posed hand: joints [21, 3] in MediaPipe order, and its cones."""

    joints: np.ndarray
    cones: Cones


def flex(direction: np.ndarray, palmar: np.ndarray, degrees: np.ndarray):
    """Bend a bone ([..., 3]) towards its palmar side; returns the new direction and palmar."""
    angle = np.deg2rad(degrees)[..., None]
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * direction + sin * palmar, cos * palmar - sin * direction


def thumb_chain(thumb: np.ndarray, shape: HandShape) -> tuple[np.ndarray, np.ndarray]:
    """Joints [..., 4, 3] and palmar directions [..., 3, 3] for thumb angles [..., 5]."""
    theta, phi, roll = (np.deg2rad(thumb[..., i]) for i in range(3))
    zero = np.zeros_like(theta)
    direction = np.stack(
        [np.sin(theta) * np.cos(phi), np.cos(theta) * np.cos(phi), np.sin(phi)], -1
    )
    ulnar = np.stack([-np.cos(theta), np.sin(theta), zero], -1)
    front = np.stack([-np.sin(theta) * np.sin(phi), -np.cos(theta) * np.sin(phi), np.cos(phi)], -1)
    palmar = np.cos(roll)[..., None] * ulnar + np.sin(roll)[..., None] * front
    bones = THUMB_BONES * np.array([1.0, shape.thumb_length, shape.thumb_length])
    base = THUMB_BASE * np.array([shape.palm_width, 1.0, shape.palm_thickness])
    points, palms = [np.broadcast_to(base, direction.shape)], []
    for bone, bend in zip(bones, (zero, thumb[..., 3], thumb[..., 4])):
        direction, palmar = flex(direction, palmar, bend)
        points.append(points[-1] + bone * direction)
        palms.append(palmar)
    return np.stack(points, -2), np.stack(palms, -2)


def finger_chains(angles: np.ndarray, shape: HandShape) -> tuple[np.ndarray, np.ndarray]:
    """Joints [4, 4, 3] and palmar directions [4, 3, 3] for angles [4, 4] of index to little."""
    side = np.deg2rad(angles[:, 1])
    direction = np.stack([np.sin(side), np.cos(side), np.zeros(4)], -1)
    # The knuckles form an arch: the outer fingers lean a little towards the middle.
    tilt = np.deg2rad([-6.0, 0.0, 5.0, 12.0])
    palmar = np.stack([np.sin(tilt), np.zeros(4), np.cos(tilt)], -1)
    palmar -= (palmar * direction).sum(-1, keepdims=True) * direction
    palmar /= np.linalg.norm(palmar, axis=-1, keepdims=True)
    lengths = PHALANGES * shape.finger_length
    lengths[3] *= shape.little_length
    knuckles = KNUCKLES * np.array([shape.palm_width, 1.0, shape.palm_thickness])
    points, palms = [knuckles], []
    for bone, bend in enumerate((angles[:, 0], angles[:, 2], angles[:, 3])):
        direction, palmar = flex(direction, palmar, bend)
        points.append(points[-1] + lengths[:, bone, None] * direction)
        palms.append(palmar)
    return np.stack(points, 1), np.stack(palms, 1)


def finger_radii(shape: HandShape) -> np.ndarray:
    """Radii [4, 4] at the knuckle, the two joints and the tip of index to little finger."""
    return FINGER_RADII * shape.finger_width * np.array([1, 1, shape.taper, shape.taper**2])


def build(pose: Pose, shape: HandShape, sleeve: float | None = None) -> Skeleton:
    """Pose a right hand; `sleeve` is where cloth starts, in centimetres below the wrist."""
    fingers, finger_palms = finger_chains(pose.fingers, shape)
    thumb, thumb_palms = thumb_chain(pose.thumb, shape)
    wide = np.array([shape.palm_width, 1.0, shape.palm_thickness])
    rows = []

    def cone(start, end, r0, r1, group, root=False, along=(0, 0), palmar=(0, 0, 1)):
        rows.append((np.asarray(start), np.asarray(end), (r0, r1), group, root, along, palmar))

    # Palm: metacarpals, the pads below the fingers and on both sides, the web of the thumb.
    thick = shape.palm_thickness
    for knuckle, carpal, r in zip(KNUCKLES * wide, CARPALS * wide, (0.98, 0.98, 0.93, 0.86)):
        cone(carpal, knuckle, 1.05 * thick, r * thick, PALM)
        front = np.array([carpal, knuckle]) + np.array([[0, 0, 0.45], [0, -0.5, 0.4]])
        cone(front[0], front[1], thick, 0.9 * thick, PALM)
    low = np.array([[2.3, 8.4, 0.4], [-2.9, 7.5, 0.55]]) * wide
    cone(low[0], low[1], 0.78 * thick, 0.78 * thick, PALM)
    heel = np.array([[-1.5, 2.2, 0.7], [-2.8, 6.2, 0.55]]) * wide
    cone(heel[0], heel[1], 1.2 * thick, 0.95 * thick, PALM)
    for i in range(3):  # the webs between the fingers
        ends = [fingers[j, 0] + 0.27 * (fingers[j, 1] - fingers[j, 0]) for j in (i, i + 1)]
        cone(ends[0], ends[1], 0.5, 0.5, PALM)
    thenar = thumb[0] + 0.55 * (thumb[1] - thumb[0])
    cone(np.array([0.7, 2.0, 0.6]) * wide, thenar, 1.05 * thick, 1.12 * thick, PALM)
    cone(thumb[0] + 0.75 * (thumb[1] - thumb[0]), np.array([2.0, 6.3, 0.1]) * wide, 0.6, 0.6, PALM)
    cone(thumb[0] + 0.4 * (thumb[1] - thumb[0]), np.array([1.5, 4.8, 0.3]) * wide, 0.9, 0.8, PALM)

    tr = THUMB_RADII * (0.5 + 0.5 * shape.finger_width)
    cone(thumb[0], thumb[1], tr[0] * 0.95, tr[1], PALM)
    cone(thumb[1], thumb[2], tr[1] * 0.97, tr[2], THUMB, True, (0, 1), thumb_palms[1])
    _tip(cone, thumb[2], thumb[3], tr[2], tr[3], THUMB, thumb_palms[2], first=1)

    radii = finger_radii(shape)
    for i in range(4):
        joint, palm, r = fingers[i], finger_palms[i], radii[i]
        cone(joint[0], joint[1], r[0], r[1], INDEX + i, True, (0, 1), palm[0])
        # Flesh of the proximal and middle phalanx is fuller on the palm's side.
        for bone in (0, 1):
            start, end = (
                joint[bone] + s * (joint[bone + 1] - joint[bone])
                for s in ((0.45, 0.68), (0.3, 0.65))[bone]
            )
            lift = (0.2, 0.12)[bone] * r[bone + 1] * palm[bone]
            size = 0.86 * r[bone + 1]
            across = ((0.45, 0.68), (1.3, 1.65))[bone]
            cone(start + lift, end + lift, size, size, INDEX + i, bone == 0, across, palm[bone])
        cone(joint[1], joint[2], r[1] * 0.98, r[2], INDEX + i, False, (1, 2), palm[1])
        _tip(cone, joint[2], joint[3], r[2], r[3], INDEX + i, palm[2], first=2)

    _forearm(cone, pose.wrist, shape, sleeve)
    start, end, radius, group, root, along, palmar = (np.array(column) for column in zip(*rows))
    joints = np.concatenate([np.zeros((1, 3)), thumb, fingers.reshape(16, 3)])
    ends = joints[4::4] - joints[3::4]
    joints[4::4] -= TIP_DEPTH * ends / np.linalg.norm(ends, axis=1, keepdims=True)
    cones = Cones(start, end, radius, group, root, along.astype(float), palmar.astype(float))
    return Skeleton(joints, cones)


def _tip(cone, start, end, r0, r1, group, palmar, first) -> None:
    """The last phalanx: a cone that ends one radius early, so that its round end is the tip."""
    axis = (end - start) / np.linalg.norm(end - start)
    stop = end - r1 * axis
    cone(start, stop, r0 * 0.97, r1, group, False, (first, first + 0.85), palmar)
    pad = start + 0.55 * (stop - start) + 0.16 * r0 * palmar
    cone(pad, pad + 0.25 * (stop - start), 0.84 * r0, 0.8 * r0, group, False,
         (first + 0.5, first + 0.7), palmar)  # fmt: skip


def _forearm(cone, wrist: np.ndarray, shape: HandShape, sleeve: float | None) -> None:
    """Two parallel bones below the wrist, bent by (flexion, deviation) degrees."""
    bend, side = np.deg2rad(wrist)
    down = np.array([np.sin(side), -np.cos(side) * np.cos(bend), np.cos(side) * np.sin(bend)])
    across = np.cross(down, [0, 0, 1.0])
    across /= -np.linalg.norm(across)
    width = shape.forearm_width
    for sign in (-1, 0, 1):
        root = np.array([sign * 1.05 * width + 0.1, 1.4, 0.1])
        narrow = sign * 1.22 * width * across + 1.5 * down
        cone(root, narrow, 1.22 * shape.palm_thickness, 1.36 * width, PALM)
        thick = sign * 1.6 * width * across + 16 * down
        cone(narrow, thick, 1.36 * width, 2.25 * width, PALM)
        cone(thick, sign * 1.6 * width * across + 40 * down, 2.25 * width, 3.0 * width, PALM)
        if sleeve is not None:
            share = np.clip((sleeve - 1.5) / 14.5, 0, 1)
            cuff = sign * (1.2 + 0.4 * share) * width * across + sleeve * down
            radius = (1.75 + 1.1 * share) * width + 0.55
            elbow = sign * 2.0 * width * across + 42 * down
            cone(cuff, elbow, radius, 4.4 * width, SLEEVE, along=(0, 1))
