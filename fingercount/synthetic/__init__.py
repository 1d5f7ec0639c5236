"""Hands drawn by the computer: any fingers, any skin, exact labels, as many as wanted.

    picture = render(7, label="three")      # picture.image, .fingers, .landmarks, .mask
    write_photos("data/rendered", per_label=20)

pose -> skeleton -> field -> tracing -> shading -> hand -> scene; rooms and effects are around it.
"""

from .backgrounds import Room, random_room
from .clips import clip
from .effects import camera_effects
from .hand import Hand, random_hand, render_hand
from .person import Person, random_person
from .photos import write_photos
from .pose import Fingers, Pose, blend, parse_fingers, random_fingers, random_pose
from .scene import LABELS, Rendered, Setting, random_setting, render, render_frame
from .shading import Light, random_light
from .view import View, frame, random_view, turned

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
