"""How fast a model answers, beside the original notebook's way, on the same photos in one run.

result = bench(load_model("hands"))
result["rows"][0]     # {"name": "original", "median_ms": ..., "p95_ms": ..., ...}
"""

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image
from torchvision.models import resnet18
from torchvision.transforms import v2 as transforms

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import IMAGENET_MEAN, IMAGENET_STD
from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB, Float32Array, Float64Array
from fingercount.labels import WORDS
from fingercount.live.recognizer import Recognizer
from fingercount.models.model import Model

Answer: TypeAlias = Callable[[RGB], object]  # what it answers plays no part in how long it takes
Progress: TypeAlias = Callable[[str, int, int], None]  # stage, done, total

FRAMES = 32  # different pictures, so that no cache holds one
ROUNDS = 5  # in turns, so that a machine that slows down slows all equally
WARM_UP = 5  # answers that are not timed: the first ones allocate and compile
SIZE = (640, 480)  # width and height of a webcam's frame


def original(classes: int = 5) -> Callable[[RGB], int]:
    """Return the notebook's way to classify a frame: uint8 RGB [H, W, 3] -> class index.

    ResNet-18 in eager PyTorch on a square of 224 pixels, with torchvision's transforms on a PIL
    picture. Its weights do not change how long it takes.
    """
    network = resnet18(num_classes=classes).eval()
    prepare = transforms.Compose(
        [
            transforms.Resize((224, 224)),
            transforms.ToImage(),
            transforms.ToDtype(torch.float32, scale=True),
            transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD),
        ]
    )

    @torch.no_grad()
    def answer(frame: RGB) -> int:
        photo = Image.fromarray(Square().crop(frame))
        return int(network(prepare(photo)[None]).argmax(1))

    return answer


def ways(model: Model) -> dict[str, Answer]:
    """Return {name: what answers a frame}, from the original to the whole live path."""

    def crop(frame: RGB) -> Float32Array:
        return np.expand_dims(model.preprocess(Square().crop(frame)), 0)

    recognizer = Recognizer(model)
    found: dict[str, Answer] = {
        "original": original(len(model.classes)),
        "pytorch": lambda frame: model.predict_by_reference(crop(frame)),
    }
    if model.backend == "fast":
        found["openvino"] = lambda frame: model.predict_inputs(crop(frame))
    found["live"] = lambda frame: recognizer.read(Square().crop(frame))
    return found


def as_frames(photos: Sequence[RGB]) -> list[RGB]:
    """Return photos as a webcam would show them: each fills the middle of a 640x480 frame."""
    width, height = SIZE
    frames = []
    for photo in photos:
        frame = np.full((height, width, 3), 128, np.uint8)
        square = np.asarray(Image.fromarray(photo).resize((height, height)))
        left = (width - height) // 2
        frame[:, left : left + height] = square
        frames.append(frame)
    return frames


def _unseen(stage: str, done: int, total: int) -> None:
    """Show nobody how far it is."""


def drawn_photos(progress: Progress = _unseen) -> list[RGB]:
    """Return rendered hands for people without photos: uint8 RGB [192, 192, 3] each."""
    from fingercount.synthetic import render

    rng = np.random.default_rng(0)
    photos = []
    for n in range(FRAMES):
        progress("hands to time it on", n, FRAMES)
        photos.append(render(rng, size=192, label=WORDS[n % 6]).image)
    progress("hands to time it on", FRAMES, FRAMES)
    return photos


def time_ways(
    answers: dict[str, Answer],
    frames: Sequence[RGB],
    rounds: int = ROUNDS,
    progress: Progress = _unseen,
) -> dict[str, Float64Array]:
    """Return {name: milliseconds of each answer}, all ways in turns over the same frames."""
    done, turns = 0, rounds * len(answers)
    taken: dict[str, list[float]] = {name: [] for name in answers}
    for _ in range(rounds):
        for name, answer in answers.items():
            progress("turns", done, turns)
            for frame in frames[:WARM_UP]:
                answer(frame)
            for frame in frames:
                began = time.perf_counter()
                answer(frame)
                taken[name].append(1000 * (time.perf_counter() - began))
            done += 1
    progress("turns", done, turns)
    return {name: np.array(times) for name, times in taken.items()}


def row(name: str, times: Float64Array) -> dict[str, Any]:
    """Return one way's figures: median and 95th percentile in milliseconds, answers per second."""
    return {
        "name": name,
        "median_ms": round(float(np.median(times)), 3),
        "p95_ms": round(float(np.percentile(times, 95)), 3),
        "per_second": round(1000 / float(times.mean()), 1),
    }


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    packages = {name: version(name) for name in ("torch", "numpy", "pillow")}
    return {
        "system": platform.platform(terse=True),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **packages,
    }


def bench(
    model: Model,
    photos: Sequence[RGB] | None = None,
    *,
    extra: Mapping[str, Answer] | None = None,
    rounds: int = ROUNDS,
    progress: Progress = _unseen,
) -> dict[str, Any]:
    """Time each way to answer a frame.

    Args:
        model: from load_model.
        photos: uint8 RGB; rendered hands if None.
        extra: further ways, {name: frame -> anything}, such as an export.
        rounds: how often each frame is answered.
        progress: called with (stage, done, total), never while an answer is timed.

    Returns:
        {machine, model, form, rows, live_speedup}: `live_speedup` is how many times as fast the
        whole live path is as the original.
    """
    photos = drawn_photos(progress) if photos is None else list(photos)[:FRAMES]
    if not photos:
        raise FingercountError("There are no photos to time; name a folder that has some.")
    answers = ways(model)
    live = answers.pop("live")
    answers = {**answers, **(extra or {}), "live": live}
    times = time_ways(answers, as_frames(photos), rounds, progress)
    rows = [row(name, taken) for name, taken in times.items()]
    median = {r["name"]: r["median_ms"] for r in rows}
    return {
        "machine": machine(),
        "model": model.name,
        "form": model.backend,
        "frames": len(photos) * rounds,
        "rows": rows,
        "live_speedup": round(median["original"] / median["live"], 2),
    }
