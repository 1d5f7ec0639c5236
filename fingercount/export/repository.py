"""A model as OpenVINO Model Server and Triton read it: a folder of its versions.

    export_repository("hands", Path("repository"))

    repository/hands/1/model.onnx       the file of `export --onnx`
    repository/hands/config.pbtxt       Triton's description of it
    repository/hands/labels.txt         the classes, for Triton's answers by name

Both take the highest version, so a new one goes beside the old one. Sources: "Prepare a model
repository" in OpenVINO Model Server's documentation; "Model repository" and "Model configuration"
in Triton's.
"""

from collections.abc import Callable
from pathlib import Path

from fingercount.errors import FingercountError
from fingercount.export.to_onnx import (
    HAND,
    PHOTO,
    PROBABILITIES,
    Exported,
    checked_onnx,
    described,
)
from fingercount.files import advice_on_write_errors, write_atomic
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.registry import find_model

_OUTPUT = """  {{
    name: "{name}"
    data_type: TYPE_FP32
    dims: [ {length} ]{labels}
  }}"""
_CONFIG = """name: "{name}"
backend: "onnxruntime"
max_batch_size: 0
input [
  {{
    name: "{photo}"
    data_type: TYPE_UINT8
    dims: [ -1, -1, 3 ]
  }}
]
output [
{outputs}
]
"""


def export_repository(
    name: str | Path,
    folder: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Write a model into a repository, after asking it about a few pictures.

    Args:
        name: of the model in models/, or its path.
        folder: the repository; it is made. A version of the model that is there stays.
        progress: called with (steps done, steps in all).

    Raises:
        FingercountError: if there is no such model or the folder cannot be written.
    """
    folder, steps = Path(folder), 3  # reading the model, making and checking the file, writing it
    if folder.exists() and not folder.is_dir():
        raise FingercountError(f"{folder} is a file; name a folder.")
    if not folder.parent.is_dir():
        raise FingercountError(f"The folder {folder.parent} does not exist; make it first.")
    progress(0, steps)
    model = load_model(name)
    progress(1, steps)
    data, checked, difference = checked_onnx(model, find_model(name))
    progress(2, steps)
    place = folder / model.name
    file = place / str(_version(place, data)) / "model.onnx"
    with advice_on_write_errors(folder):
        file.parent.mkdir(parents=True, exist_ok=True)
    # The version last: a server that watches the folder loads it as soon as it is there.
    write_atomic(place / "labels.txt", "".join(f"{c}\n" for c in model.classes).encode())
    write_atomic(place / "config.pbtxt", _config(model).encode())
    write_atomic(file, data)
    progress(steps, steps)
    return described(model, file, data, checked, difference)


def _version(place: Path, data: bytes) -> int:
    """Return the version to write: the newest one if it is the same, else the next."""
    there = [int(p.name) for p in place.glob("*") if p.name.isdecimal() and p.is_dir()]
    newest = max(there, default=0)
    file = place / str(newest) / "model.onnx"
    same = newest and (not file.exists() or file.read_bytes() == data)
    return newest if same else newest + 1


def _config(model: Model) -> str:
    labels = '\n    label_filename: "labels.txt"'
    outputs = [_OUTPUT.format(name=PROBABILITIES, length=len(model.classes), labels=labels)]
    if model.hand_check:
        outputs.append(_OUTPUT.format(name=HAND, length=1, labels=""))
    return _CONFIG.format(name=model.name, photo=PHOTO, outputs=",\n".join(outputs))
