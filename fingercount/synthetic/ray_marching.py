"""Rays against the flesh of a hand: depth, normals, and what was hit where."""

from dataclasses import dataclass

import numpy as np

from fingercount.synthetic.distance_field import (
    FINGER_SHARPNESS,
    PALM_SHARPNESS,
    Groups,
    LocalCone,
    attributes,
    distance_field,
    soften,
)
from fingercount.synthetic.skeleton import PALM, SLEEVE, THUMB, Cones

# How far (cm) a cone is felt beyond its surface: of the palm (True), of a finger.
REACH = {True: 1.25, False: 0.6}
STEPS = 4  # from where a ray first comes near the flesh, enough for most
MORE_STEPS = 6  # at a time, for the few that graze it and go on to what lies behind


@dataclass(frozen=True)
class Camera:
    """A pinhole camera at the origin that looks along +z, y down.

    focal, cx and cy in pixels of a picture of `width` x `height` pixels.
    """

    focal: float
    cx: float
    cy: float
    width: int
    height: int

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels [..., 2] of points [..., 3]."""
        flat = points[..., :2] / points[..., 2:]
        return flat * self.focal + np.array([self.cx, self.cy])


@dataclass
class Surface:
    """What the rays of a window of the picture hit; all arrays [h, w].

    left, top: where the window lies in the picture; depth along the ray; normal [h, w, 3];
    group (PALM .. SLEEVE); along: phalanges from the knuckle; palmar: 1 on the pads, -1 on the
    back; cover 0..1.
    """

    left: int
    top: int
    rays: np.ndarray
    depth: np.ndarray
    normal: np.ndarray
    group: np.ndarray
    along: np.ndarray
    palmar: np.ndarray
    cover: np.ndarray


def trace(cones: Cones, camera: Camera) -> Surface | None:
    """Render cones (in camera space) to a Surface; None when no part is in the picture."""
    boxes = _boxes(cones, camera)
    seen = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    if not len(seen):
        return None
    left, top = boxes[seen, 0].min(), boxes[seen, 1].min()
    right, bottom = boxes[seen, 2].max(), boxes[seen, 3].max()
    x = (np.arange(left, right, dtype=np.float32) + 0.5 - camera.cx) / camera.focal
    y = (np.arange(top, bottom, dtype=np.float32) + 0.5 - camera.cy) / camera.focal
    rays = np.empty((3, len(y), len(x)), np.float32)
    rays[0], rays[1], rays[2] = x, y[:, None], 1
    rays /= np.sqrt((rays * rays).sum(0))

    groups: Groups = {}
    for i in seen:
        x0, y0, x1, y1 = boxes[i] - (left, top, left, top)
        cone = LocalCone(cones, int(i), rays, (slice(y0, y1), slice(x0, x1)))
        groups.setdefault(int(cones.group[i]), []).append(cone)

    t = np.full(rays.shape[1:], np.inf, np.float32)
    last = np.zeros_like(t)
    for cone in (cone for group in groups.values() for cone in group):
        near, far = cone.entry()
        np.minimum(t[cone.slices], near, out=t[cone.slices])
        np.maximum(last[cone.slices], far, out=last[cone.slices])
    active = np.isfinite(t)
    t[~active] = cones.start[:, 2].max() + 60
    pixel = t / np.float32(camera.focal)

    nearest = np.full(t.shape, np.inf, np.float32)
    for _ in range(STEPS):
        d = distance_field(groups, t)
        np.minimum(nearest, d, out=nearest)
        t += np.clip(d, -2, 2)
    going_on = (d > 0.7 * pixel) & (t < last) & active
    if going_on.any():
        rest = np.flatnonzero(going_on)
        flat_rays, flat_t, flat_nearest = rays.reshape(3, -1), t.reshape(-1), nearest.reshape(-1)
        for _ in range(3):
            after, passed, met = _march(cones, flat_rays[:, rest], flat_t[rest], pixel.flat[rest])
            flat_t[rest], flat_nearest[rest] = after, passed
            rest = rest[~met & (after < last.flat[rest])]
            if not len(rest):
                break
    fields = attributes(groups, t, rays)
    np.minimum(nearest, fields["distance"], out=nearest)
    cover = np.clip(1.7 - nearest / pixel, 0, 1) * active
    return Surface(
        left,
        top,
        rays,
        t,
        fields["normal"],
        fields["group"],
        fields["along"],
        fields["palmar"],
        cover,
    )


def _boxes(cones: Cones, camera: Camera) -> np.ndarray:
    """Pixel rectangles [N, 4] (left, top, right, bottom) that the cones can touch."""
    corners = []
    margin = np.where(cones.group == PALM, REACH[True], REACH[False])
    for point, radius in ((cones.start, cones.radius[:, 0]), (cones.end, cones.radius[:, 1])):
        z = np.maximum(point[:, 2], 1.0)
        centre = camera.project(np.column_stack([point[:, :2], z]))
        # A ball seen off-axis is an ellipse; 6 % more covers it at the angles of a webcam.
        reach = (1.06 * camera.focal * (radius + margin) / z)[:, None]
        corners.append((centre - reach, centre + reach))
    low = np.minimum(corners[0][0], corners[1][0])
    high = np.maximum(corners[0][1], corners[1][1])
    size = np.array([camera.width, camera.height])
    low = np.clip(np.floor(low), 0, size)
    high = np.clip(np.ceil(high), 0, size)
    return np.concatenate([low, high], 1).astype(int)


def _march(cones, rays, t, pixel):
    """Go on along rays [3, n] from t [n]: depth, nearest distance passed, whether it was met."""
    start, axis = cones.start.astype(np.float32), (cones.end - cones.start).astype(np.float32)
    along_axis, along_start = axis @ rays, start @ rays
    axis_axis = (axis * axis).sum(1)[:, None]
    start_axis, start_start = (start * axis).sum(1)[:, None], (start * start).sum(1)[:, None]
    r0, r1 = cones.radius.astype(np.float32).T[:, :, None]
    palm = cones.group == PALM
    sharpness = -np.where(palm, PALM_SHARPNESS, FINGER_SHARPNESS).astype(np.float32)[:, None]
    roots = np.array(
        [(cones.group == g) & cones.root for g in range(THUMB, SLEEVE + 1)], np.float32
    )
    rests = np.array(
        [(cones.group == g) & ~cones.root for g in range(THUMB, SLEEVE + 1)], np.float32
    )
    t, nearest = t.copy(), np.full_like(t, np.inf)
    for _ in range(MORE_STEPS):
        q = t * along_axis - start_axis
        h = np.clip(q / axis_axis, 0, 1)
        d = np.sqrt(
            np.maximum(t * t - 2 * t * along_start + start_start + h * (h * axis_axis - 2 * q), 0)
        )
        d -= r0 + h * (r1 - r0)
        near = np.exp(np.minimum(sharpness * d, 40))
        body = soften(near[palm].sum(0))
        total = np.maximum((roots @ near + np.maximum(rests @ near, body)).max(0), 1e-30)
        d = np.log(total) * np.float32(-1 / FINGER_SHARPNESS)
        nearest = np.minimum(nearest, d)
        # Longer steps than the distance: along a grazed edge exact ones would be tiny.
        t += np.where(d > 0.7 * pixel, np.minimum(1.5 * d, 2), np.maximum(d, -2))
    return t, nearest, np.abs(d) < 0.7 * pixel
