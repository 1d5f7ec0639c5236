"""How long Evaluate takes to say why: with 1,000 and with 10,000 photos, features known or not.

    python benchmarks/diagnosis.py 1000 10000

The photos are the shipped sample, each drawn again under other light and turned a little, in
sessions of a hundred.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from fingercount.data.dataset import SAMPLE, Dataset
from fingercount.diagnosis import Focus, explain, prepare
from fingercount.diagnosis.embedding_map import lay_out
from fingercount.evaluation.evaluator import evaluate
from fingercount.imaging.read import encode_jpeg
from fingercount.models.loading import load_model
from fingercount.paths import REPO

PER_SESSION = 100


def fill(folder: Path, n: int) -> Dataset:
    """Write n photos, a fifth of the sessions held out."""
    sample = Dataset(REPO / "data" / SAMPLE)
    pictures = [(photo.label, sample.image(photo)) for photo in sample.photos()]
    rng = np.random.default_rng(0)
    for k in range(n):
        label, rgb = pictures[k % len(pictures)]
        side = rgb.shape[0]
        turn = cv2.getRotationMatrix2D(
            (side / 2, side / 2), rng.uniform(-25, 25), rng.uniform(0.8, 1)
        )
        light = rng.uniform(0.5, 1.2)
        rgb = np.clip(cv2.warpAffine(rgb, turn, (side, side), borderMode=1) * light, 0, 255)
        target = folder / label / f"s{k // PER_SESSION:03d}-{k % PER_SESSION:04d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode_jpeg(rgb.astype(np.uint8), 85))
    dataset = Dataset.create(folder)
    dataset.ensure_split()
    return dataset


def timed(work):
    """Return (what it gives, seconds)."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def measure(model, dataset: Dataset) -> dict[str, float]:
    """Return {what: seconds} of all that Evaluate does with a data set."""
    report, asked = timed(lambda: evaluate(model, dataset, "all"))
    stats: dict = {}
    case, cold = timed(lambda: prepare(model, dataset, report, stats=stats))
    case, warm = timed(lambda: prepare(model, dataset, report, stats=stats))
    _, settled = timed(case.precompute)
    _, first = timed(lambda: explain(case, Focus("two")))
    classes = [timed(lambda c=c: explain(case, Focus(c)))[1] for c in report.classes]
    cell = timed(lambda: explain(case, Focus("two", "three")))[1]
    cache = dataset.root / "cache"
    _, laid = timed(lambda: lay_out(case.raw_features, keep_in=cache))
    _, again = timed(lambda: lay_out(case.raw_features, keep_in=cache))
    return {
        "asking the model about each photo": asked,
        "looking at the photos, nothing known": cold,
        "the same, everything known": warm,
        "checks that all reasons share (beside the page)": settled,
        "reasons of the first class (beside the page)": first,
        "choosing a class: its reasons": statistics.median(classes),
        "choosing a cell: its reasons": cell,
        "the map, laid out": laid,
        "the map, known": again,
    }


def main() -> None:
    model, sizes = load_model("hands"), [int(n) for n in sys.argv[1:]]
    columns = []
    for n in sizes:
        with tempfile.TemporaryDirectory() as folder:
            columns.append(measure(model, fill(Path(folder) / "photos", n)))
    print("| | " + " | ".join(f"{n:,} photos" for n in sizes) + " |")
    print("|---|" + "--:|" * len(sizes))
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(f"{column[row]:.3f} s" for column in columns) + " |")


if __name__ == "__main__":
    main()
