"""What is behind the hand: walls, windows, furniture, clutter, people out of focus, greenery."""

from dataclasses import dataclass

import cv2
import numpy as np

from fingercount.synthetic.person import BACKS, noise


@dataclass(frozen=True)
class Room:
    """A room to photograph hands in: RGB uint8 [h, w, 3], larger than any one picture of it.

    plain: a bare wall near enough for the hand to throw its shadow on it.
    """

    picture: np.ndarray
    plain: bool

    def view(self, rng: np.random.Generator, width: int, height: int) -> np.ndarray:
        """A part of the room as seen in one picture: RGB uint8 [height, width, 3]."""
        h, w = self.picture.shape[:2]
        largest = min(w / width, h / height)
        scale = largest * rng.uniform(0.72, 1.0)
        x = rng.uniform(0, w - scale * width)
        y = rng.uniform(0, h - scale * height)
        matrix = np.array([[scale, 0, x], [0, scale, y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(
            self.picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT
        )


def random_room(
    rng: np.random.Generator,
    width: int = 224,
    height: int = 224,
    plain: bool | None = None,
    people: float = 0.4,
) -> Room:
    """Draw a room; `plain` fixes whether it is a bare wall, `people` is their share."""
    plain = bool(rng.random() < 0.35) if plain is None else plain
    canvas = _wall(rng, width, height)
    if not plain:
        if rng.random() < 0.12:
            canvas = _garden(rng, width, height)
        else:
            things = [_window, _door, _shelf, _poster, _curtain, _screen, _plant, _furniture]
            for i in rng.permutation(len(things))[: rng.integers(1, 5)]:
                things[i](rng, canvas)
        for _ in range(rng.integers(0, 5)):
            _thing(rng, canvas)
        if rng.random() < people:
            _someone(rng, canvas)
    sigma = rng.uniform(0.3, 0.014 * width)
    canvas = cv2.GaussianBlur(canvas, (0, 0), max(0.3, sigma))
    grain = noise(rng, height, width, (width // 6, width // 2))[..., None] - 0.5
    canvas = canvas * (1 + rng.uniform(0, 0.06) * grain)
    return Room(np.clip(canvas * 255, 0, 255).astype(np.uint8), plain)


def _colour(rng, low=0.05, high=0.95, grey=0.5) -> np.ndarray:
    """An RGB colour 0..1, more often dull than bright."""
    value = rng.uniform(low, high)
    return np.clip(value + rng.normal(0, 0.13, 3) * rng.uniform(0, 1.1 - grey), 0.01, 1)


def _box(rng, canvas, width, height):
    """A rectangle of the given shares of the canvas somewhere on it, as integer corners."""
    h, w = canvas.shape[:2]
    x, y = rng.uniform(-0.2, 1.0 - 0.5 * width), rng.uniform(-0.2, 1.0 - 0.5 * height)
    return int(x * w), int(y * h), int((x + width) * w), int((y + height) * h)


def _fill(canvas, box, colour) -> None:
    cv2.rectangle(canvas, box[:2], box[2:], tuple(float(c) for c in colour), -1, cv2.LINE_AA)


def _wall(rng, width, height) -> np.ndarray:
    """A wall with light falling off across it, perhaps with a corner, a floor or a ceiling."""
    base = _colour(rng, 0.15, 0.95, grey=0.8).astype(np.float32)
    canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = base
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
    slope = rng.normal(0, 0.16, 2)
    spot = rng.uniform(-1, 1, 2)
    glow = np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / rng.uniform(0.3, 2.5))
    light = 1 + slope[0] * x + slope[1] * y + rng.uniform(-0.05, 0.4) * (glow - 0.4)
    light *= 1 + 0.12 * (noise(rng, height, width, (2, 4, 8)) - 0.5)
    if rng.random() < 0.3:
        edge = int(rng.uniform(0.1, 0.9) * width)
        lean = rng.normal(0, 0.08)
        side = np.arange(width) > edge + lean * (np.arange(height)[:, None] - height / 2)
        light = light * np.where(side, rng.uniform(0.7, 1.15), 1)
    canvas *= light[..., None].astype(np.float32)
    if rng.random() < 0.25:
        level = int(rng.uniform(0.55, 0.95) * height)
        canvas[level:] = _colour(rng, 0.1, 0.6, 0.3)
        _texture(rng, canvas[level:], 0.35)
    return canvas


def _texture(rng, part: np.ndarray, strength: float) -> None:
    """Wood, cloth or stone: noise stretched one way."""
    h, w = part.shape[:2]
    if h < 4 or w < 4:
        return
    grain = noise(rng, h, w, (int(rng.integers(2, 6)), int(rng.integers(6, max(7, w // 3)))))
    part *= (1 + strength * (grain - 0.5))[..., None]


def _window(rng, canvas) -> None:
    box = _box(rng, canvas, rng.uniform(0.25, 0.7), rng.uniform(0.4, 0.9))
    _fill(canvas, box, np.array([0.95, 0.98, 1.0]) * rng.uniform(0.75, 1.25))
    frame = _colour(rng, 0.3, 0.9, 0.9)
    thick = max(1, int(rng.uniform(0.008, 0.025) * canvas.shape[1]))
    for share in np.linspace(0, 1, int(rng.integers(2, 4))):
        x = int(box[0] + share * (box[2] - box[0]))
        cv2.line(canvas, (x, box[1]), (x, box[3]), tuple(map(float, frame)), thick, cv2.LINE_AA)
    if rng.random() < 0.4:
        for y in range(box[1], box[3], max(3, int(0.03 * canvas.shape[0]))):
            line = tuple(map(float, frame * 0.8))
            cv2.line(canvas, (box[0], y), (box[2], y), line, max(1, thick // 2), cv2.LINE_AA)


def _door(rng, canvas) -> None:
    x0, _, x1, _ = _box(rng, canvas, rng.uniform(0.2, 0.45), 1)
    h = canvas.shape[0]
    top = int(rng.uniform(-0.1, 0.25) * h)
    _fill(canvas, (x0 - 4, top - 4, x1 + 4, h), _colour(rng, 0.4, 0.95, 0.9))
    _fill(canvas, (x0, top, x1, h), _colour(rng, 0.05, 0.7, 0.4))


def _shelf(rng, canvas) -> None:
    x0, y0, x1, y1 = _box(rng, canvas, rng.uniform(0.3, 0.9), rng.uniform(0.4, 1))
    wood = _colour(rng, 0.15, 0.6, 0.2) * (1.1, 1, 0.8)
    _fill(canvas, (x0, y0, x1, y1), wood * 0.55)
    rows = int(rng.integers(2, 5))
    for row in range(rows):
        floor = int(y0 + (row + 1) * (y1 - y0) / rows)
        x = x0 + 2
        while x < x1 - 3:
            width = int(rng.uniform(0.015, 0.05) * canvas.shape[1]) + 2
            tall = int(rng.uniform(0.45, 0.85) * (y1 - y0) / rows)
            if rng.random() < 0.85:
                _fill(canvas, (x, floor - tall, x + width - 1, floor), _colour(rng, grey=0.0))
            x += width
        thick = max(2, int(0.012 * canvas.shape[0]))
        _fill(canvas, (x0, floor, x1, floor + thick), wood)


def _poster(rng, canvas) -> None:
    box = _box(rng, canvas, rng.uniform(0.12, 0.4), rng.uniform(0.15, 0.45))
    _fill(canvas, box, _colour(rng, 0.1, 0.95, 0.8))
    edge = max(2, (box[2] - box[0]) // 10)
    inner = (box[0] + edge, box[1] + edge, box[2] - edge, box[3] - edge)
    _fill(canvas, inner, _colour(rng, grey=0.0))
    for _ in range(3):
        spot = (int(rng.uniform(inner[0], inner[2])), int(rng.uniform(inner[1], inner[3])))
        size = max(1, int(rng.uniform(0.1, 0.3) * (inner[2] - inner[0])))
        cv2.circle(canvas, spot, size, tuple(map(float, _colour(rng, grey=0))), -1, cv2.LINE_AA)


def _curtain(rng, canvas) -> None:
    x0, _, x1, _ = _box(rng, canvas, rng.uniform(0.2, 0.8), 1)
    x0, x1 = max(0, x0), min(canvas.shape[1], x1)
    if x1 - x0 < 8:
        return
    fold = np.sin(
        np.linspace(0, rng.uniform(10, 50), x1 - x0) + rng.normal(0, 0.2, x1 - x0).cumsum()
    )
    cloth = _colour(rng, 0.1, 0.8, 0.1) * (1 + 0.2 * fold[:, None])
    canvas[:, x0:x1] = cloth
    if rng.random() < 0.4:  # a pattern across, as of rugs and checked cloth
        rows = np.sin(np.arange(canvas.shape[0]) * rng.uniform(0.15, 0.6))[:, None, None]
        canvas[:, x0:x1] *= 1 + 0.35 * (rows > 0.3)


def _screen(rng, canvas) -> None:
    box = _box(rng, canvas, rng.uniform(0.25, 0.5), rng.uniform(0.2, 0.35))
    _fill(canvas, (box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 6), (0.04, 0.04, 0.05))
    _fill(canvas, box, _colour(rng, 0.05, 1.0, 0.2))
    for _ in range(int(rng.integers(0, 7))):
        y = int(rng.uniform(box[1], box[3]))
        end = int(rng.uniform(box[0], box[2]))
        line = tuple(map(float, _colour(rng, 0.2, 1.0, 0.5)))
        cv2.line(canvas, (box[0] + 3, y), (end, y), line, max(1, canvas.shape[0] // 120))


def _plant(rng, canvas) -> None:
    h, w = canvas.shape[:2]
    root = np.array([rng.uniform(0, w), rng.uniform(0.5, 1.05) * h])
    green = np.array([0.15, 0.42, 0.13]) * rng.uniform(0.4, 1.5)
    for _ in range(int(rng.integers(8, 28))):
        angle = rng.uniform(-2.9, -0.2)
        reach = rng.uniform(0.06, 0.3) * h
        centre = root + reach * np.array([np.cos(angle), np.sin(angle)])
        axes = (max(2, int(reach * 0.45)), max(1, int(reach * rng.uniform(0.08, 0.2))))
        leaf = tuple(map(float, green * rng.uniform(0.6, 1.4, 3)))
        place = tuple(int(c) for c in centre)
        cv2.ellipse(canvas, place, axes, np.rad2deg(angle), 0, 360, leaf, -1, cv2.LINE_AA)


def _furniture(rng, canvas) -> None:
    h, w = canvas.shape[:2]
    top = int(rng.uniform(0.45, 0.85) * h)
    x0 = int(rng.uniform(-0.3, 0.6) * w)
    x1 = x0 + int(rng.uniform(0.4, 0.9) * w)
    colour = _colour(rng, 0.08, 0.65, 0.2)
    radius = int(0.06 * w)
    _fill(canvas, (x0, top, x1, h), colour)
    for x in (x0, x1):
        cv2.circle(canvas, (x, top + radius), radius, tuple(map(float, colour * 0.9)), -1)
    _texture(rng, canvas[top:, max(0, x0) : max(0, x1)], 0.25)


def _garden(rng, width, height) -> np.ndarray:
    """Outdoors: sky or a house above, grass and bushes below."""
    canvas = np.empty((height, width, 3), np.float32)
    level = int(rng.uniform(0.1, 0.6) * height)
    canvas[:level] = np.array([0.75, 0.85, 0.95]) * rng.uniform(0.6, 1.1)
    if rng.random() < 0.5:
        canvas[:level] = _colour(rng, 0.3, 0.8, 0.4)
    canvas[level:] = np.array([0.3, 0.45, 0.18]) * rng.uniform(0.6, 1.5)
    for _ in range(2):
        _plant(rng, canvas)
    leaves = noise(rng, height, width, (10, 30, 90))
    canvas *= (0.6 + 0.8 * leaves)[..., None]
    return canvas


def _thing(rng, canvas) -> None:
    """A cup, lamp, ball or box."""
    h, w = canvas.shape[:2]
    x, y = rng.uniform(0, w), rng.uniform(0.2, 1) * h
    size = rng.uniform(0.03, 0.12) * w
    colour = tuple(map(float, _colour(rng, grey=0.0)))
    if rng.random() < 0.5:
        axes = (max(1, int(size)), max(1, int(size * rng.uniform(0.4, 1.6))))
        cv2.ellipse(canvas, (int(x), int(y)), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    else:
        tall = size * rng.uniform(0.5, 2.5)
        _fill(canvas, (int(x - size), int(y - tall), int(x + size), int(y + tall)), colour)


def _someone(rng, canvas) -> None:
    """A person out of focus: shirt, neck, head and hair. Skin that is not a hand."""
    h, w = canvas.shape[:2]
    skin = BACKS[int(rng.integers(0, len(BACKS)))] / 255 * rng.uniform(0.6, 1.05)
    skin = tuple(map(float, skin))
    hair = tuple(map(float, np.array([0.14, 0.1, 0.08]) * rng.uniform(0.3, 3.5)))
    x, size = rng.uniform(-0.05, 1.05) * w, rng.uniform(0.1, 0.22) * w
    y = rng.uniform(0.15, 0.75) * h
    part = np.zeros_like(canvas)
    cover = np.zeros(canvas.shape[:2], np.float32)

    def oval(cx, cy, a, b, colour, angle=0.0):
        for target, value in ((part, colour), (cover, 1.0)):
            place, axes = (int(cx), int(cy)), (max(1, int(a)), max(1, int(b)))
            cv2.ellipse(target, place, axes, angle, 0, 360, value, -1, cv2.LINE_AA)

    shirt = _colour(rng, 0.03, 0.9, 0.1)
    oval(x, y - 0.25 * size, 1.02 * size, 1.25 * size, hair)
    oval(x, y + 3.6 * size, 2.3 * size, 2.3 * size, tuple(map(float, shirt)))
    if rng.random() < 0.4:
        bands = np.sin(np.arange(h) * rng.uniform(0.2, 0.6))[:, None] > 0.4
        lower = np.arange(h)[:, None] > y + 1.3 * size
        part[:] *= np.where(bands & lower, rng.uniform(0.4, 1.4), 1)[..., None]
    oval(x, y + 1.1 * size, 0.5 * size, 0.6 * size, tuple(0.85 * c for c in skin))
    oval(x, y, 0.82 * size, 1.08 * size, skin)
    for side in (-1, 1):
        oval(x + side * 0.34 * size, y - 0.12 * size, 0.13 * size, 0.06 * size, hair)
    oval(x, y + 0.5 * size, 0.25 * size, 0.07 * size, (skin[0] * 0.8, skin[1] * 0.6, skin[2] * 0.6))
    light = (1 + 0.3 * np.sign(rng.normal()) * (np.arange(w) - x) / (2.5 * size)).clip(0.5, 1.3)
    part *= light[:, None].astype(np.float32)
    sigma = rng.uniform(0.05, 0.16) * size
    part, cover = (cv2.GaussianBlur(a, (0, 0), sigma) for a in (part, cover))
    canvas *= 1 - cover[..., None]
    canvas += part
