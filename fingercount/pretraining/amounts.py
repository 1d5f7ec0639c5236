"""How much of everything a run can use: all there is, or for a few steps only a little."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from fingercount.pretraining.recipe import Recipe

Item = TypeVar("Item")

# Of the drawn training pictures: numbers that end a whole run well.
CALIBRATION = 2048  # the temperature is one number; these fix it within 3 % (bootstrap)
QUANTIZATION = 400  # photos whose ranges make the fast form
FEWEST = 64  # photos: a batch of the recipe's; below it nothing is won


@dataclass(frozen=True)
class Amounts:
    """What is prepared for a run; None is all there is.

    Attributes:
        photos: to train on, and as many to measure on.
        cutouts: hands that are cut out of their photos.
        renders: rendered hands of each label.
        calibration: pictures that fix the temperature.
        quantization: photos that calibrate the fast form.
    """

    photos: int | None
    cutouts: int | None
    renders: int
    calibration: int = CALIBRATION
    quantization: int = QUANTIZATION


def amounts(recipe: Recipe, steps: int | None) -> Amounts:
    """Return how much a run can use.

    Args:
        recipe: the settings.
        steps: of each epoch, to try it out; None for a whole run.
    """
    whole = recipe.draws // recipe.batch_size
    if steps is None or steps >= whole:
        return Amounts(None, None, recipe.renders)
    drawn = recipe.epochs * steps * recipe.batch_size
    photos = max(FEWEST, drawn)
    return Amounts(
        photos,
        # No more of the draws are put in front of another background.
        cutouts=ceil(recipe.cutout * photos),
        # One of each label for each step: of a batch, that is about what a whole run draws.
        renders=min(recipe.renders, recipe.epochs * steps),
        calibration=min(CALIBRATION, max(FEWEST, photos // 4)),
        quantization=min(QUANTIZATION, max(FEWEST // 4, photos // 16)),
    )


def spread(
    items: Sequence[Item], n: int | None, cell: Callable[[Item], Hashable]
) -> Sequence[Item]:
    """Return about n of the items, in their order: of each cell its share, one at least.

    Args:
        items: any.
        n: how many; None for all.
        cell: what must not be missing afterwards, such as an item's label.
    """
    if n is None or len(items) <= n:
        return items
    cells: dict[Hashable, list[int]] = {}
    for index, item in enumerate(items):
        cells.setdefault(cell(item), []).append(index)
    kept = set()
    for members in cells.values():
        few = max(1, round(n * len(members) / len(items)))
        kept |= {members[i * len(members) // few] for i in range(few)}
    return [items[index] for index in sorted(kept)]
