"""Round cones that melt into one another: their distance and normals along the rays of a picture.

The surface is where the soft minimum of the cones' distances is zero. Within a finger and between
finger and palm cones melt; between two fingers, or a folded finger and the palm, there is a crease.
Every cone is looked at only in the rectangle of pixels that it can touch.
"""

import numpy as np

from fingercount.synthetic.skeleton import PALM, SLEEVE, THUMB, Cones

# Sharpness of the soft minimum per centimetre: the palm is one soft body, fingers keep joints.
PALM_SHARPNESS = 2.4
FINGER_SHARPNESS = 5.5
# How far (cm) melting can swell the flesh beyond a cone: of the palm (True), of a finger.
SWELL = {True: 0.7, False: 0.25}
Groups = dict[int, list["LocalCone"]]
Window = tuple[slice, slice]


class LocalCone:
    """One cone in its rectangle of pixels, with what does not change from step to step."""

    def __init__(self, cones: Cones, i: int, rays: np.ndarray, slices: tuple[slice, slice]):
        self.slices = slices
        self.root, self.along, self.palmar = cones.root[i], cones.along[i], cones.palmar[i]
        self.swell = np.float32(SWELL[bool(cones.group[i] == PALM)])
        start, radius = cones.start[i], cones.radius[i]
        axis = (cones.end[i] - start).astype(np.float32)
        rays = rays[:, slices[0], slices[1]]
        self.rays = rays
        self.start, self.axis = start.astype(np.float32), axis
        self.ra = np.tensordot(axis, rays, 1)
        self.rs = np.tensordot(self.start, rays, 1)
        self.sa = np.float32(self.start @ axis)
        self.ss = np.float32(self.start @ self.start)
        self.aa = np.float32(max(axis @ axis, 1e-6))
        self.r0, self.dr = np.float32(radius[0]), np.float32(radius[1] - radius[0])

    def distance(self, t):
        """Distance of the points at depth t on each ray, and where along the axis (0..1)."""
        q = t * self.ra
        q -= self.sa
        h = q * (1 / self.aa)
        np.clip(h, 0, 1, out=h)
        d = t - 2 * self.rs
        d *= t
        d += self.ss
        q *= -2
        q += h * self.aa
        q *= h
        d += q
        np.maximum(d, 1e-8, out=d)
        np.sqrt(d, out=d)
        d -= h * self.dr
        d -= self.r0
        return d, h

    def entry(self):
        """Depth at which each ray meets the cone or passes close by (else inf), and leaves it."""
        r0, slack = self.r0, self.swell
        k = self.dr / self.aa
        slope = self.ra * k
        base = r0 - k * self.sa
        a = 1 - self.ra * self.ra * (1 / self.aa)
        a -= slope * slope
        np.maximum(a, 1e-6, out=a)
        b = self.rs - self.ra * (self.sa / self.aa)
        b += base * slope
        near = _nearing(
            a,
            b,
            self.ss - self.sa * self.sa / self.aa - base * base,
            slack * (2 * abs(base) + slack),
        )
        h = np.where(np.isinf(near), 0, near) * self.ra
        h -= self.sa
        near[(h < 0) | (h > self.aa)] = np.inf
        for share in (0, 1):
            centre, radius = self.start + share * self.axis, r0 + share * self.dr
            ball = _nearing(
                1.0,
                self.rs + share * self.ra,
                centre @ centre - radius**2,
                slack * (2 * radius + slack),
            )
            np.minimum(near, ball, out=near)
        far = np.where(np.isfinite(near), near + slack, 0)
        return near, far

    def gradient(self, t, h):
        """Outward normal [3, h, w] of the cone at depth t."""
        g = self.rays * t
        g -= self.start[:, None, None]
        g -= self.axis[:, None, None] * h
        g *= 1 / np.sqrt(np.maximum((g * g).sum(0), 1e-8))
        return g


def _nearing(a, b, c, slack):
    """The first root of a t² - 2 b t + c, or t of its minimum while that is below slack."""
    root = b * b
    root -= a * c
    t = b - np.sqrt(np.maximum(root, 0))
    t /= a
    return np.where(root > -a * slack, t, np.float32(np.inf))


def _sum(cones, t, shape_like, sharpness):
    total = np.zeros(shape_like, np.float32)
    for cone in cones:
        d, _ = cone.distance(t[cone.slices])
        d *= -np.float32(sharpness)
        total[cone.slices] += np.exp(np.minimum(d, 40, out=d), out=d)
    return total


def soften(total):
    return np.power(total, np.float32(FINGER_SHARPNESS / PALM_SHARPNESS))


def _window(cones):
    """The rectangle around the rectangles of one finger's cones."""
    rows = [c.slices[0] for c in cones]
    columns = [c.slices[1] for c in cones]
    return (
        slice(min(s.start for s in rows), max(s.stop for s in rows)),
        slice(min(s.start for s in columns), max(s.stop for s in columns)),
    )


def distance_field(groups, t):
    """Signed distance (approximately) of the points at depth t to the whole hand."""
    palm = soften(_sum(groups.get(PALM, []), t, t.shape, PALM_SHARPNESS))
    best = palm.copy()
    for group in range(THUMB, SLEEVE + 1):
        if group not in groups:
            continue
        window = _window(groups[group])
        root = np.zeros(t[window].shape, np.float32)
        rest = root.copy()
        for cone in groups[group]:
            d, _ = cone.distance(t[cone.slices])
            d *= -np.float32(FINGER_SHARPNESS)
            np.exp(np.minimum(d, 40, out=d), out=d)
            inner = _inside(cone.slices, window)
            (root if cone.root else rest)[inner] += d
        # A finger's own chain, or its root melted into the palm: whichever is nearer.
        both = root + np.maximum(rest, palm[window])
        np.maximum(best[window], both, out=best[window])
    np.maximum(best, 1e-30, out=best)
    return np.log(best, out=best) * np.float32(-1 / FINGER_SHARPNESS)


def _inside(slices, window):
    return tuple(slice(s.start - w.start, s.stop - w.start) for s, w in zip(slices, window))


def attributes(groups, t, rays):
    """Normals and surface coordinates at depth t: averages of the cones', weighted by nearness.

    The five channels of every group: normal (3), along, palmar.
    """

    def gather(cones, window, sharpness):
        shape = t[window].shape
        total, rooted = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        values = np.zeros((5, *shape), np.float32)
        for cone in cones:
            local = t[cone.slices]
            d, h = cone.distance(local)
            d *= -np.float32(sharpness)
            weight = np.exp(np.minimum(d, 40, out=d), out=d)
            g = cone.gradient(local, h)
            inner = _inside(cone.slices, window)
            total[inner] += weight
            if cone.root:
                rooted[inner] += weight
            out = values[(slice(None), *inner)]
            out[:3] += weight * g
            h *= cone.along[1] - cone.along[0]
            h += cone.along[0]
            out[3] += weight * h
            out[4] += weight * np.tensordot(cone.palmar.astype(np.float32), g, 1)
        return total, rooted, values

    full = (slice(0, t.shape[0]), slice(0, t.shape[1]))
    total, _, palm_values = gather(groups.get(PALM, []), full, PALM_SHARPNESS)
    palm = soften(total)
    palm_values *= palm / np.maximum(total, 1e-30)
    best, values = palm.copy(), palm_values.copy()
    weight = palm.copy()
    group_map = np.zeros(t.shape, np.int8)
    for group in range(THUMB, SLEEVE + 1):
        if group not in groups:
            continue
        window = _window(groups[group])
        own, rooted, own_values = gather(groups[group], window, FINGER_SHARPNESS)
        melted = rooted + palm[window]
        strength = np.maximum(own, melted)
        front = strength > best[window]
        melts = melted > own
        # Where the root melts into the palm, both count.
        mixed = own_values + np.where(melts, palm_values[(slice(None), *window)], 0)
        mixed_weight = own + np.where(melts, palm[window], 0)
        best[window] = np.where(front, strength, best[window])
        weight[window] = np.where(front, mixed_weight, weight[window])
        view = values[(slice(None), *window)]
        view[...] = np.where(front, mixed, view)
        view = group_map[window]
        view[...] = np.where(front & (own > palm[window]), group, view)
    values /= np.maximum(weight, 1e-30)
    normal = values[:3]
    normal /= np.maximum(np.sqrt((normal * normal).sum(0)), 1e-6)
    distance = np.log(np.maximum(best, 1e-30)) * np.float32(-1 / FINGER_SHARPNESS)
    return {
        "normal": normal,
        "along": values[3],
        "palmar": values[4],
        "group": group_map,
        "distance": distance,
    }
