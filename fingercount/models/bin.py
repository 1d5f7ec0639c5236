"""Deleted models, until the bin is emptied: each can come back under its own name."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fingercount.data.bin import BinSize, size_of
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.leftovers import DELETING, is_link
from fingercount.models.card import CARD
from fingercount.own_files import own_path
from fingercount.paths import models_dir

BIN = ".bin"  # in models/; a bin of its own for each deletion: .bin/<when>/<name>/


@dataclass(frozen=True)
class DeletedModel:
    """A model in the bin.

    Attributes:
        id: its deletion's; ids sort by time.
        name: what it was called, and will be again.
        size: bytes of its files.
        files: how many there are.
    """

    id: str
    name: str
    size: int
    files: int = 0

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return models_dir() / BIN / self.id / self.name


def move_to_bin(folder: Path) -> None:
    """Take a model out of models/ in one step, so that nobody sees half of it.

    Raises:
        FingercountError: where it cannot be moved; it is then where it was.
    """
    own_path(models_dir(), BIN)
    place = _new_place()
    try:
        with advice_on_write_errors(folder):
            place.mkdir(parents=True)
            folder.rename(place / folder.name)
    except FingercountError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def deleted_models() -> list[DeletedModel]:
    """Return the models in the bin, the one that was deleted last first."""
    found, place = [], models_dir() / BIN
    if place.is_dir() and not is_link(place):
        for card in place.glob(f"*/*/{CARD}"):
            folder = card.parent
            size = size_of(folder)
            found.append(DeletedModel(folder.parent.name, folder.name, size.bytes, size.n))
    return sorted(found, key=lambda model: model.id, reverse=True)


def restore_model(id: str) -> str:
    """Bring a deleted model back; return its name.

    Raises:
        FingercountError: where it is no longer in the bin, or another model has its name.
    """
    model = next((model for model in deleted_models() if model.id == id), None)
    if model is None:
        raise FingercountError("This model is no longer in the bin.")
    target = models_dir() / model.name
    if target.exists():
        raise FingercountError(
            f"A model named {model.name} exists by now; delete that one first, and bring this one "
            "back then."
        )
    place = models_dir() / BIN / model.id
    with advice_on_write_errors(target):
        (place / model.name).rename(target)
    shutil.rmtree(place, ignore_errors=True)
    return model.name


def model_bin_size() -> BinSize:
    """Return how much is in the models' bin."""
    place = models_dir() / BIN
    return BinSize(0, 0) if is_link(place) else size_of(place)


def empty_model_bin() -> BinSize:
    """Remove the deleted models for good, and return how much that was."""
    place = models_dir() / BIN
    if not place.is_dir() or is_link(place):
        return BinSize(0, 0)
    size = size_of(place)
    doomed = models_dir() / f"{DELETING}bin"
    shutil.rmtree(doomed, ignore_errors=True)
    with advice_on_write_errors(place):
        place.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
    return size


def _new_place() -> Path:
    when, number = datetime.now().strftime("%Y%m%d-%H%M%S"), 1
    while (place := models_dir() / BIN / f"{when}-{number:03d}").exists():
        number += 1
    return place
