"""A model's folder: card.json, weights.safetensors and seen.json, checked when read, written whole.

seen.json holds the content hashes of the photos that the model was trained on, so that an
evaluation on photos it has seen can say so.
"""

import functools
import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import torch
import torchvision
from safetensors import SafetensorError
from safetensors.torch import load_file, save

import fingercount
from fingercount.data.splits import SAME_SESSION
from fingercount.errors import FingercountError
from fingercount.files import atomic_folder, write_atomic, write_json

Card: TypeAlias = dict[str, Any]  # card.json: `read_card` checks what is read; the rest is notes

FORMAT = 1
CARD, WEIGHTS, SEEN = "card.json", "weights.safetensors", "seen.json"


def read_card(folder: Path) -> Card:
    """Return a model's card, checked.

    Raises:
        FingercountError: if it is damaged or from another version.
    """
    path = Path(folder) / CARD
    try:
        card: Card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FingercountError(f"{path} cannot be read ({error}); retrain the model.") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        found = card.get("format") if isinstance(card, dict) else None
        raise FingercountError(
            f"{path} has format {found!r}, this version reads {FORMAT}; "
            "update fingercount or retrain the model."
        )
    classes = card.get("classes")
    sound = isinstance(classes, list) and all(isinstance(c, str) and c for c in classes)
    if not sound or not classes or len(set(classes)) != len(classes):
        raise FingercountError(f"{path} has no list of distinct class names; retrain the model.")
    if card.get("kind") not in ("head", "full") or not isinstance(card.get("preprocess"), dict):
        raise FingercountError(
            f"{path} lacks its kind or its preprocessing; update fingercount or retrain the model."
        )
    numbers = [card.get("threshold", 0.0), card.get("temperature", 1.0)]
    if not all(isinstance(number, int | float) for number in numbers) or numbers[1] <= 0:
        raise FingercountError(f"{path} has no usable threshold or temperature; retrain the model.")
    return card


def read_tensors(folder: Path) -> dict[str, torch.Tensor]:
    """Return a model's tensors as float32.

    Raises:
        FingercountError: if the file is missing or damaged.
    """
    path = Path(folder) / WEIGHTS
    try:
        tensors = {key: value.float() for key, value in load_file(str(path)).items()}
    except (OSError, SafetensorError, ValueError) as error:
        raise FingercountError(
            f"{path} is missing or damaged ({error}); restore the file or retrain the model."
        ) from error
    if not all(bool(torch.isfinite(value).all()) for value in tensors.values()):
        raise FingercountError(
            f"{path} holds numbers that are not finite; restore the file or retrain the model."
        )
    return tensors


def read_full(folder: Path) -> tuple[Card, dict[str, torch.Tensor]]:
    """Return (card, ResNet-18 state_dict) of a model that holds a whole network."""
    card = read_card(folder)
    if card["kind"] != "full":
        raise FingercountError(f"{folder} holds only a last layer, not a whole network.")
    return card, read_tensors(folder)


def read_seen(folder: Path) -> dict[str, str]:
    try:
        seen: dict[str, str] = json.loads((folder / SEEN).read_text(encoding="utf-8"))
        return seen
    except (OSError, ValueError):
        return {}  # only evaluation's note on seen photos depends on it


def compact(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return weights as they are stored: float16, except for the small vectors.

    BatchNorm's statistics can be too small for float16, and cost next to nothing.
    """
    return {
        key: value.detach().half() if value.ndim > 1 else value.detach().clone()
        for key, value in state.items()
    }


def write_model(
    folder: Path,
    tensors: dict[str, torch.Tensor],
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
        write_atomic(temporary / WEIGHTS, save({k: v.contiguous() for k, v in tensors.items()}))
        write_json(temporary / SEEN, seen or {})
        write_json(temporary / CARD, card)
    return folder


@functools.lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of the packages that decide what a model computes."""
    return {
        "fingercount": fingercount.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


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
