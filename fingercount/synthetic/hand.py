"""One hand in one picture: pose, person, view and light to colours and cover."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from fingercount.imaging.types import Float32Array
from fingercount.synthetic import skeleton as bones
from fingercount.synthetic.person import Person, random_person
from fingercount.synthetic.pose import Fingers, Pose
from fingercount.synthetic.random_pose import random_pose
from fingercount.synthetic.ray_marching import Camera, trace
from fingercount.synthetic.shading import Light, shade
from fingercount.synthetic.view import View, countable, random_view

SUPERSAMPLING = 1.6  # each way; the cover of an edge's pixels does the rest


@dataclass(frozen=True)
class Hand:
    """A hand ready to be drawn: everything but the light. joints [21, 3] in the camera's space."""

    pose: Pose
    person: Person
    view: View
    joints: np.ndarray


def random_hand(
    rng: np.random.Generator,
    fingers: Fingers,
    person: Person | None = None,
    turn_any: float = 0.15,
    wildness: float = 1.0,
) -> Hand:
    """Draw a pose and a view in which the fingers can be counted."""
    person = person or random_person(rng)
    while True:
        pose = random_pose(rng, fingers, person.shape)
        built = bones.build(pose, person.shape, person.sleeve)
        for _ in range(12):
            view = random_view(rng, turn_any, wildness)
            placed = view.place(built)
            if countable(pose, placed):
                return Hand(pose, person, view, placed.joints)


def render_hand(hand: Hand, camera: Camera, light: Light) -> np.ndarray:
    """Draw a hand: RGBA uint8 [camera.height, camera.width, 4], colours not multiplied by alpha."""
    built = bones.build(hand.pose, hand.person.shape, hand.person.sleeve)
    cones = hand.view.place(built).cones
    k = SUPERSAMPLING
    large = Camera(
        camera.focal * k,
        camera.cx * k,
        camera.cy * k,
        round(camera.width * k),
        round(camera.height * k),
    )
    surface = trace(cones, large)
    picture = np.zeros((camera.height, camera.width, 4), np.uint8)
    if surface is None:
        return picture
    colour = shade(surface, large, hand.view, hand.person, light)
    # A gentle shoulder, as cameras have it, instead of clipping bright skin to yellow.
    colour = np.clip(colour, 0, None)
    colour = colour * (1 + colour / 2.2) / (1 + colour)
    colour = np.clip(colour, 0, 1) ** np.float32(1 / 2.2)
    full = np.zeros((large.height, large.width, 4), np.float32)
    height, width = surface.cover.shape
    window = full[surface.top : surface.top + height, surface.left : surface.left + width]
    window[..., :3] = colour * surface.cover[..., None]
    window[..., 3] = surface.cover
    size = (camera.width, camera.height)
    small = cast(Float32Array, cv2.resize(full, size, interpolation=cv2.INTER_AREA))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-4)
    return np.round(np.clip(small, 0, 1) * 255).astype(np.uint8)
