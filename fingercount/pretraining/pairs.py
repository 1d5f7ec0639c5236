"""Pictures with two hands, and pictures with one or none that are made in the same ways.

    pairs = Pairs(photos, scenes)
    picture = pairs.draw(seed, number)      # rgb, and whether two hands are in it

Photos of two hands are few, so they are put together out of photos of one: cut out and pasted, side
by side, mirrored. Each way also makes pictures with one hand and something else in the other one's
place; otherwise a pasted edge or a mirrored wall would be the sign of a second hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from fingercount.imaging.types import RGB
from fingercount.labels import NONE
from fingercount.pretraining import placing, scene
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe

SIDE = 160  # of the pictures; a quarter more than the network sees
ALONE = 0.38  # of the pictures are a training picture of one photo
TWO = 0.55  # of the others show two hands
MANY_PEOPLE = {"hagrid": 4, "cjmills": 3, "hagrid_mediapipe": 2, "rps_sxsw": 2}  # drawn so often
EDGES = (1, 4, 12)  # pixels over which one picture becomes the other


@dataclass
class Picture:
    """A drawn picture: uint8 RGB [H, W, 3], whether two hands are in it, and how it was made."""

    rgb: RGB
    two: bool
    way: str


class Pool:
    """Photos that are drawn so that no label and no set is drowned by a larger one."""

    def __init__(self, photos: Sequence[HandPhoto]):
        self.photos = photos
        size: dict[tuple[str, str], int] = {}
        self._of_group: dict[str, list[int]] = {}
        for number, photo in enumerate(photos):
            cell = photo.source, photo.label
            size[cell] = size.get(cell, 0) + 1
            self._of_group.setdefault(photo.group, []).append(number)
        each = [
            MANY_PEOPLE.get(photo.source, 1) / np.sqrt(size[photo.source, photo.label])
            for photo in photos
        ]
        self._cumulative = np.cumsum(each) / np.sum(each)

    def draw(self, rng) -> HandPhoto:
        """Return any photo."""
        number = int(np.searchsorted(self._cumulative, rng.random()))
        return self.photos[min(number, len(self.photos) - 1)]

    def mate(self, photo: HandPhoto, rng) -> HandPhoto:
        """Return the other hand of a pair: the same photo, one of the same person, or any."""
        luck = rng.random()
        if luck < 0.4:
            return photo
        if luck < 0.7:
            same = self._of_group[photo.group]
            return self.photos[same[rng.integers(len(same))]]
        return self.draw(rng)


class Pairs:
    """All pictures of a run, numbered: one with the same seed and number is always the same.

    Args:
        photos: training photos, with cutouts where they have one, and those without a hand.
        scenes: photos of hands with people and rooms around them (see load_scenes).
    """

    def __init__(self, photos: Sequence[HandPhoto], scenes: Sequence[HandPhoto] = ()):
        everything = [*photos, *scenes]
        hands = [photo for photo in everything if photo.label != NONE]
        self.all = Pool(everything)
        self.cut = Pool([photo for photo in hands if photo.cutout is not None])
        self.located = Pool([p for p in hands if p.landmarks is not None or p.box is not None])
        with_people = [photo for photo in scenes if photo.label != NONE]
        self.people = Pool(with_people) if with_people else self.located
        self.empty = [photo.rgb for photo in everything if photo.label == NONE]
        self.recipe = Recipe()

    def draw(self, seed: int, number: int) -> Picture:
        """Return one picture."""
        rng = np.random.default_rng((seed, number))
        if rng.random() < ALONE:
            return Picture(self.alone(rng), False, "alone")
        two, ways = bool(rng.random() < TWO), (self.pasted, self.beside, self.mirrored, self.joined)
        way = ways[rng.integers(len(ways))]
        rgb = way(two, _size(rng), rng)
        rgb = scene.camera(rgb, rng) if rng.random() < 0.8 else rgb
        return Picture(rgb, two, way.__name__)

    def alone(self, rng) -> RGB:
        """Return a photo as it is, or a training picture of it: with a hand or without."""
        photo = self.all.draw(rng)
        if rng.random() < 0.12:
            photo = HandPhoto(self._nothing(rng), NONE, "", "", "")
        if rng.random() < 0.3:
            return scene.camera(photo.rgb, rng) if rng.random() < 0.5 else photo.rgb
        return scene.draw(photo, self.empty, self.recipe, rng, SIDE).rgb

    def pasted(self, two: bool, size: tuple[int, int], rng) -> RGB:
        """Return hands that were cut out, before another background."""
        extents, middles = _apart(size, rng)
        rgb, one = self._behind(size, rng), self.cut.draw(rng)
        light, mirror = _light(rng), _side(rng)
        rgb = scene.paste(*placing.put(one, extents[0], middles[0], size, rng, light, mirror), rgb)
        if two:
            other = self.cut.mate(one, rng)
            light = _light(rng) if rng.random() < 0.3 else light
            mirror = mirror if rng.random() < 0.3 else -mirror
            put = placing.put(other, extents[1], middles[1], size, rng, light, mirror)
            return scene.paste(*put, rgb)
        return self._distract(rgb, extents[1], middles[1], rng) if rng.random() < 0.6 else rgb

    def beside(self, two: bool, size: tuple[int, int], rng) -> RGB:
        """Return two photos side by side: of two hands, or of a hand and a room."""
        width, height = size
        at = round(rng.uniform(0.38, 0.62) * width)
        one, mirror = self.located.draw(rng), _side(rng)
        left = placing.panel(one, (at, height), rng, mirror)
        rest = (width - at, height)
        if two:
            right = placing.panel(self.located.mate(one, rng), rest, rng, -mirror)
        else:
            right = scene.fill(self._nothing(rng), rest, rng)
            right = scene.clutter(right, self.empty, rng) if rng.random() < 0.3 else right
            if rng.random() < 0.12:
                left = scene.fill(self._nothing(rng), (at, height), rng)
        return _join(left, right, rng) if rng.random() < 0.5 else _join(right, left, rng)

    def mirrored(self, two: bool, size: tuple[int, int], rng) -> RGB:
        """Return a photo and its mirror image: of the side with the hand, or of the other one."""
        for _ in range(20):
            photo = (self.people if rng.random() < 0.4 else self.located).draw(rng)
            linear = placing.turn(rng, 10, _side(rng))
            low, high = placing.bounds(placing.box_of(photo), linear)
            scale = min(rng.uniform(0.25, 0.55) * max(size) / max(high - low), placing.LARGEST)
            low, high = scale * low, scale * high
            end = scale * placing.bounds((0, 0, *photo.rgb.shape[1::-1]), linear)[1]
            gap = rng.uniform(0, 0.35) * (high[0] - low[0]) if two else 0.02 * SIDE
            axis = high[0] + gap
            if two or end[0] - axis >= 0.22 * size[0]:
                break
        else:  # no photo has room beside its hand
            return self.beside(two, size, rng)
        width, height = size
        at = int(width * rng.uniform(0.42, 0.58))
        top = rng.uniform(0, 1) * (height - (high[1] - low[1]))
        rgb = placing.warp(photo.rgb, scale * linear, np.array([at - axis, top - low[1]]), size)
        kept = rgb[:, :at] if two else rgb[:, at:][:, ::-1]  # what comes up to the axis
        left, right = _to_width(kept, at), _to_width(kept, width - at)[:, ::-1]
        if rng.random() < 0.5:  # one hand a little higher
            right = _moved_down(right, int(rng.normal(0, 0.12) * height))
        return np.concatenate([left, right], axis=1)

    def joined(self, two: bool, size: tuple[int, int], rng) -> RGB:
        """Return a photo of a hand, and another hand or something else pasted beside it."""
        photo = (self.people if rng.random() < 0.5 else self.located).draw(rng)
        extents, middles = _apart(size, rng)
        mirror = _side(rng)
        linear = placing.turn(rng, 12, mirror)
        low, high = placing.bounds(placing.box_of(photo), linear)
        scale = min(extents[0] * max(size) / max(high - low), placing.LARGEST)
        rgb = placing.warp(photo.rgb, scale * linear, middles[0] - scale * (low + high) / 2, size)
        if not two:
            return self._distract(rgb, extents[1], middles[1], rng)
        hand, opacity = placing.put(
            self.cut.draw(rng), extents[1], middles[1], size, rng, (1, 1), mirror
        )
        if rng.random() < 0.7:
            hand = _as_bright(hand, opacity, rgb, middles[0], extents[0])
        return scene.paste(hand, opacity, rgb)

    def _nothing(self, rng) -> RGB:
        return self.empty[rng.integers(len(self.empty))]

    def _behind(self, size: tuple[int, int], rng) -> RGB:
        if rng.random() < 0.12:
            wall = np.broadcast_to(rng.uniform(20, 240, 3), (size[1], size[0], 3))
            return scene.side_light(wall.astype(np.uint8), rng)
        room = scene.fill(self._nothing(rng), size, rng)
        return scene.clutter(room, self.empty, rng) if rng.random() < 0.4 else room

    def _distract(self, rgb: RGB, extent: float, middle: np.ndarray, rng) -> RGB:
        """Put a piece of a room, a face or an arm where the other hand would be."""
        height, width = rgb.shape[:2]
        mask = np.zeros((height, width), np.uint8)
        reach, at, luck = extent * max(height, width), _whole(middle), rng.random()
        if luck < 0.5:
            axes = _whole(reach / 2 * np.array([1, rng.uniform(0.6, 1)]))
            cv2.ellipse(mask, at, axes, rng.uniform(0, 180), 0, 360, 255, -1)
        elif luck < 0.75:
            corners = middle + rng.normal(0, 0.35 * reach, (rng.integers(4, 8), 2))
            cv2.fillConvexPoly(mask, cv2.convexHull(np.round(corners).astype(np.int32)), 255)
        else:  # an arm that comes in from an edge
            x, y = rng.uniform(0, 1, 2) * (width, height)
            ends = [(x, -20), (x, height + 20), (-20, y), (width + 20, y)]
            thick = max(3, int(reach * rng.uniform(0.25, 0.6)))
            cv2.line(mask, at, _whole(ends[rng.integers(4)]), 255, thick)
        if rng.random() < 0.35:
            piece = scene.skin(rgb.shape, rng)
        else:
            piece = scene.fill(self._nothing(rng), (width, height), rng)
        return scene.paste(piece, cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 1.2)), rgb)


def _size(rng) -> tuple[int, int]:
    """Draw (width, height): mostly a square, as live; photos have other shapes, too."""
    if rng.random() < 0.85:
        return SIDE, SIDE
    shorter = round(SIDE * rng.uniform(0.65, 1))
    return (SIDE, shorter) if rng.random() < 0.5 else (shorter, SIDE)


def _side(rng) -> int:
    return -1 if rng.random() < 0.5 else 1


def _light(rng) -> tuple[np.ndarray, float]:
    """Draw (gain [3], contrast) that two hands of one person share."""
    gain = np.exp(rng.uniform(-1.0, 0.3)) * (1 + 0.1 * rng.uniform(-1, 1, 3))
    return gain, float(np.exp(rng.uniform(-0.2, 0.2)))


def _apart(size: tuple[int, int], rng) -> tuple[np.ndarray, np.ndarray]:
    """Draw two hands' extents, as shares of the longer side, and middles [2, 2] apart from each
    other, mostly side by side."""
    while True:
        extents = np.clip(rng.uniform(0.22, 0.6) * np.exp(rng.normal(0, 0.12, 2)), 0.16, 0.7)
        middles = rng.uniform(0.1, 0.9, (2, 2)) * size
        away = np.abs(middles[0] - middles[1]) / max(size)
        upright = away[0] < away[1] and rng.random() < 0.8
        if not upright and max(away) > 0.47 * extents.sum():
            return extents, middles


def _join(left: RGB, right: RGB, rng) -> RGB:
    """Return two pictures side by side, with a hard edge or a soft one."""
    at, width = left.shape[1], left.shape[1] + right.shape[1]
    left = np.pad(left, ((0, 0), (0, width - at), (0, 0)), mode="edge")
    right = np.pad(right, ((0, 0), (at, 0), (0, 0)), mode="edge")
    share = np.clip((np.arange(width) - at) / rng.choice(EDGES) + 0.5, 0, 1)
    opacity = np.broadcast_to(np.round(255 * share), left.shape[:2]).astype(np.uint8)
    return scene.paste(right, opacity, left)


def _to_width(part: RGB, width: int) -> RGB:
    """Return the last columns of a picture; where it has too few, its first is continued."""
    missing = max(0, width - part.shape[1])
    return np.pad(part, ((0, 0), (missing, 0), (0, 0)), mode="edge")[:, -width:]


def _moved_down(rgb: RGB, pixels: int) -> RGB:
    """Return a picture moved down, its upper edge continued, or up where `pixels` is negative."""
    height = rgb.shape[0]
    return rgb[np.clip(np.arange(height) - pixels, 0, height - 1)]


def _as_bright(hand, opacity, rgb, middle, extent) -> RGB:
    """Return a hand in the mean colour of the one that is there, as of the same person."""
    inside, reach = opacity > 128, extent * SIDE * 0.2
    height, width = rgb.shape[:2]
    (left, top), (right, bottom) = (
        np.clip(_whole(corner), 0, (width - 1, height - 1))
        for corner in (middle - reach, middle + reach)
    )
    there = rgb[top : bottom + 1, left : right + 1].reshape(-1, 3)
    if not inside.any():
        return hand
    gain = np.median(there, axis=0) / np.maximum(np.median(hand[inside], axis=0), 1)
    return np.clip(hand * np.clip(gain, 0.3, 2.5), 0, 255).astype(np.uint8)


def _whole(point) -> list[int]:
    return np.round(point).astype(int).tolist()
