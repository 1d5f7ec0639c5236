"""One file that takes a photo and answers: a model as ONNX, with its preprocessing inside.

    exported = export_onnx("hands", Path("hands.onnx"))
    exported.bytes, exported.difference

Input "photo", uint8 RGB [height, width, 3] of any size; output "probabilities", float32 [classes],
which sum to 1. If the model asks its backbone whether there is a hand, a second output says how
probable one is: "hand", float32 [1].
The file holds the backend that answers here, so what is evaluated is what is exported.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import fingercount
from fingercount.data.dataset import SAMPLE, dataset_folder, open_dataset
from fingercount.errors import FingercountError
from fingercount.export.graph import Graph, preprocess_nodes
from fingercount.export.resnet import fast_nodes, reference_nodes
from fingercount.files import write_atomic
from fingercount.imaging.types import RGB, Probabilities
from fingercount.json_files import as_told
from fingercount.labels import count_of
from fingercount.models.decision import NO_HAND
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.quantized import GRAPH, WEIGHTS, core
from fingercount.models.reference import backbone_part
from fingercount.models.registry import find_model, model_folder

PHOTO, PROBABILITIES, HAND = "photo", "probabilities", "hand"  # names in the file
# Of the web's file only: photos of one size, and which of the model's views to ask about.
PHOTOS, VIEWS = "photos", "views"
SECOND_HAND = "second_hand"  # and an output of it: how probable a second hand in the photo is
# Mean over some pictures. Two runtimes round int8 differently, by 0.002 on photos of hands; a file
# that differs by so much more was written wrongly.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Exported:
    """An export that was written.

    Attributes:
        file, model, classes: their names.
        backend: "fast" or "reference": what the file holds ("form" in the JSON).
        bytes, sha256: of the file.
        checked: pictures that the file and the model were both asked about.
        difference: the largest between their probabilities.
    """

    file: str
    model: str
    classes: list[str]
    backend: str
    bytes: int
    sha256: str
    checked: int
    difference: float

    def to_json(self) -> dict:
        return as_told(asdict(self))


def export_onnx(
    name: str | Path,
    file: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Write a model as one ONNX file, after asking it about a few pictures.

    Args:
        name: of the model in models/, or its path.
        file: where to write it; an old file there is replaced.
        progress: called with (steps done, steps in all).

    Raises:
        FingercountError: if there is no such model or the file cannot be written.
    """
    file = Path(file)
    if file.is_dir():
        raise FingercountError(f"{file} is a folder; name a file, such as {file / 'model.onnx'}.")
    if not file.parent.is_dir():
        raise FingercountError(f"The folder {file.parent} does not exist; make it first.")
    steps = 3  # reading the model, making and checking the file, writing it
    progress(0, steps)
    model = load_model(name)
    progress(1, steps)
    data, checked, difference = checked_onnx(model, find_model(name))
    progress(2, steps)
    write_atomic(file, data)
    progress(steps, steps)
    return described(model, file, data, checked, difference)


def described(model: Model, file: Path, data: bytes, checked: int, difference: float) -> Exported:
    """Return what is told of a file that was written."""
    return Exported(
        file=str(file),
        model=model.name,
        classes=list(model.classes),
        backend=model.backend,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        checked=checked,
        difference=difference,
    )


def checked_onnx(model: Model, folder: Path, views: bool = False) -> tuple[bytes, int, float]:
    """Return (the file's bytes, pictures it was asked about, largest difference in probability).

    Args:
        model, folder, views: as for `onnx_bytes`.

    Raises:
        FingercountError: if it would not answer as the model does.
    """
    data, pictures = onnx_bytes(model, folder, views), _pictures()
    return data, len(pictures), _difference(model, answerer(data, model.classes), pictures)


def onnx_bytes(model: Model, folder: Path, views: bool = False) -> bytes:
    """Return a model as the bytes of an ONNX file; the same model gives the same bytes.

    Args:
        model: from load_model.
        folder: its own.
        views: whether who asks says about which views, int32 [views], as live frames take turns.
            The file then takes several photos of one size, and has a row for each.
    """
    graph, photo = Graph(), PHOTOS if views else PHOTO
    x = preprocess_nodes(graph, photo, model.preprocess, several=views)
    if views:
        x = graph.add("Gather", x, VIEWS, axis=0)
        x = graph.add("Reshape", x, [-1, 3, *[model.preprocess.size] * 2])
        n = graph.add("Slice", graph.add("Shape", photo), [0], [1])

    def by_photo(rows: str, length: int) -> str:
        """Append [views * photos, length] -> [views, photos, length] where there are several."""
        if not views:
            return rows
        return graph.add("Reshape", rows, graph.add("Concat", [-1], n, [length], axis=0))

    whole = model.card["kind"] == "full"
    if model.extract_features:
        place = folder if whole else model_folder(model.card["backbone"]["name"])
        features = fast_nodes(graph, x, _read_fast(place))
    else:
        below = backbone_part(model.network) or model.network
        features = reference_nodes(graph, x, below.state_dict())
    classes = len(model.classes)
    out = _softmax(graph, features, *model.last_layer, model.temperature)  # [views, classes]
    out = by_photo(out, classes)
    outputs: dict[str, tuple[str, int]] = {}
    if model.hand_check:
        weight, bias, none = model.hand_check
        empty = graph.add("Gather", _softmax(graph, features, weight, bias), [none], axis=1)
        empty = by_photo(empty, 1)
        hands = graph.add("Sub", np.ones(1, np.float32), empty)  # [views, 1]
        hand = graph.add("ReduceMean", hands, [0], keepdims=0)
        # What a view says counts by how sure it is of a hand, so that the product of the two
        # outputs is the mean over the views of what each says.
        most = graph.add("Max", hand, np.full(1, np.finfo(np.float32).tiny))
        mean = graph.add("ReduceMean", graph.add("Mul", out, hands), [0], keepdims=0)
        outputs[PROBABILITIES] = (graph.add("Div", mean, most), classes)
        outputs[HAND] = (hand, 1)
    else:
        mean = graph.add("ReduceMean", out, [0], keepdims=0)
        outputs[PROBABILITIES] = (mean, classes)
    if views and model.second_hand and model.extract_features:  # for the page alone
        weight, bias = model.second_hand
        two = graph.add("Sigmoid", graph.add("Gemm", features, weight, bias, transB=1))
        outputs[SECOND_HAND] = (graph.add("ReduceMean", by_photo(two, 1), [0], keepdims=0), 1)
    made = graph.model(photo, outputs, metadata(model), VIEWS if views else None)
    onnx.checker.check_model(made)
    return made.SerializeToString(deterministic=True)


def metadata(model: Model) -> dict[str, str]:
    """Return what a program needs to turn the file's probabilities into words."""
    return {
        "classes": json.dumps(model.classes, ensure_ascii=False),
        "counts": json.dumps({c: count_of(c) for c in model.classes}, ensure_ascii=False),
        "threshold": str(model.threshold),
        "no_hand": str(NO_HAND),
        "model": model.name,
        "form": model.backend,
        "views": str(model.n_views),
        "version": fingercount.__version__,
    }


def answerer(source: bytes | Path, classes: Sequence[str]) -> Callable[[RGB], Probabilities]:
    """Return a function that asks an export as Model.predict: uint8 RGB [H, W, 3] -> float32 [C].

    Args:
        source: a file or its bytes.
        classes: those it must have, in this order.

    Raises:
        FingercountError: if it is not an export, or one of a model with other classes.
    """
    name = "The export" if isinstance(source, bytes) else str(source)
    if isinstance(source, Path) and not source.is_file():
        raise FingercountError(f"{source} does not exist; write it with export --onnx.")
    try:
        session = onnxruntime.InferenceSession(
            source if isinstance(source, bytes) else str(source),
            providers=["CPUExecutionProvider"],
        )
        said = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
        inputs = [place.name for place in session.get_inputs()]
    except Exception as error:  # onnxruntime raises types of its own for broken files
        raise FingercountError(
            f"{name} is not an export of fingercount, or is damaged; write it with export --onnx."
        ) from error
    if said != list(classes) or inputs not in ([PHOTO], [PHOTOS, VIEWS]):
        raise FingercountError(
            f"{name} is from a model with other classes ({', '.join(map(str, said))}); "
            "write one of this model with export --onnx."
        )

    about = session.get_modelmeta().custom_metadata_map
    every = np.arange(int(about.get(VIEWS, 1)), dtype=np.int32)
    asked = [place.name for place in session.get_outputs() if place.name != SECOND_HAND]

    def ask(photo: np.ndarray) -> np.ndarray:
        photo = np.ascontiguousarray(photo)
        given = {PHOTO: photo} if inputs == [PHOTO] else {PHOTOS: photo[None], VIEWS: every}
        probabilities, *hand = session.run(asked, given)
        row = probabilities * hand[0] if hand else probabilities
        return row.reshape(-1)

    return ask


def _softmax(graph: Graph, features: str, weight, bias, temperature: float = 1.0) -> str:
    """Append a last layer: features [1, 512] -> probabilities [1, classes]."""
    logits = graph.add("Gemm", features, weight, bias, transB=1)
    return graph.add("Softmax", graph.add("Div", logits, np.float32(temperature)), axis=1)


def _read_fast(folder: Path):
    return core().read_model(folder / GRAPH, folder / WEIGHTS)


def _pictures() -> list[np.ndarray]:
    """Return two pictures a label of the sample, and some of odd shapes that need no file."""
    rng = np.random.default_rng(0)
    shapes = ((480, 640), (96, 54), (31, 200), (1, 1))
    found = [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in shapes]
    if dataset_folder(SAMPLE).is_dir():
        sample = open_dataset(SAMPLE)
        for label in sample.labels:
            found += [sample.image(photo) for photo in sample.photos(label)[:2]]
    return found


def _difference(model: Model, ask: Callable, pictures: Sequence[np.ndarray]) -> float:
    """Return the largest difference in probability.

    Raises:
        FingercountError: if it is more than rounding explains.
    """
    asked = np.stack([ask(picture) for picture in pictures])
    differences = np.abs(asked - model.predict(pictures)).max(1)
    if differences.mean() > TOLERANCE:
        raise FingercountError(
            f"The export would not answer as {model.name} does (off by {differences.mean():.2f} in "
            "probability), so it was not written; update onnx and onnxruntime, and try again."
        )
    return float(differences.max())
