"""Which photo each draw takes: every class equally often, and no set drowned by a larger one."""

import numpy as np
import torch

from fingercount.imaging.preprocess import Preprocess
from fingercount.labels import NONE
from fingercount.pretraining import scene
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe


def weights(
    photos: list[HandPhoto], none_share: float, boosts: dict[str, float] | None = None
) -> np.ndarray:
    """Return each photo's chance to be drawn, [N], summing to 1.

    Classes share equally, except `none`. Inside a class each source counts by the square root of
    its size: a set four times as large is drawn twice as often.

    Args:
        photos: all of them.
        none_share: of the draws that are photos without a hand.
        boosts: {source: times it counts}; a photo each of many people says more than as many of
            one, which its size does not tell.
    """
    boosts = boosts or {}
    labels = sorted({photo.label for photo in photos})
    hands = [label for label in labels if label != NONE]
    share = {label: (1 - none_share * (NONE in labels)) / max(1, len(hands)) for label in hands}
    share[NONE] = none_share if hands else 1.0
    cells: dict[tuple, list[int]] = {}
    for index, photo in enumerate(photos):
        cells.setdefault((photo.label, photo.source), []).append(index)
    say = {cell: np.sqrt(len(members)) * boosts.get(cell[1], 1) for cell, members in cells.items()}
    out = np.zeros(len(photos))
    for (label, source), members in cells.items():
        total = sum(part for (other, _), part in say.items() if other == label)
        out[members] = share[label] * say[label, source] / total / len(members)
    return out / out.sum()


class TrainingSet(torch.utils.data.Dataset):
    """The pictures of a whole run, numbered; draw i is the same on any machine and any process.

    Item i: (float32 [3, size, size] in its epoch's size, class index, landmarks float32 [42] from
    -1 to 1 over the square (a wrist may lie outside), landmarks known, fingers float32 [5], fingers
    known).
    """

    def __init__(self, photos: list[HandPhoto], classes: list[str], recipe: Recipe):
        self.photos, self.classes, self.recipe = photos, classes, recipe
        self.cumulative = np.cumsum(weights(photos, recipe.none_share, recipe.boosts()))
        self.backgrounds = [photo.rgb for photo in photos if photo.label == NONE]

    def __len__(self) -> int:
        return self.recipe.epochs * self.recipe.draws

    def __getitem__(self, i: int):
        rng = np.random.default_rng((self.recipe.seed, int(i)))
        drawn = int(np.searchsorted(self.cumulative, rng.random()))
        index = min(drawn, len(self.photos) - 1)
        photo = self.photos[index]
        size = self.recipe.size_of(int(i) // self.recipe.draws)
        picture = scene.draw(photo, self.backgrounds, self.recipe, rng, size)
        landmarks, fingers = np.zeros(42, np.float32), np.zeros(5, np.float32)
        if picture.landmarks is not None:
            landmarks[:] = in_network_frame(picture.landmarks, picture.rgb.shape).ravel()
        if picture.fingers is not None:
            fingers[:] = picture.fingers
        return (
            torch.from_numpy(Preprocess(size=size)(picture.rgb)),
            self.classes.index(photo.label),
            torch.from_numpy(landmarks),
            picture.landmarks is not None,
            torch.from_numpy(fingers),
            picture.fingers is not None,
        )


def in_network_frame(landmarks: np.ndarray, shape) -> np.ndarray:
    """Turn fractions of the photo into -1..1 over the padded square that the network sees."""
    return (landmarks * 2 - 1) * np.array([shape[1], shape[0]]) / max(shape)


class ShardSampler(torch.utils.data.Sampler):
    """This process's draws: of each global batch its own slice, from draw `start` on."""

    def __init__(self, start: int, stop: int, batch_size: int, rank: int = 0, world: int = 1):
        self.start, self.stop = start, stop
        self.batch_size, self.rank, self.world = batch_size, rank, world

    def __iter__(self):
        part = self.batch_size // self.world
        for first in range(self.start, self.stop - self.batch_size + 1, self.batch_size):
            yield from range(first + self.rank * part, first + (self.rank + 1) * part)

    def __len__(self) -> int:
        return (self.stop - self.start) // self.batch_size * (self.batch_size // self.world)


def draw_examples(photos, classes, recipe: Recipe, n: int) -> np.ndarray:
    """Return the first n training pictures as the network sees them, uint8 [n, side, side, 3]."""
    draws, preprocess = TrainingSet(photos, classes, recipe), Preprocess(size=recipe.size)
    mean, std = np.array(preprocess.mean), np.array(preprocess.std)
    pictures = [draws[i][0].numpy().transpose(1, 2, 0) * std + mean for i in range(n)]
    return np.clip(np.stack(pictures) * 255, 0, 255).astype(np.uint8)
