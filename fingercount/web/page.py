"""A folder of static files that runs a model in a browser: a page, a module, and the model.

    exported = export_web("hands", Path("page"), ort=Path("node_modules/onnxruntime-web"))
    exported.bytes

Any web server serves it. The model is the file of `export --onnx`, but who asks says about which
of its views, because live frames take turns. It runs on onnxruntime-web, whose files lie in ort/:
copied from a folder, or by `npm install` in the exported one.
"""

import gzip
import hashlib
import html
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import fingercount
from fingercount.errors import FingercountError
from fingercount.export.to_onnx import checked_onnx
from fingercount.files import advice_on_write_errors, write_atomic
from fingercount.json_files import as_told, read_json
from fingercount.labels import count_of
from fingercount.live.recognizer import SECOND_HAND_HOLD, SECOND_HAND_SMOOTH
from fingercount.live.smoothing import HOLD, SMOOTH
from fingercount.models.decision import NO_HAND
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.registry import find_model
from fingercount.models.second_hand import SURE

ORT = "1.30.0"  # of onnxruntime-web: what the page was tried with
ORT_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
# For WebGPU, which a page may ask for: read only then, and not kept for later.
GPU_FILES = (
    "ort.webgpu.min.mjs",
    "ort-wasm-simd-threaded.asyncify.mjs",
    "ort-wasm-simd-threaded.asyncify.wasm",
)
MODEL, ABOUT = "model/model.onnx", "model/model.json"
_TEMPLATES = ("index.html", "manifest.webmanifest", "package.json")
_NOT_KEPT = ("sw.js", "package.json", "copy-ort.mjs", "serve.json")  # no page needs them


@dataclass(frozen=True)
class ExportedPage:
    """A page that was written.

    Attributes:
        folder, model, classes: their names.
        backend: "fast" or "reference": what the model holds ("form" in the JSON).
        bytes: what a browser loads at the first visit; without onnxruntime-web where `ort` is
            false, and without what only WebGPU needs.
        ort: whether onnxruntime-web's files are in it.
        checked: pictures that the file and the model were both asked about.
        difference: the largest between their probabilities.
    """

    folder: str
    model: str
    classes: list[str]
    backend: str
    bytes: int
    ort: bool
    checked: int
    difference: float

    def to_json(self) -> dict[str, Any]:
        return as_told(asdict(self))


def export_web(
    name: str | Path,
    folder: Path,
    ort: str | Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ExportedPage:
    """Write a model as a page, after asking it about a few pictures.

    Args:
        name: of the model in models/, or its path.
        folder: where to; it is made. An exported page there is replaced, and its ort/ kept.
        ort: onnxruntime-web as npm unpacks it, or a folder that has it in node_modules; None to
            get it later by `npm install` in the exported folder.
        progress: called with (steps done, steps in all).

    Raises:
        FingercountError: if there is no such model, the folder holds something else, or what is in
            `ort` is not onnxruntime-web.
    """
    folder, steps = Path(folder), 3  # reading the model, making and checking it, writing
    progress(0, steps)
    _check_folder(folder)
    runtime = None if ort is None else _runtime(Path(ort))
    model = load_model(name)
    progress(1, steps)
    data, checked, difference = checked_onnx(model, find_model(name), views=True)
    progress(2, steps)
    contents = _page(model, data) | (runtime or {})
    there = {f"ort/{stored(file)}" for file in ORT_FILES}
    has_ort = all(file in contents or (folder / file).is_file() for file in there)
    not_kept = {*_NOT_KEPT, *(f"ort/{stored(file)}" for file in GPU_FILES)}
    kept = sorted((set(contents) - not_kept) | there)
    contents["sw.js"] = _worker(contents, kept)
    with advice_on_write_errors(folder):
        for file in contents:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
    # The model first and what names it last, so that a page is never newer than its model.
    for file in sorted(contents, key=lambda file: (file == "sw.js", file == "index.html")):
        write_atomic(folder / file, contents[file])
    progress(steps, steps)
    return ExportedPage(
        folder=str(folder),
        model=model.name,
        classes=list(model.classes),
        backend=model.backend,
        bytes=sum((folder / file).stat().st_size for file in kept if (folder / file).is_file()),
        ort=has_ort,
        checked=checked,
        difference=difference,
    )


def about(model: Model, file: str) -> dict[str, Any]:
    """Return what the page must know to turn the file's probabilities into answers."""
    return {
        "model": model.name,
        "file": file,
        "classes": list(model.classes),
        "counts": {label: count_of(label) for label in model.classes},
        "threshold": model.threshold,
        "no_hand": NO_HAND,
        "smooth": SMOOTH,
        "hold": HOLD,
        "second_hand": {"sure": SURE, "smooth": SECOND_HAND_SMOOTH, "hold": SECOND_HAND_HOLD},
        "views": model.n_views,
        "form": model.backend,
        "version": fingercount.__version__,
    }


def _check_folder(folder: Path) -> None:
    """Refuse to write among files of something else."""
    if folder.exists() and not folder.is_dir():
        raise FingercountError(f"{folder} is a file; name a folder, such as {folder}-page.")
    if not folder.parent.is_dir():
        raise FingercountError(f"The folder {folder.parent} does not exist; make it first.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ABOUT).is_file():
        raise FingercountError(
            f"{folder} holds other files; name an empty folder or one that does not exist yet."
        )


def _page(model: Model, data: bytes) -> dict[str, bytes]:
    """Return {file: its bytes} of everything but onnxruntime-web and sw.js."""
    title = "Finger counter" if model.name == "hands" else f"Finger counter: {model.name}"
    words = {"title": title, "made_with": fingercount.__version__, "ort": ORT}
    contents: dict[str, bytes] = {}
    for asset in files("fingercount.web").joinpath("static").iterdir():
        raw = asset.read_bytes()
        if asset.name in _TEMPLATES:
            escape = html.escape if asset.name.endswith(".html") else _in_json
            text = raw.decode()
            for key, value in words.items():
                text = text.replace(f"{{{{{key}}}}}", escape(value))
            raw = text.encode()
        if not asset.name.startswith(("__", ".")):
            contents[asset.name] = raw
    contents[MODEL] = data
    described = about(model, Path(MODEL).name)
    contents[ABOUT] = json.dumps(described, ensure_ascii=False, indent=1).encode()
    return contents


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _worker(contents: dict[str, bytes], kept: list[str]) -> bytes:
    """Return sw.js: it changes with the files, by which browsers notice a new page."""
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + b"\0" + hashlib.sha256(contents[name]).digest())
    text = contents["sw.js"].decode().replace("{{version}}", digest.hexdigest()[:16])
    return text.replace("{{files}}", json.dumps(["./", *kept], indent=2)).encode()


def stored(file: str) -> str:
    """Return what a file of onnxruntime-web is called in a page: the large one is packed."""
    return f"{file}.gz" if file.endswith(".wasm") else file


def _runtime(ort: Path) -> dict[str, bytes]:
    """Return {file: its bytes} of onnxruntime-web.

    Raises:
        FingercountError: where it is not there, or in another version.
    """
    places = (ort, ort / "onnxruntime-web", ort / "node_modules" / "onnxruntime-web")
    package = next((place for place in places if (place / "dist" / ORT_FILES[0]).is_file()), None)
    get = f"get it by npm install onnxruntime-web@{ORT}, and name its folder"
    if package is None:
        raise FingercountError(f"There is no onnxruntime-web in {ort}; {get}.")
    try:
        found = read_json(package / "package.json").get("version")
        raw = {file: (package / "dist" / file).read_bytes() for file in ORT_FILES + GPU_FILES}
    except (OSError, ValueError, AttributeError) as error:
        raise FingercountError(f"onnxruntime-web in {ort} is not whole; {get}.") from error
    if found != ORT:
        raise FingercountError(
            f"onnxruntime-web in {ort} is version {found}, and the page was made for {ORT}; {get}."
        )
    packed = {file: gzip.compress(data, 9, mtime=0) for file, data in raw.items()}
    return {
        f"ort/{stored(file)}": packed[file] if stored(file) != file else raw[file] for file in raw
    }
