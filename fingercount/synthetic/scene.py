"""Whole pictures with exact labels: a hand (or none) in a room, through a camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from fingercount.labels import NONE, canonical, count_of
from fingercount.synthetic.backgrounds import Room, random_room
from fingercount.synthetic.effects import camera_effects
from fingercount.synthetic.hand import Hand, random_hand, render_hand
from fingercount.synthetic.person import Person, random_person
from fingercount.synthetic.pose import Fingers
from fingercount.synthetic.random_pose import random_fingers
from fingercount.synthetic.shading import Light, random_light
from fingercount.synthetic.view import frame

LABELS = ("zero", "one", "two", "three", "four", "five", NONE)


@dataclass(frozen=True)
class Rendered:
    """A picture and what is true of it.

    image: RGB uint8 [size, size, 3]; fingers: thumb to little finger up, None without a hand;
    landmarks: float32 [21, 2] in MediaPipe order as fractions of width and height, or None;
    mask: uint8 [size, size], 255 where the hand, arm or sleeve covers; right: None without a hand.
    """

    image: np.ndarray
    label: str
    fingers: Fingers | None
    landmarks: np.ndarray | None
    mask: np.ndarray
    right: bool | None = None


@dataclass(frozen=True)
class Setting:
    """What the pictures of one session share: a person in a room in one light."""

    person: Person
    room: Room
    light: Light


def random_setting(
    rng: np.random.Generator,
    tone: float | None = None,
    width: int = 224,
    height: int = 224,
    gloves: float = 0.03,
) -> Setting:
    """Draw a person, a room and a light."""
    room = random_room(rng, width, height)
    return Setting(random_person(rng, tone, gloves), room, random_light(rng))


def render(
    seed: int | np.random.Generator,
    *,
    size: int = 160,
    label: str | None = None,
    fingers: Fingers | None = None,
    setting: Setting | None = None,
    turn_any: float = 0.15,
    wildness: float = 1.0,
    common: bool = False,
    effects: float = 1.0,
) -> Rendered:
    """Draw one square picture; without `label` or `fingers` any of the seven labels.

    turn_any: share of hands at any angle in the picture; wildness scales the tilt of the others;
    common leaves out ways to count that few people use; effects is the camera's strength.
    """
    rng = np.random.default_rng(seed)
    label = canonical(label) if label is not None else None
    if fingers is None and label is None:
        label = LABELS[int(rng.integers(0, len(LABELS)))]
    setting = setting or random_setting(rng, width=int(1.4 * size), height=int(1.4 * size))
    if fingers is None and label == NONE:
        return _empty(rng, setting, size, effects)
    if fingers is None:
        count = None if label is None else count_of(label)
        if count is None or not 0 <= count <= 5:
            raise ValueError(f"No hand shows {label!r}; use one of {', '.join(LABELS)}.")
        fingers = random_fingers(rng, count, common)
    hand = random_hand(rng, fingers, setting.person, turn_any, wildness)
    room = setting.room.view(rng, size, size)
    extent = size * rng.uniform(0.62, 0.94)
    corner = rng.uniform(0, 1, 2) * (size - extent)
    # The frame's middle is likelier than its edges, as people aim.
    corner = 0.5 * corner + 0.25 * (size - extent)
    box = (*corner, *(corner + extent))
    image, alpha, landmarks = _compose(rng, hand, room, box, setting)
    taken = camera_effects(image, rng, effects)
    if _flat(taken, alpha):
        taken = camera_effects(image, rng, 0.3 * effects)
    return Rendered(
        taken,
        LABELS[sum(fingers)],
        hand.pose.up,
        landmarks,
        alpha,
        not hand.view.mirrored,
    )


def render_frame(
    rng: np.random.Generator,
    fingers: Fingers,
    *,
    size: tuple[int, int] = (640, 480),
    box: tuple[float, float, float, float] | None = None,
    setting: Setting | None = None,
    effects: float = 0.6,
) -> tuple[np.ndarray, tuple[float, ...]]:
    """A webcam's frame, RGB uint8 [h, w, 3], and the box (pixels) in which the hand lies."""
    width, height = size
    setting = setting or random_setting(rng, width=int(1.2 * width), height=int(1.2 * height))
    if box is None:
        side = height * rng.uniform(0.45, 0.75)
        left = rng.uniform(0.05 * width, 0.95 * width - side)
        top = rng.uniform(0.05 * height, 0.9 * height - side)
        box = (left, top, left + side, top + side)
    hand = random_hand(rng, fingers, setting.person, turn_any=0.0, wildness=0.7)
    room = setting.room.view(rng, width, height)
    image, _, landmarks = _compose(rng, hand, room, box, setting)
    tight = landmarks * size
    pad = 0.06 * (tight.max(0) - tight.min(0)).max()
    low, high = tight.min(0) - pad, tight.max(0) + pad
    return camera_effects(image, rng, effects), (*map(float, low), *map(float, high))


def _flat(image: np.ndarray, alpha: np.ndarray) -> bool:
    """True when over- or underexposure has left next to nothing to see of the hand."""
    hand = cv2.blur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (3, 3))[alpha > 128]
    return bool(np.std(hand) < 9 or (hand > 248).mean() > 0.4)


def _compose(rng, hand: Hand, room: np.ndarray, box, setting: Setting):
    """The hand over the room: image [h, w, 3], cover [h, w] and landmarks [21, 2]."""
    height, width = room.shape[:2]
    camera = frame(hand.joints, (width, height), box)
    rgba = render_hand(hand, camera, setting.light)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    behind = room.astype(np.float32)
    if setting.room.plain and setting.light.towards[2] < 0:
        behind *= _wall_shadow(rng, alpha[..., 0], setting.light, box)[..., None]
    image = rgba[..., :3] * alpha + behind * (1 - alpha)
    landmarks = (camera.project(hand.joints) / (width, height)).astype(np.float32)
    return np.round(image).astype(np.uint8), rgba[..., 3], landmarks


def _wall_shadow(rng, alpha: np.ndarray, light: Light, box) -> np.ndarray:
    """How much light [h, w] is left on a wall close behind the hand."""
    extent = box[2] - box[0]
    away = rng.uniform(0.05, 0.4) * extent / max(0.4, -float(light.towards[2]))
    shift = -away * light.towards[:2]
    moved = cv2.warpAffine(
        alpha,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
        alpha.shape[::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )
    sigma = (0.006 + 0.05 * light.soft) * extent + 0.1 * away
    return 1 - (0.45 - 0.3 * light.soft) * cv2.GaussianBlur(moved, (0, 0), sigma)


def _empty(rng, setting: Setting, size: int, effects: float) -> Rendered:
    """A picture without a hand; often with what could be taken for one: an arm, balls, faces."""
    room = setting.room.view(rng, size, size)
    mask = np.zeros((size, size), np.uint8)
    kind = rng.random()
    if kind < 0.3:
        room = _bare_arm(rng, room, setting)
    elif kind < 0.5:
        room = room.copy()
        for _ in range(int(rng.integers(1, 4))):
            tone = setting.person.back if rng.random() < 0.6 else rng.uniform(0, 1, 3)
            colour = (np.clip(tone, 0, 1) ** (1 / 2.2) * 255 * rng.uniform(0.5, 1.1)).clip(0, 255)
            centre = tuple(int(c) for c in rng.uniform(0, size, 2))
            axes = tuple(int(c) for c in rng.uniform(0.06, 0.3, 2) * size + 1)
            angle = rng.uniform(0, 180)
            cv2.ellipse(room, centre, axes, angle, 0, 360, colour.tolist(), -1, cv2.LINE_AA)
        room = cv2.GaussianBlur(room, (0, 0), rng.uniform(0.4, 2.5))
    return Rendered(camera_effects(room, rng, effects), NONE, None, None, mask)


def _bare_arm(rng, room: np.ndarray, setting: Setting) -> np.ndarray:
    """A forearm that crosses the picture, its hand outside."""
    size = room.shape[0]
    hand = random_hand(rng, (False,) * 5, setting.person, turn_any=1.0)
    # Shift the wrist past the edge that the hand points to, so that only the arm stays inside.
    camera = frame(hand.joints, (size, size), (0, 0, size * 0.8, size * 0.8))
    spots = camera.project(hand.joints)
    along = spots[9] - spots[0]
    along = along / np.linalg.norm(along)
    reach = (spots @ along).min() - 0.12 * size
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]])
    shift = along * ((corners @ along).max() - reach) + rng.normal(0, 0.08 * size) * (
        along[::-1] * (1, -1)
    )
    side = along[::-1] * (1, -1)
    middle = spots[0] + shift - np.array([size, size]) / 2
    shift -= side * (middle @ side)
    moved = type(camera)(camera.focal, camera.cx + shift[0], camera.cy + shift[1], size, size)
    rgba = render_hand(hand, moved, setting.light)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return np.round(rgba[..., :3] * alpha + room * (1 - alpha)).astype(np.uint8)
