"""Make a model from a foreign ResNet-18, such as the notebook project's modelParams.pth."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.labels import clean_label
from fingercount.models.checkpoint_file import State, read_checkpoint
from fingercount.models.loading import build_model
from fingercount.models.registry import new_model_folder
from fingercount.models.storage import Card, compact, read_card, write_model


def import_checkpoint(
    file: Path,
    classes: Sequence[str] | None,
    name: str,
    *,
    size: int = 224,
    replace: bool = False,
) -> Card:
    """Make a model from a ResNet-18 checkpoint; return its card.

    Args:
        file: see checkpoint_file. Only data is read from it, never a program.
        classes: class names in the order of its outputs; None takes those that the file has.
        name: the model's name.
        size: side of its input in pixels.
        replace: whether a model of that name may be replaced.

    Raises:
        FingercountError: if it is not the state_dict of a ResNet-18 with an output for each class.
    """
    folder = new_model_folder(name, replace)
    if not 32 <= size <= 1024:
        raise FingercountError(f"The input size {size} is not possible; give 32 to 1024 pixels.")
    labels = None if classes is None else _labels(classes)  # before a file of hundreds of MB
    state, named = read_checkpoint(file)
    if labels is None and named is None:
        raise FingercountError(
            f"{file} does not say what its outputs mean; name them in their order, such as "
            "--classes five,four,one,three,two."
        )
    labels = labels or _labels(named or [])
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
    tensors = exact(state)
    build_model(name, card, tensors, {})
    write_model(folder, tensors, card, replace=replace)
    return read_card(folder)


def _labels(classes: Sequence[str]) -> list[str]:
    """Return class names as labels, or say what is wrong with them."""
    labels = [clean_label(text) for text in classes]
    if len(set(labels)) != len(labels) or len(labels) < 2:
        raise FingercountError(
            f"The classes {', '.join(classes)} are not two or more distinct names."
        )
    return labels


def exact(state: State) -> State:
    """Return weights, as small as possible without changing what the network answers."""
    small = compact(state)
    same = {key: torch.equal(small[key].float(), value.float()) for key, value in state.items()}
    return {key: small[key] if same[key] else value for key, value in state.items()}


def _check_fits(state: State, classes: int, file: Path) -> None:
    """Compare names and shapes with a ResNet-18, and say what does not fit."""
    with torch.device("meta"):
        wanted = {k: v.shape for k, v in resnet18(num_classes=classes).state_dict().items()}
    if "fc.bias" not in state and "fc.weight" in state and state["fc.weight"].ndim == 2:
        state["fc.bias"] = torch.zeros(len(state["fc.weight"]))  # a last layer without one
    outputs = state["fc.bias"].numel() if "fc.bias" in state else None
    if outputs is not None and outputs != classes and set(wanted) == set(state):
        raise FingercountError(
            f"{file} has {outputs} outputs, but {classes} names were given; "
            "name them all in the order of its outputs."
        )
    # Old checkpoints lack the counters; they play no part in what a network computes.
    counters = {key for key in wanted if key.endswith("num_batches_tracked")}
    missing = set(wanted) - set(state) - counters
    extra = set(state) - set(wanted)
    if missing or extra or any(state[k].shape != wanted[k] for k in wanted if k in state):
        raise FingercountError(
            f"{file} is not a ResNet-18 with {classes} outputs (the layers do not match); "
            "only the weights of torchvision's resnet18 with one last layer can be imported."
        )
    for key in counters - set(state):
        state[key] = torch.tensor(0)
