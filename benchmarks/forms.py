"""What the fast form of a model costs and gains: accuracy and time beside PyTorch, in one run.

    python benchmarks/forms.py --model hands SET SET ...

A SET is a folder of label folders. The time is that of one preprocessed photo after another, as
live counting asks.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.models.loading import load_model
from fingercount.models.model import Model

TIMED = 100  # photos


def compare(model: Model, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (right by the reference, right by the fast form, largest change of a probability)."""
    dataset = Dataset(folder)
    photos = dataset.photos()
    slow, fast = [], []
    for first in range(0, len(photos), 32):
        part = [dataset.image(photo) for photo in photos[first : first + 32]]
        inputs = model.preprocess.batch(part)
        slow.append(model.predict_by_reference(inputs))
        fast.append(model.predict_inputs(inputs))
    slow, fast = np.concatenate(slow), np.concatenate(fast)
    labels, names = np.array([photo.label for photo in photos]), np.array(model.classes)
    right = [names[said.argmax(1)] == labels for said in (slow, fast)]
    return *right, np.abs(slow - fast).max(1)


def median_ms(answer, inputs: np.ndarray) -> float:
    """Return the median time of one photo in milliseconds, after a few to warm up."""
    times = []
    for i in range(len(inputs) + 10):
        photo = inputs[i % len(inputs)][None]
        began = time.perf_counter()
        answer(photo)
        times.append(time.perf_counter() - began)
    return 1000 * float(np.median(times[10:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="hands")
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET")
    options = parser.parse_args()
    model = load_model(options.model)
    if model.backend != "fast":
        parser.error(f"{options.model} has no fast form here")
    print(
        "| set | photos | PyTorch | fast form | points lost | answers that differ in being right |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for folder in options.sets:
        slow, fast, _ = compare(model, folder)
        lost = 100 * (slow.mean() - fast.mean())
        print(
            f"| {folder.name} | {len(slow)} | {slow.mean():.2%} | {fast.mean():.2%} "
            f"| {lost:.2f} | {(slow != fast).sum()} |"
        )
    size = model.preprocess.size
    inputs = np.random.default_rng(0).normal(size=(TIMED, 3, size, size)).astype(np.float32)
    # In turns, so that a machine that slows down slows both.
    slow = [median_ms(model.predict_by_reference, inputs) for _ in range(3)]
    fast = [median_ms(model.predict_inputs, inputs) for _ in range(3)]
    slow, fast = min(slow), min(fast)
    print(f"one photo: PyTorch {slow:.2f} ms, fast form {fast:.2f} ms, {slow / fast:.1f} times")


if __name__ == "__main__":
    main()
