"""Whether what is evaluated is what runs: the same photos through every path a model answers by.

result = parity(load_model("hands"), Dataset("data/hands"), find_model("hands"))
print(result.sentence)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from fingercount.data.dataset import spread
from fingercount.data.reader import DatasetReader
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import choose_photos
from fingercount.imaging.types import RGB, Probabilities
from fingercount.imaging.webcam_codec import through_camera
from fingercount.json_files import as_told
from fingercount.live.recognizer import STILL, Recognizer
from fingercount.models.classifier import Classifier
from fingercount.models.model import Model
from fingercount.text import plural

Ask: TypeAlias = Callable[[list[RGB]], Probabilities]

# Evaluation asks about many photos at once, live about one; the order of sums differs by 1e-7.
SAME = 1e-5
AT_ONCE = 4  # photos, which may be large; every way is asked about each


@dataclass(frozen=True)
class Way:
    """One way to answer beside evaluation, on the same photos.

    Attributes:
        name: "live", "camera", "mjpeg", "reference", "onnx", "web" or "webgpu".
        max_difference, mean_difference: over the photos, of each photo's largest difference in
            probability.
        answers_changed: photos for which a person would see another answer.
        worst: path of the photo that differs most.
    """

    name: str
    max_difference: float
    mean_difference: float
    answers_changed: int
    worst: str

    @property
    def about(self) -> str:
        """What it is, in words."""
        return ABOUT[self.name]

    @property
    def broken(self) -> bool:
        """Whether it differs although it must not."""
        same = self.answers_changed == 0 and self.max_difference <= SAME
        return self.name == "live" and not same

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


ABOUT = {
    "live": "the same pixels through the live path: must be the same",
    "camera": "sent as a browser sends its camera: colours at half resolution, VP8",
    "mjpeg": "the same from a webcam that sends MJPEG: contrast comes out 16 % stronger",
    "reference": "the same network in PyTorch, not rounded to int8",
    "onnx": "the exported file, asked by onnxruntime",
    "web": "the exported page, asked in a browser",
    "webgpu": "the exported page by WebGPU, on a graphics card or Chromium's own in software",
}


@dataclass(frozen=True)
class Parity:
    """The result of a check.

    Attributes:
        model, backend, dataset, split: what was asked about what; backend is what evaluation
            uses, "fast" or "reference" ("form" in the JSON).
        n: photos.
        ways: each compared with evaluation.
    """

    model: str
    backend: str
    dataset: str
    split: str
    n: int
    ways: list[Way]

    @property
    def sentence(self) -> str:
        """The result for people."""
        parts = [f"{way.name} {_changed(way, self.n)}" for way in self.ways]
        return (
            f"{self.model} on {plural(self.n, 'photo')} of {self.dataset}, compared with what "
            f"evaluation says: {'; '.join(parts)}."
        )

    @property
    def warning(self) -> str:
        """What is wrong, or nothing."""
        broken = next((way for way in self.ways if way.broken), None)
        if not broken:
            return ""
        return (
            f"{broken.name} does not answer what evaluation does on the same pixels (most on "
            f"{broken.worst}): the figures of Evaluate do not hold for it. Please report this."
        )

    def to_json(self) -> dict[str, Any]:
        return as_told(self.__dict__) | {"ways": [way.to_json() for way in self.ways]}


def _changed(way: Way, n: int) -> str:
    if way.answers_changed:
        words = f"changes {plural(way.answers_changed, 'answer')} of {n:,}"
    else:
        words = "changes no answer"
    return f"{words} (largest difference {way.max_difference:.2g})"


def compare(
    name: str,
    paths: Sequence[str],
    ours: Probabilities,
    theirs: Probabilities,
    answer: Callable[[Probabilities], str],
) -> Way:
    """Return how one way differs from evaluation.

    Args:
        paths: of the photos, N.
        ours, theirs: probabilities [N, C] by evaluation and by that way.
        answer: from probabilities [C] to what a person sees.
    """
    apart = np.abs(np.asarray(ours) - np.asarray(theirs)).max(1)
    changed = sum(answer(one) != answer(other) for one, other in zip(ours, theirs))
    return Way(
        name,
        float(apart.max()),
        float(apart.mean()),
        changed,
        paths[int(apart.argmax())],
    )


def ask_live(model: Classifier, photos: list[RGB]) -> Probabilities:
    """Return what the live path answers for single photos: float64 [N, C]."""
    recognizer = Recognizer(model, STILL)
    readings = [recognizer.read(photo) for photo in photos]
    return np.array([[r.probabilities[label] for label in model.classes] for r in readings])


def other_ways(
    model: Model, singly: Mapping[str, Callable[[RGB], Probabilities]]
) -> dict[str, Ask]:
    """Return {name: photos -> probabilities [N, C]} of every way but evaluation's.

    Args:
        model: that is asked.
        singly: {name: photo -> probabilities [C]} of exports of it.
    """
    ways: dict[str, Ask] = {
        "live": lambda photos: ask_live(model, photos),
        "camera": lambda photos: ask_live(model, [through_camera(p) for p in photos]),
        "mjpeg": lambda photos: ask_live(
            model, [through_camera(p, stretched=True) for p in photos]
        ),
    }
    if model.backend == "fast":
        ways["reference"] = lambda photos: model.predict(photos, reference=True)
    for name, one in singly.items():
        ways[name] = partial(_each, one)
    return ways


def _each(ask: Callable[[RGB], Probabilities], photos: list[RGB]) -> Probabilities:
    return np.stack([ask(photo) for photo in photos])


def parity(
    model: Model,
    dataset: DatasetReader | Listing,
    folder: Path,
    split: str | None = None,
    *,
    onnx: Path | None = None,
    limit: int | None = None,
    more: Mapping[str, Callable[[RGB], Probabilities]] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Parity:
    """Ask every way about the same photos.

    Args:
        model, folder: from load_model and find_model.
        dataset: the photos as they are now, or as they were when they were listed.
        split: as `evaluation.choose_photos`.
        onnx: an export of the model; if None, one is made and not kept.
        limit: ask about at most so many photos, spread over all.
        more: {name: photo -> probabilities [C]} of other ways, such as "web".
        progress: called with (done, total) as it goes.

    Raises:
        FingercountError: if there is no photo, one cannot be read, or the export is not one.
    """
    if limit is not None and limit < 1:
        raise FingercountError(f"A limit of {limit} leaves no photo; give 1 or more.")
    # Not above: Live imports this module, and needs onnxruntime only from here on.
    from fingercount.export.to_onnx import answerer, onnx_bytes

    listing = dataset.listing()
    photos, split = choose_photos(listing, split)
    photos = spread(photos, limit)
    export = answerer(onnx_bytes(model, folder) if onnx is None else Path(onnx), model.classes)
    singly = {"onnx": export, **(more or {})}
    ways, ours = other_ways(model, singly), []
    theirs: dict[str, list[Probabilities]] = {name: [] for name in ways}
    for first in range(0, len(photos), AT_ONCE):
        progress(first, len(photos))
        part = [listing.image(photo) for photo in photos[first : first + AT_ONCE]]
        ours.append(model.predict(part))
        for name, ask in ways.items():
            theirs[name].append(ask(part))
    progress(len(photos), len(photos))
    paths, base = [photo.path for photo in photos], np.concatenate(ours)
    compared = [
        compare(name, paths, base, np.concatenate(rows), model.answer)
        for name, rows in theirs.items()
    ]
    return Parity(model.name, model.backend, listing.name, split, len(photos), compared)
