"""Hands drawn by the computer: any fingers, any skin, exact labels, as many as wanted.

    picture = render(7, label="three")      # picture.image, .fingers, .landmarks, .mask
    write_photos("data/rendered", per_label=20)

pose -> skeleton -> distance_field -> ray_marching -> shading -> hand -> scene; backgrounds and
effects are around it.
"""

from fingercount.synthetic.backgrounds import Room, random_room
from fingercount.synthetic.clips import clip
from fingercount.synthetic.effects import camera_effects
from fingercount.synthetic.hand import Hand, random_hand, render_hand
from fingercount.synthetic.person import Person, random_person
from fingercount.synthetic.photos import write_photos
from fingercount.synthetic.pose import Fingers, Pose, blend, parse_fingers
from fingercount.synthetic.random_pose import random_fingers, random_pose
from fingercount.synthetic.scene import (
    LABELS,
    Rendered,
    Setting,
    random_setting,
    render,
    render_frame,
)
from fingercount.synthetic.shading import Light, random_light
from fingercount.synthetic.view import View, frame, random_view, turned

__all__ = [
    "LABELS",
    "Fingers",
    "Hand",
    "Light",
    "Person",
    "Pose",
    "Rendered",
    "Room",
    "Setting",
    "View",
    "blend",
    "camera_effects",
    "clip",
    "frame",
    "parse_fingers",
    "random_fingers",
    "random_hand",
    "random_light",
    "random_person",
    "random_pose",
    "random_room",
    "random_setting",
    "random_view",
    "render",
    "render_frame",
    "render_hand",
    "turned",
    "write_photos",
]
