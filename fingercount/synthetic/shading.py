"""Light on skin: from a traced surface to colours."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from fingercount.synthetic.person import CM, ORIGIN, Person
from fingercount.synthetic.ray_marching import Camera, Surface
from fingercount.synthetic.skeleton import INDEX, PALM, SLEEVE, THUMB
from fingercount.synthetic.view import View

# How far light bleeds around an edge under the skin: red far, blue hardly.
WRAP = np.array([0.42, 0.24, 0.16], np.float32)
PACK = 512  # pixels in a row of packed ones
SHADOW_STEPS = (0.35, 0.7, 1.2, 1.8, 2.6, 3.6, 5.0)  # centimetres towards the light


@dataclass(frozen=True)
class Light:
    """One lamp or window, and what the room gives back.

    towards [3]: unit vector to the lamp in the camera's space (y down, z away from the camera);
    lamp, above, below: linear RGB [3]; soft 0..1: how blurred its shadows are.
    """

    towards: np.ndarray
    lamp: np.ndarray
    above: np.ndarray
    below: np.ndarray
    soft: float


def random_light(rng: np.random.Generator, backlit: float = 0.12) -> Light:
    """A lamp somewhere above and before the hand; the share `backlit` has it behind."""
    azimuth = rng.uniform(-1.3, 1.3)
    height = rng.uniform(0.1, 1.1)
    towards = np.array([np.sin(azimuth), -np.sin(height), -np.cos(azimuth) * np.cos(height)])
    behind = rng.random() < backlit
    if behind:
        towards[2] = abs(towards[2]) * 0.7 + 0.3
    towards = (towards / np.linalg.norm(towards)).astype(np.float32)
    warm = rng.uniform(-0.08, 0.16)
    lamp = np.array([1 + warm, 1, 1 - 1.3 * warm]) * rng.uniform(0.7, 1.2)
    cool = rng.uniform(-0.06, 0.08)
    fill = rng.uniform(0.28, 0.55) * (0.75 if behind else 1)
    above = fill * np.array([1 - cool, 1, 1 + 1.2 * cool]) * rng.uniform(0.9, 1.2)
    below = fill * np.array([1 + cool, 1, 1 - cool]) * rng.uniform(0.45, 0.8)
    lamps = np.stack([lamp, above, below]).astype(np.float32)
    return Light(towards, lamps[0], lamps[1], lamps[2], rng.uniform(0, 1))


def shade(surface: Surface, camera: Camera, view: View, person: Person, light: Light) -> np.ndarray:
    """Linear RGB [h, w, 3] of a surface; black where nothing covers."""
    lit, open_sky = _shadow(surface, camera, surface.rays * surface.depth, light)
    # Only what is covered costs time: its pixels are packed into a smaller picture.
    pixels = np.flatnonzero(surface.cover > 0)
    packed = np.resize(pixels, (-(-len(pixels) // PACK), PACK)) if len(pixels) else pixels

    def pack(field: np.ndarray) -> np.ndarray:
        flat = field.reshape(*field.shape[:-2], -1)
        return flat[..., packed]

    small = replace(
        surface,
        rays=pack(surface.rays),
        depth=pack(surface.depth),
        normal=pack(surface.normal),
        group=pack(surface.group),
        along=pack(surface.along),
        palmar=pack(surface.palmar),
        cover=pack(surface.cover),
    )
    colour = np.zeros((surface.depth.size, 3), np.float32)
    if len(pixels):
        colour[packed] = _colours(small, view, person, light, pack(lit), pack(open_sky))
    return colour.reshape(*surface.depth.shape, 3)


def _colours(surface, view, person, light, lit, open_sky) -> np.ndarray:
    """Linear RGB [h, w, 3] of packed pixels, given their shares of the lamp and of the room."""
    normal = surface.normal
    local = view.to_hand(surface.rays * surface.depth)
    normal = _rough(normal, surface, local, view, person)
    albedo, gloss, bump = _skin(surface, local, person)
    facing = np.tensordot(light.towards, normal, 1) - bump
    wrapped = (facing[..., None] + WRAP) / (1 + WRAP)
    direct = np.clip(wrapped, 0, 1) ** 1.3
    # In the half shadow at an edge, the light that comes out again is red.
    soft = lit[..., None] ** np.array([0.75, 1.0, 1.1], np.float32)
    direct *= soft * light.lamp
    up = (0.5 - 0.5 * normal[1])[..., None]
    ambient = light.below + up * (light.above - light.below)
    ambient = ambient * open_sky[..., None] ** np.array([0.8, 1.0, 1.05], np.float32)
    colour = albedo * (direct + ambient)

    towards_eye = -surface.rays
    half = light.towards[:, None, None] + towards_eye
    half /= np.sqrt((half * half).sum(0)) + 1e-6
    shine = np.clip((half * normal).sum(0), 0, 1)
    grazing = 1 - np.clip((normal * towards_eye).sum(0), 0, 1)
    spot = (0.05 * shine**14 + 0.07 * gloss * shine**45) * lit * (facing > -0.1)
    colour += (spot * person.gloss)[..., None] * light.lamp
    colour += (0.1 * grazing**3 * open_sky)[..., None] * light.above
    # From behind, thin flesh at the edges glows.
    glow = max(0.0, float(light.towards[2])) * grazing**2 * 0.22
    colour += glow[..., None] * albedo * light.lamp * np.array([1.5, 0.7, 0.5], np.float32)
    return colour


def _rough(normal, surface, local, view: View, person: Person) -> np.ndarray:
    """Normals [3, h, w] with the tendons, knuckles and veins of the back of the hand."""
    slope = _lookup(person.relief, local[0], local[1], cv2.BORDER_CONSTANT)
    slope *= ((surface.group == PALM) * _smooth(-surface.palmar, 0.2, 0.7))[..., None]
    across, along = (view.matrix[:, i].astype(np.float32)[:, None, None] for i in (0, 1))
    normal = normal - slope[..., 0] * across - slope[..., 1] * along
    return normal / np.sqrt((normal * normal).sum(0))


def _smooth(value, low, high):
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def _lookup(texture, x, y, border=cv2.BORDER_REFLECT) -> np.ndarray:
    column, row = (x + ORIGIN[0]) * CM, (y + ORIGIN[1]) * CM
    return cv2.remap(texture, column, row, cv2.INTER_LINEAR, borderMode=border)


def _skin(surface: Surface, local: np.ndarray, person: Person):
    """Albedo [h, w, 3], gloss [h, w] (1 on nails) and bump [h, w] (creases turned from light)."""
    group, along, palmar = surface.group, surface.along, surface.palmar
    x, y, z = local
    finger = (group >= THUMB) & (group < SLEEVE)
    mottle = _lookup(person.mottle, x + 0.35 * z, y) - 0.5
    fine = _lookup(person.mottle, x * 2.7 + z, y * 2.7) - 0.5

    below_wrist = _smooth(y, 1.5, -1.5)
    inner = _smooth(palmar + 0.25 * mottle, -0.35, 0.3) * (1 - 0.75 * below_wrist)
    albedo = person.back + inner[..., None] * (person.palm - person.back)
    albedo *= (1 + 0.22 * mottle + 0.1 * fine)[..., None]

    last = np.where(group == THUMB, along - 1, along - 2)  # 0..0.85 on the last phalanx
    pads = finger * _smooth(last, 0.15, 0.7) + (group == PALM) * inner * _smooth(
        np.abs(y - 5.2), 1.0, 3.0
    ) * (1 - below_wrist)
    flush = (0.35 * pads + 0.25 * mottle * inner) * (1 - 0.5 * person.tone)
    albedo *= 1 + flush[..., None] * np.array([0.05, -0.3, -0.22], np.float32)

    # Creases: rings at the joints on the palm's side, wrinkles over the knuckles on the back.
    on_pad, on_back = _smooth(palmar, -0.1, 0.4), _smooth(-palmar, 0.1, 0.7)
    crease = np.zeros_like(along)
    wrinkle = np.zeros_like(along)
    for joint in (1, 2):
        off = along - joint + 0.02 * fine
        crease += np.exp(-((off / 0.028) ** 2)) + 0.55 * np.exp(-(((off + 0.09) / 0.025) ** 2))
        knuckle = np.exp(-((off / 0.17) ** 2))
        wrinkle += knuckle * (0.5 + 0.5 * np.cos(off * 85 + 5 * fine))
    crease += 0.8 * np.exp(-(((along - 0.36) / 0.03) ** 2)) * (group >= INDEX)
    lines = (
        _lookup(person.lines, x, y, cv2.BORDER_CONSTANT)
        * (group == PALM)
        * _smooth(palmar, 0.1, 0.6)
    )
    dark = finger * (crease * on_pad * 0.5 + wrinkle * on_back * 0.25) + 0.6 * lines
    albedo *= 1 - dark[..., None] * np.array([0.38, 0.5, 0.52], np.float32)
    bump = 0.18 * dark + 0.05 * fine

    # The nail: a rounded patch on the back of the last phalanx.
    across = 1 - np.clip(-palmar, 0, 1)
    length = np.abs(last - 0.68) / 0.27
    nail = finger * _smooth(length**4 + (across / 0.34) ** 2, 1.15, 0.8)
    rim = finger * _smooth(length**4 + (across / 0.34) ** 2, 1.7, 1.1) - nail
    tip = nail * _smooth(last, 0.83, 0.86)
    nail_colour = person.nail + tip[..., None] * 0.12
    albedo += nail[..., None] * (nail_colour - albedo)
    albedo *= (1 - 0.22 * np.clip(rim, 0, 1))[..., None]
    gloss = 0.25 + 0.9 * nail

    if person.glove is not None:
        covered = _smooth(y, -3.2, -2.9)[..., None]
        albedo += covered * (person.glove * (1 + 0.3 * fine[..., None]) - albedo)
        gloss = gloss * (1 - covered[..., 0])
    sleeve = group == SLEEVE
    stripe = 1 - person.stripes * (np.sin(y * 4) > 0.2)
    cloth = person.cloth * ((1 + 0.3 * mottle + 0.25 * fine) * stripe)[..., None]
    albedo = np.where(sleeve[..., None], cloth, albedo)
    return np.maximum(albedo, 0.003), np.where(sleeve, 0, gloss), bump


def _shadow(surface: Surface, camera: Camera, points: np.ndarray, light: Light):
    """Share of the lamp [h, w] and of the room [h, w] that reaches each point.

    Looked up in the depth of the picture itself, at half its size: shadows are soft anyway.
    """
    height, width = surface.depth.shape
    small = (max(1, width // 2), max(1, height // 2))
    cover = cv2.resize(surface.cover, small, interpolation=cv2.INTER_AREA)
    depth = cv2.resize(surface.depth, small, interpolation=cv2.INTER_NEAREST)
    place = np.stack([cv2.resize(p, small, interpolation=cv2.INTER_NEAREST) for p in points])
    solid = np.where(cover > 0.5, depth, 1e4).astype(np.float32)
    scale = np.array([small[0] / width, small[1] / height], np.float32)
    focal = np.float32(camera.focal)
    blocked = np.zeros_like(depth)
    for step in SHADOW_STEPS:
        x, y, z = (place[i] + np.float32(step * light.towards[i]) for i in range(3))
        column = (x / z * focal + np.float32(camera.cx - surface.left)) * scale[0]
        row = (y / z * focal + np.float32(camera.cy - surface.top)) * scale[1]
        front = cv2.remap(solid, column, row, cv2.INTER_NEAREST, borderValue=1e4)
        behind = np.sqrt(x * x + y * y + z * z) - front
        # Flesh is some 2.5 cm thick: what lies further back passes the light before it.
        hit = _smooth(behind, 0.08, 0.4) * _smooth(behind, 3.5, 2.4)
        np.maximum(blocked, hit, out=blocked)
    sigma = max(0.6, (0.12 + 0.3 * light.soft) * camera.focal * scale[0] / float(depth.min()))
    lit = 1 - (0.92 - 0.3 * light.soft) * cv2.GaussianBlur(blocked, (0, 0), sigma)

    sky = np.ones(depth.shape, np.float32)
    for radius in (0.45, 1.3):
        sigma = max(0.8, radius * camera.focal * scale[0] / float(np.median(depth)))
        weight = cv2.GaussianBlur(cover, (0, 0), sigma)
        mean = cv2.GaussianBlur(depth * cover, (0, 0), sigma) / np.maximum(weight, 1e-3)
        sky *= 1 - 0.55 * np.clip((depth - mean) / (1.1 * radius) - 0.08, 0, 1) * weight

    def enlarged(share: np.ndarray) -> np.ndarray:
        return cv2.resize(share, (width, height), interpolation=cv2.INTER_LINEAR)

    return enlarged(lit), enlarged(sky)
