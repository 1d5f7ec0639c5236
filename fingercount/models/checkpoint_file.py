"""What is in a checkpoint file: its tensors by torchvision's names, and its class names.

    state, classes = read_checkpoint(Path("model.pth"))    # classes: None if the file has none

People save a ResNet-18 in many ways: in a dictionary beside the epoch and the optimizer, with
a prefix before every name, with a dropout before the last layer, or as safetensors. No code in a
file is ever run.
"""

import argparse
import pickle
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from fingercount.errors import FingercountError

State = dict[str, Tensor]

DEEPEST = 3  # dictionaries around the tensors
# If several dictionaries hold a network, the first of these is taken, then whichever comes first.
USUAL = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights")
# Names under which people's files hold the classes.
CLASS_KEYS = (
    *("classes", "class_names", "class_to_idx", "idx_to_class", "labels", "label_names"),
    *("categories", "names", "id2label", "label2id"),
)
# Tensors that losses and metrics keep beside the network; they play no part in what it answers.
NOT_THE_NETWORK = ("criterion.", "loss", "metric", "train_", "val_", "test_", "ema_updates")
COUNTERS = ("n_averaged", "global_step")  # beside a mean of weights, as PyTorch's AveragedModel is
# Plain numbers of NumPy, as in "best_acc": data, though PyTorch asks to be told so.
PLAIN: list[Any] = [
    np.dtype,
    *(type(np.dtype(kind)) for kind in ("f2", "f4", "f8", "i4", "i8", "u1", "?")),
    np.float64(0).__reduce__()[0],
    argparse.Namespace,
]


def read_checkpoint(file: Path) -> tuple[State, list[str] | None]:
    """Return (tensors by torchvision's names, class names in the order of the outputs or None).

    Args:
        file: a .pth, .pt, .ckpt or .safetensors.

    Raises:
        FingercountError: if it is missing, not a checkpoint, holds more than data, or numbers that
            are not finite. It names what the file is if that can be seen.
    """
    file = Path(file)
    if not file.is_file():
        raise FingercountError(f"There is no file {file}; check the path.")
    if kind := what_it_is(file):
        raise FingercountError(
            f"{file} is {kind}, not a PyTorch checkpoint; save the weights of a ResNet-18 with "
            "torch.save(model.state_dict(), FILE)."
        )
    content = _safetensors(file) if _is_safetensors(file) else _pickled(file)
    state = _without_wrapping(_tensors_in(content, file))
    if broken := [name for name, value in state.items() if not bool(torch.isfinite(value).all())]:
        raise FingercountError(
            f"{file} holds numbers that are not finite (in {broken[0]}): the training that "
            "wrote it went wrong. Use an earlier checkpoint, or train with a lower learning rate."
        )
    return state, class_names(content)


def what_it_is(file: Path) -> str:
    """Return what a file of another kind is ("an ONNX file"), or "" for a likely checkpoint."""
    with file.open("rb") as opened:
        start = opened.read(512)
    if start.startswith(b"version https://git-lfs"):
        raise FingercountError(
            f"{file} is only a pointer of Git LFS, not the weights; fetch them with git lfs pull."
        )
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return "a Keras or HDF5 file"
    if start[4:8] == b"TFL3":
        return "a TensorFlow Lite model"
    if start[:1] == b"\x08" and (b"onnx" in start.lower() or file.suffix.lower() == ".onnx"):
        return "an ONNX file"
    if start[:1] in (b"\x08", b"\x0a") and file.suffix.lower() == ".pb":
        return "a TensorFlow graph"
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_zip(file)
    return ""


def _kind_of_zip(file: Path) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return ""  # damaged; the reader says so
    leaves = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in leaves or any("/code/" in name for name in names):
        return "a TorchScript program (torch.jit.save)"
    if any("exported_program" in leaf for leaf in leaves) or "archive_format" in leaves:
        return "a program of torch.export (.pt2)"
    if "model.weights.h5" in leaves:
        return "a Keras model"
    if leaves and all(leaf.endswith(".npy") for leaf in leaves):
        return "a NumPy archive"
    return "" if "data.pkl" in leaves else "a zip"


def _is_safetensors(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(9)
    return len(start) == 9 and start[8:] == b"{" and int.from_bytes(start[:8], "little") < 10**8


def _safetensors(file: Path) -> Any:
    try:
        return load_file(str(file))
    except (SafetensorError, OSError, ValueError) as error:
        raise FingercountError(f"{file} is a damaged safetensors file ({error}).") from error


def _pickled(file: Path) -> Any:
    with file.open("rb") as opened:
        start = opened.read(4)
    # A zip, or a pickle of protocol 2 and later: all that PyTorch writes.
    if not start.startswith((b"PK\x03\x04", b"\x80")):
        raise FingercountError(f"{file} is not a PyTorch checkpoint, or is damaged.")
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(PLAIN):
            warnings.simplefilter("ignore")  # what is wrong is said in one line below
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise FingercountError(
            f"{file} holds more than weights and is refused: opening it would run its code; "
            "save the weights alone with torch.save(model.state_dict(), FILE)."
        ) from error
    except Exception as error:  # a damaged or foreign file fails in many ways
        raise FingercountError(f"{file} is not a PyTorch checkpoint, or is damaged.") from error


def _tensors_in(content: Any, file: Path) -> State:
    """Return the dictionary of tensors that looks most like a network."""
    found = [state for state in _dictionaries(content, DEEPEST) if state]
    networks = [state for state in found if any(key.endswith("conv1.weight") for key in state)]
    if not networks:
        if found and isinstance(content, Mapping):
            return found[0]  # tensors, but of something else: the caller says what is missing
        raise FingercountError(
            f"{file} has no state_dict in it; write one with torch.save(model.state_dict(), FILE)."
        )
    return networks[0]


def _dictionaries(content: Any, depth: int) -> list[State]:
    """Return all dictionaries of tensors in a content, the likeliest first."""
    if not isinstance(content, Mapping):
        return []
    tensors = {k: v for k, v in content.items() if isinstance(v, Tensor) and isinstance(k, str)}
    usual = [content[key] for key in USUAL if key in content]
    others = [value for key, value in content.items() if key not in USUAL]
    below = [part for value in (*usual, *others) for part in _dictionaries(value, depth - 1)]
    return [*([tensors] if tensors else []), *(below if depth > 0 else [])]


def _without_wrapping(state: State) -> State:
    """Return a state_dict without the prefix of its names, and with the last layer called fc."""
    kept = {
        key: value
        for key, value in state.items()
        if not key.startswith(NOT_THE_NETWORK) and key.rpartition(".")[2] not in COUNTERS
    }
    first = next((key for key in kept if key.endswith("conv1.weight") and "layer" not in key), "")
    prefix = first.removesuffix("conv1.weight")
    if prefix and all(key.startswith(prefix) for key in kept):
        kept = {key[len(prefix) :]: value for key, value in kept.items()}
    # Sequential(Dropout, Linear): neither a dropout nor a softmax has tensors.
    last = {key.split(".")[1] for key in kept if key.startswith("fc.") and key.count(".") == 2}
    if len(last) == 1:
        kept = {key.replace(f"fc.{min(last)}.", "fc."): value for key, value in kept.items()}
    return {key: v.float() if v.is_floating_point() else v for key, v in kept.items()}


def class_names(content: Any, depth: int = 2) -> list[str] | None:
    """Return the class names saved beside the tensors, in the order of the outputs."""
    if isinstance(content, argparse.Namespace):
        content = vars(content)
    if not isinstance(content, Mapping) or depth < 0:
        return None
    for key in CLASS_KEYS:
        if (names := _as_names(content.get(key))) is not None:
            return names
    below = (class_names(value, depth - 1) for value in content.values())
    return next((names for names in below if names is not None), None)


def _as_names(value: Any) -> list[str] | None:
    """Return ["a", "b"] of such a list, of {"a": 0, "b": 1} or of {0: "a", 1: "b"}; else None."""
    if isinstance(value, Mapping) and value:
        if all(isinstance(n, int) for n in value.values()):
            value = {number: name for name, number in value.items()}
        try:
            numbered = {int(number): name for number, name in value.items()}
        except (TypeError, ValueError):
            return None
        if sorted(numbered) != list(range(len(numbered))):
            return None
        value = [numbered[n] for n in range(len(numbered))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return list(value) if all(isinstance(name, str) for name in value) else None
    return None
