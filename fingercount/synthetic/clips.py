"""A moving hand before a webcam: the same person and room, the count changing."""

from collections.abc import Iterator, Sequence

import numpy as np

from fingercount.labels import NONE
from fingercount.synthetic.backgrounds import random_room
from fingercount.synthetic.effects import camera_effects
from fingercount.synthetic.hand import Hand, render_hand
from fingercount.synthetic.person import random_person
from fingercount.synthetic.pose import Fingers, blend
from fingercount.synthetic.random_pose import random_fingers, random_pose
from fingercount.synthetic.scene import LABELS, Setting
from fingercount.synthetic.shading import random_light
from fingercount.synthetic.skeleton import build
from fingercount.synthetic.view import View, countable, frame, turned

MOVE = 0.35  # seconds from one pose to the next


def clip(
    seed: int,
    counts: Sequence[int | Fingers | None],
    seconds_each: float = 2.0,
    fps: float = 15.0,
    *,
    size: tuple[int, int] = (640, 480),
    extent: float = 0.62,
    setting: Setting | None = None,
    effects: float = 0.35,
) -> Iterator[tuple[np.ndarray, str]]:
    """Yield (RGB uint8 [h, w, 3], label) frame by frame.

    counts: numbers 0 to 5, fingers (five booleans) or None for no hand; between two of them the
    hand moves on, and the label changes half way. extent: the hand's share of the height.
    """
    rng = np.random.default_rng(seed)
    width, height = size
    if setting is None:
        room = random_room(rng, int(1.15 * width), int(1.15 * height), people=0)
        setting = Setting(random_person(rng, gloves=0), room, random_light(rng, backlit=0))
    person, light = setting.person, setting.light
    behind = setting.room.view(rng, width, height)
    view = View(turned(rng.normal(0, 8), rng.normal(0, 6), 0), bool(rng.random() < 0.5), 55.0)
    poses = [_still(rng, step, person, view) for step in counts]
    frames = max(1, round(seconds_each * fps))
    moving = max(1, min(round(MOVE * fps), frames // 2))
    phase = rng.uniform(0, 6.28, 3)
    for i, pose in enumerate(poses):
        for j in range(frames):
            before, share = pose, 1.0
            if i and j < moving and pose is not None and poses[i - 1] is not None:
                before, share = poses[i - 1], _ease((j + 1) / (moving + 1))
            time = (i * frames + j) / fps
            if pose is None:
                picture, label = behind, NONE
            else:
                current = blend(before, pose, share)
                sway = np.sin(time * np.array([1.1, 0.8, 0.6]) + phase) * (2.5, 1.5, 2.0)
                turn = turned(*sway) @ np.diag([1.0, -1, -1])
                moved = View(turn @ view.rotation, view.mirrored, view.distance)
                picture = _draw(current, person, moved, light, behind, extent, sway)
                label = LABELS[current.count]
            camera, grains = (np.random.default_rng((seed, *n)) for n in ((1,), (2, i, j)))
            yield camera_effects(picture, camera, effects, grains), label


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


def _still(rng, step, person, view: View):
    """A pose that can be counted from this view, or None for no hand."""
    if step is None:
        return None
    fingers = random_fingers(rng, step, common=True) if isinstance(step, int) else step
    while True:
        pose = random_pose(rng, fingers, person.shape)
        if countable(pose, view.place(build(pose, person.shape))):
            return pose


def _draw(pose, person, view: View, light, room, extent, sway) -> np.ndarray:
    height, width = room.shape[:2]
    placed = view.place(build(pose, person.shape, person.sleeve))
    # Framed by the palm alone; otherwise the hand would jump when fingers open.
    box = np.array([-0.5, -0.5, 0.5, 0.5]) * height * extent * 0.5
    middle = np.array([width / 2, height * 0.56]) + sway[:2] * height * 0.006
    palm = placed.joints[[0, 1, 5, 9, 13, 17]]
    camera = frame(palm, (width, height), tuple(box + np.tile(middle, 2)))
    rgba = render_hand(Hand(pose, person, view, placed.joints), camera, light)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return np.round(rgba[..., :3] * alpha + room * (1 - alpha)).astype(np.uint8)
