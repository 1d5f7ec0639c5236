"""Reading a foreign ResNet-18 checkpoint, such as the notebook project's modelParams.pth."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import torch
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.labels import clean_label
from fingercount.models.model import build_model
from fingercount.models.registry import new_model_folder
from fingercount.models.storage import compact, read_card, write_model


def import_checkpoint(
    file: Path, classes: Sequence[str], name: str, *, size: int = 224, replace: bool = False
) -> dict:
    """Make a model of a bare ResNet-18 state_dict; return its card.

    Args:
        file: a .pth that torch.save wrote. Only tensors are read from it, never a program.
        classes: class names in the order of its outputs.
        name: the model's name.
        size: side of its input in pixels.
        replace: whether a model of that name may be replaced.

    Raises:
        FingercountError: where it is no state_dict of a ResNet-18 with as many outputs as classes.
    """
    folder = new_model_folder(name, replace)
    if not 32 <= size <= 1024:
        raise FingercountError(f"The input size {size} cannot be; give 32 to 1024 pixels (224?).")
    labels = [clean_label(text) for text in classes]
    if len(set(labels)) != len(labels) or len(labels) < 2:
        raise FingercountError(
            f"The classes {', '.join(classes)} are not two or more distinct names."
        )
    state = _bare(read_state(file))
    _check_fits(state, len(labels), file)
    card = {
        "kind": "full",
        "classes": labels,
        "preprocess": Preprocess(size=size).to_json(),
        "settings": {},
        "data": {},
        "metrics": {},
        "origin": file.name,
    }
    tensors = compact(state)
    build_model(name, card, tensors, {})
    write_model(folder, tensors, card, replace=replace)
    return read_card(folder)


def read_state(file: Path) -> dict:
    """Return the tensors of a .pth file without running any code that it may hold.

    Raises:
        FingercountError: where it is missing, no checkpoint, or holds more than tensors.
    """
    if not Path(file).is_file():
        raise FingercountError(f"There is no file {file}; check the path.")
    with Path(file).open("rb") as opened:
        start = opened.read(40)
    if start.startswith(b"version https://git-lfs"):
        raise FingercountError(
            f"{file} is only a pointer of Git LFS, not the weights; fetch them with git lfs pull."
        )
    # A zip, or a pickle of protocol 2 and later: all that PyTorch writes.
    if not start.startswith((b"PK\x03\x04", b"\x80")):
        raise FingercountError(f"{file} is no PyTorch checkpoint, or is damaged.")
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise FingercountError(
            f"{file} holds more than weights and is refused: opening it would run its code; "
            "save the weights alone with torch.save(model.state_dict(), FILE)."
        ) from error
    except Exception as error:  # a torn or foreign file fails in many ways
        raise FingercountError(f"{file} is no PyTorch checkpoint, or is damaged.") from error
    named = isinstance(state, dict) and all(isinstance(key, str) for key in state)
    if not named or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise FingercountError(
            f"{file} is no bare state_dict; write it with torch.save(model.state_dict(), FILE)."
        )
    return state


def _bare(state: dict) -> dict:
    """Take off the prefix that DataParallel puts before every name."""
    prefix = "module."
    if all(key.startswith(prefix) for key in state):
        return {key[len(prefix) :]: value for key, value in state.items()}
    return state


def _check_fits(state: dict, classes: int, file: Path) -> None:
    """Compare names and shapes with a ResNet-18, and say what does not fit."""
    with torch.device("meta"):
        wanted = {k: v.shape for k, v in resnet18(num_classes=classes).state_dict().items()}
    outputs = state["fc.bias"].numel() if "fc.bias" in state else None
    if outputs is not None and outputs != classes and set(wanted) == set(state):
        raise FingercountError(
            f"{file} tells {outputs} classes apart, but {classes} names were given; "
            "name them all in the order of its outputs."
        )
    # Old checkpoints lack the counters; they play no part in what a network computes.
    counters = {key for key in wanted if key.endswith("num_batches_tracked")}
    missing = set(wanted) - set(state) - counters
    extra = set(state) - set(wanted)
    if missing or extra or any(state[k].shape != wanted[k] for k in wanted if k in state):
        raise FingercountError(
            f"{file} is no ResNet-18 with {classes} outputs (the layers do not match); "
            "only the state_dict of torchvision's resnet18 can be imported."
        )
    for key in counters - set(state):
        state[key] = torch.tensor(0)
