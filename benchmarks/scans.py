"""How often a training and an evaluation go through the folder of a data set, and what that costs.

python benchmarks/scans.py --photos 10000 --old CHECKOUT

It draws a data set of small photos, then trains a last layer on it, trains it again with another
learning rate (nothing is new to the network then) and evaluates it, with the code here and, in the
same run and in turns, with that of another checkout. The network is a stand-in that says the mean
colours: it takes no time, so what is left is reading. The seconds are of the processor, which other
work on the machine moves little.
"""

import argparse
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

import fingercount

LABELS = ("zero", "one", "two", "three", "four", "five")
SESSIONS = 20
SIDE = 32  # pixels
HERE = Path(__file__).resolve().parents[1]
# Where things are in the layout of today, and in that of before.
NOW = {
    "folder": "data.folder",
    "reader": "data.reader",
    "dataset": "data.dataset",
    "preprocess": "imaging.preprocess",
    "backbones": "models.backbones",
    "model": "models.loading",
    "evaluator": "evaluation.evaluator",
    "settings": "training.settings",
    "trainer": "training.trainer",
}
BEFORE = {
    "folder": "tree",
    "reader": "dataset",
    "dataset": "dataset",
    "preprocess": "preprocess",
    "backbones": "backbones",
    "model": "models",
    "evaluator": "evaluation",
    "settings": "settings",
    "trainer": "training",
}
FIGURES = ("scans", "hash passes", "in both", "seconds")


class MeanColours(torch.nn.Module):
    """A network that says the mean of each colour, over and over: [N, 3, H, W] -> [N, 512]."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3)).repeat(1, 171)[:, :512].contiguous()


def draw(root: Path, n: int) -> None:
    """Write n photos, spread over the labels and sessions: as many bars as the label counts."""
    rng = np.random.default_rng(0)
    for number in range(n):
        k, session = number % len(LABELS), number // len(LABELS) % SESSIONS
        rgb = rng.integers(0, 120, (SIDE, SIDE, 3), dtype=np.uint8)
        for bar in range(k):
            rgb[8:, 1 + 6 * bar : 5 + 6 * bar] = (230, 180, 150)
        folder = root / LABELS[k]
        folder.mkdir(parents=True, exist_ok=True)
        name = f"202601{session + 1:02d}-101010-{number + 1:05d}.jpg"
        Image.fromarray(rgb).save(folder / name, quality=90)


class Counts:
    """Calls of functions, and the processor's seconds in them."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()

    def of(self, module: Any, name: str, called: str) -> None:
        """Count the calls of a module's function, where it has one of that name."""
        real = getattr(module, name, None)
        if real is None:
            return

        @functools.wraps(real)
        def counting(*args: Any, **options: Any) -> Any:
            started = time.process_time()
            try:
                return real(*args, **options)
            finally:
                self.calls[called] += 1
                self.seconds[called] += time.process_time() - started

        setattr(module, name, counting)


def measure(data: Path) -> dict[str, dict[str, float]]:
    """Return {step: figures} of the code that is on Python's path."""
    places = NOW if (Path(fingercount.__file__).parent / "data").is_dir() else BEFORE
    here = {name: import_module(f"fingercount.{place}") for name, place in places.items()}
    torch.set_num_threads(1)
    preprocess = here["preprocess"].Preprocess(size=SIDE)
    network = MeanColours().eval()
    fields = here["backbones"].Backbone.__dataclass_fields__
    given = (lambda: network) if "make_network" in fields else network
    stand_in = here["backbones"].Backbone("hands", given, "ab" * 8, preprocess)
    here["backbones"].load_backbone = lambda name: stand_in
    counts = Counts()
    counts.of(here["folder"], "scan", "scans")
    counts.of(here["folder"], "count_to_convert", "scans")  # once a walk of its own
    counts.of(here["reader"], "file_hashes", "hash passes")

    def train(name: str, lr: float) -> None:
        chosen = here["settings"].Settings.make("hands", "head", lr=lr, epochs=2, copies=0)
        exhaust(here["trainer"].train(here["dataset"].Dataset.create(data), name, chosen))

    def evaluate() -> None:
        model = here["model"].load_model("first")
        here["evaluator"].evaluate(model, here["dataset"].Dataset(data))

    steps: dict[str, Callable[[], None]] = {
        "training": lambda: train("first", 1e-3),
        "training again": lambda: train("second", 1e-2),
        "evaluation": evaluate,
    }
    figures = {}
    for name, step in steps.items():
        counts.calls.clear()
        counts.seconds.clear()
        started = time.process_time()
        step()
        figures[name] = {
            "scans": counts.calls["scans"],
            "hash passes": counts.calls["hash passes"],
            "in both": sum(counts.seconds.values()),
            "seconds": time.process_time() - started,
        }
    return figures


def exhaust(events: Iterator[object]) -> None:
    for _ in events:
        pass


def measure_apart(checkout: Path, photos: Path) -> dict[str, dict[str, float]]:
    """Return what `measure` says in a process of its own, on a fresh copy of the photos."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data", "mine")
        shutil.copytree(photos, data, copy_function=os.link)
        (Path(scratch) / "models").mkdir()
        environment = os.environ | {
            "PYTHONPATH": str(checkout),
            "FINGERCOUNT_DATA": str(data.parent),
            "FINGERCOUNT_MODELS": str(Path(scratch, "models")),
        }
        command = [sys.executable, __file__, "--measure", str(data)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        figures: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
        return figures


def median(runs: list[dict[str, dict[str, float]]], step: str, figure: str) -> float:
    return statistics.median(run[step][figure] for run in runs)


def show(n: int, found: dict[str, list[dict[str, dict[str, float]]]]) -> None:
    """Print the table, and how many times faster the first checkout's steps are by the last's."""
    print(f"\n{n:,} photos, median of {len(found['now'])} runs each\n")
    print("| | code | scans of the folder | passes over the hashes | seconds in both | in all |")
    print("|---|---|--:|--:|--:|--:|")
    for step in found["now"][0]:
        for code, runs in found.items():
            scans, passes, both, seconds = (median(runs, step, figure) for figure in FIGURES)
            print(f"| {step} | {code} | {scans:.0f} | {passes:.0f} | {both:.2f} | {seconds:.2f} |")
    if "before" in found:
        for step in found["now"][0]:
            ratio = median(found["before"], step, "seconds") / median(found["now"], step, "seconds")
            print(f"{step}: {ratio:.2f} times as fast as before")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=10_000, metavar="N")
    parser.add_argument("--old", type=Path, metavar="CHECKOUT", help="another one to compare with")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="of each, in turns")
    parser.add_argument("--measure", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    checkouts = ({"before": options.old.resolve()} if options.old else {}) | {"now": HERE}
    found: dict[str, list[dict[str, dict[str, float]]]] = {code: [] for code in checkouts}
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "photos")
        draw(photos, options.photos)
        for _ in range(options.runs):
            for code, checkout in checkouts.items():
                found[code].append(measure_apart(checkout, photos))
    show(options.photos, found)


if __name__ == "__main__":
    main()
