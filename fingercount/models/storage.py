"""A model's folder: card.json, weights.safetensors and seen.json, checked when read, written whole.

seen.json holds the content hashes of the photos that the model was trained on, so that an
evaluation on photos it has seen can say so.
"""

import functools
import hashlib
import platform
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

import fingercount
from fingercount.data.session_count import SessionCount
from fingercount.data.splits import GUESSED, SAME_SESSION
from fingercount.errors import FingercountError
from fingercount.files import atomic_folder, write_atomic, write_json
from fingercount.json_files import read_json
from fingercount.models.card import CARD, FORMAT, Card, read_card

if TYPE_CHECKING:
    import torch

__all__ = ["CARD", "SEEN", "WEIGHTS", "Card", "read_card", "read_tensors", "write_model"]

Array: TypeAlias = npt.NDArray[Any]
Tensors: TypeAlias = "Mapping[str, torch.Tensor] | Mapping[str, Array]"  # by torchvision's names

WEIGHTS, SEEN = "weights.safetensors", "seen.json"
FAST = ("fast.xml", "fast.bin")  # the fast backend, where a model has one: models/quantized.py
SECOND_HAND = "second_hand.safetensors"  # where a model has it: models/second_hand.py


def read_arrays(folder: Path) -> dict[str, Array]:
    """Return a model's weights in the dtype they are stored in, without PyTorch.

    Raises:
        FingercountError: if the file is missing or damaged.
    """
    path = Path(folder) / WEIGHTS
    try:
        if not path.is_file():
            raise OSError("it is no file" if path.exists() else "there is no such file")
        arrays: dict[str, Array] = load_file(str(path))
    except (OSError, SafetensorError, ValueError, TypeError) as error:
        raise FingercountError(
            f"{path} is missing or damaged ({error}); restore the file or retrain the model."
        ) from error
    if not all(map(_is_finite, arrays.values())):
        raise FingercountError(
            f"{path} holds numbers that are not finite; restore the file or retrain the model."
        )
    return arrays


def _is_finite(array: Array) -> bool:
    if array.dtype == np.float16:  # by its exponent: NumPy's isfinite is slow for this type
        return not ((array.view(np.uint16) & 0x7C00) == 0x7C00).any()
    return bool(np.isfinite(array).all())


def read_tensors(folder: Path) -> "dict[str, torch.Tensor]":
    """Return a model's weights as float32 tensors.

    Raises:
        FingercountError: as `read_arrays`.
    """
    import torch

    return {key: torch.from_numpy(value).float() for key, value in read_arrays(folder).items()}


def read_full(folder: Path) -> "tuple[Card, dict[str, torch.Tensor]]":
    """Return (card, ResNet-18 state_dict) of a model that holds a whole network."""
    card = read_card(folder)
    if card["kind"] != "full":
        raise FingercountError(f"{folder} holds only a last layer, not a whole network.")
    return card, read_tensors(folder)


def read_seen(folder: Path) -> dict[str, str]:
    """Return {content hash: side} of the photos that a model was trained on; empty if unknown."""
    try:
        seen: dict[str, str] = read_json(folder / SEEN)
    except (OSError, ValueError):
        return {}  # only evaluation's note on seen photos depends on it
    sound = isinstance(seen, dict) and all(isinstance(side, str) for side in seen.values())
    return seen if sound else {}


def compact(state: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """Return weights as they are stored: float16, except for the small vectors.

    BatchNorm's statistics can be too small for float16, and cost next to nothing.
    """
    return {
        key: value.detach().half() if value.ndim > 1 else value.detach().clone()
        for key, value in state.items()
    }


def write_model(
    folder: Path,
    tensors: Tensors,
    card: Card,
    *,
    seen: dict[str, str] | None = None,
    replace: bool = False,
) -> Path:
    """Write a model's folder, whole or not at all, and return it.

    Args:
        folder: where it is to be; its name is the model's.
        tensors: its weights, in the dtype they are to be stored in.
        card: at least classes, kind and preprocess; format, name, date and versions are added.
        seen: {content hash: "train" or "val"} of the photos it was trained on.
        replace: whether an existing folder may be replaced.

    Raises:
        FingercountError: if the name is taken, or the disk is full.
    """
    folder = Path(folder)
    card = {
        "format": FORMAT,
        "name": folder.name,
        **card,
        "created": _now(),
        "versions": versions(),
    }
    with atomic_folder(folder, replace=replace) as temporary:
        write_atomic(temporary / WEIGHTS, _as_bytes(tensors))
        write_json(temporary / SEEN, seen or {})
        write_json(temporary / CARD, {**card, "files": file_hashes(temporary)})
    return folder


def _as_bytes(tensors: Tensors) -> bytes:
    arrays = {
        name: value if isinstance(value, np.ndarray) else value.detach().numpy()
        for name, value in tensors.items()
    }
    written: bytes = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    return written


def file_hashes(folder: Path) -> dict[str, str]:
    """Return {name: SHA-256} of the files that a card vouches for, of those that are there."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in (WEIGHTS, SEEN, *FAST, SECOND_HAND)
        if (folder / name).is_file()
    }


def vouch(folder: Path) -> None:
    """Write the hashes of a model's files, as they are now, into its card."""
    write_json(folder / CARD, {**read_card(folder), "files": file_hashes(folder)})


@functools.lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of the packages that decide what a model computes."""
    found = {"fingercount": fingercount.__version__, "python": platform.python_version()}
    for package in ("torch", "torchvision"):  # not imported: a last layer is trained without
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def session_count(card: Card, side: str) -> SessionCount:
    """Return how many sessions a card's figures of a side are of, as far as that is known."""
    guessed = GUESSED in ((card.get("data") or {}).get("sentence") or "")
    return SessionCount.of_figures(card["metrics"][side], guessed)


def cautions(card: Card, side: str) -> list[str]:
    """Return what makes a training's figures for a side ("test") better than they will be.

    Args:
        card: a model's.
    """
    found = []
    if side == "test" and (card.get("data") or {}).get("split") == "within":
        found.append(SAME_SESSION)
    figures = (card.get("metrics") or {}).get(side) or {}
    if known := figures.get("backbone_seen"):
        found.append(f"its backbone was trained on {known:,} of them")
    return found
