"""How steady and how quick live counting is, on clips whose truth is known.

    python benchmarks/steady.py --frames PHOTOS/frames --none PHOTOS/train/subhih/none

Clips are drawn hands in motion (`synthetic.clip`), and webcam frames with their hand's box, moved
as a hand and a camera move, where the count changes at once. Both show no hand for a while.
For each setting: share of the time that what is committed is right, the delay after a change,
wrong or needless changes a minute, and the share of the time without a hand that has a number.
"""

import argparse
import csv
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from fingercount.imaging.read import read_image
from fingercount.imaging.roi import Square
from fingercount.labels import NONE, count_of
from fingercount.live.recognizer import LiveSettings, Recognizer
from fingercount.models.loading import load_model
from fingercount.synthetic import clip

FPS = 15.0
SECONDS = 3.0  # each count is shown
GRACE = 0.5  # seconds after a change in which the old answer is no mistake


def drawn_clip(seed: int) -> list[tuple[np.ndarray, str]]:
    """Return frames and labels of one drawn person who shows seven things."""
    rng = np.random.default_rng(seed)
    counts = [int(c) for c in rng.permutation(6)]
    counts.insert(3, None)
    return list(clip(seed, counts, SECONDS, FPS))


def moved_clip(seed: int, stills: list, empty: list) -> list[tuple[np.ndarray, str]]:
    """Return frames and labels of stills that sway, tilt and come closer, with none between."""
    rng = np.random.default_rng(seed)
    frames = []
    for n in range(7):
        pool = empty if n == 3 else stills
        photo, box, label = pool[rng.integers(len(pool))]
        phase, blur = rng.uniform(0, 6.28, 4), rng.uniform(0, 1.2)
        for t in np.arange(0, SECONDS, 1 / FPS):
            sway = np.sin(np.array([1.3, 0.9, 0.7, 0.5]) * t * 2 + phase)
            frames.append((_view(photo, box, sway, blur, rng), label))
    return frames


def _view(photo, box, sway, blur: float, rng) -> np.ndarray:
    """Return a 480x480 view of a photo with the box in its middle: 60 to 80 % of the height."""
    left, top, right, bottom = box
    side = max(right - left, bottom - top) / (0.7 + 0.1 * sway[0])
    middle = np.array([(left + right) / 2, (top + bottom) / 2]) + sway[1:3] * 0.06 * side
    matrix = cv2.getRotationMatrix2D(tuple(map(float, middle)), 8 * sway[3], 480 / side)
    matrix[:, 2] += 240 - middle
    view = cv2.warpAffine(photo, matrix, (480, 480), borderMode=cv2.BORDER_REPLICATE)
    if blur > 0.3:
        view = cv2.GaussianBlur(view, (0, 0), 2 * blur)
    return np.clip(view + rng.normal(0, 4, view.shape), 0, 255).astype(np.uint8)


def read_stills(folder: Path) -> list:
    """Return (photo, box, label) of the webcam frames; boxes.csv has a row for each."""
    with (folder / "boxes.csv").open() as file:
        return [
            (read_image(folder / name), tuple(float(edge) for edge in edges), name.split("_")[0])
            for name, _, *edges in list(csv.reader(file))[1:]
        ]


def ask(model, frames: Iterable) -> tuple[np.ndarray, list[str]]:
    """Return each frame's probabilities [N, C] and label; asked once for all settings."""
    square = Square()
    pairs = [(model.predict([square.crop(rgb)])[0], label) for rgb, label in frames]
    return np.stack([p for p, _ in pairs]), [label for _, label in pairs]


def follow(model, probabilities: np.ndarray, settings: LiveSettings, raw: bool) -> list[str]:
    """Return what is told at each frame, "" before the first."""
    recognizer = Recognizer(model, settings)
    readings = [recognizer.update(row, n / FPS) for n, row in enumerate(probabilities)]
    return [(r.raw if raw else r.committed) or "" for r in readings]


def measure(told: list[str], truth: list[str]) -> dict[str, float]:
    """Return the figures of one clip; delays in seconds, nan where a change was never followed."""
    changes = [0, *(i for i in range(1, len(truth)) if truth[i] != truth[i - 1]), len(truth)]
    delays, empty = [], [t for t, label in zip(told, truth) if label == NONE]
    told_one = [t for t in told if t]  # what comes before the first answer is no change
    for start, end in pairwise(changes):
        hits = [i for i in range(start, end) if told[i] == truth[i]]
        if start:
            delays.append((hits[0] - start) / FPS if hits else np.nan)
    grace = round(GRACE * FPS)
    switched = sum(a != b for a, b in pairwise(told_one))
    followed = sum(np.isfinite(d) for d in delays)
    counted = [
        t == actual
        for i, (t, actual) in enumerate(zip(told, truth))
        if not any(0 <= i - c < grace for c in changes[:-1])
    ]
    return {
        "right": float(np.mean(counted)),
        "delay": float(np.nanmedian(delays)) if followed else np.nan,
        "missed": len(delays) - followed,
        "flickers": max(0, switched - followed) / (len(truth) / FPS / 60),
        "number without a hand": float(np.mean([count_of(t or NONE) is not None for t in empty])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="hands")
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--frames", type=Path, help="webcam frames with boxes.csv")
    parser.add_argument("--none", type=Path, help="photos without a hand")
    options = parser.parse_args()
    model = load_model(options.model)
    kinds = {"drawn": [drawn_clip(1000 + n) for n in range(options.clips)]}
    if options.frames:
        stills = read_stills(options.frames)
        empty = [read_image(p) for p in sorted(options.none.iterdir())[::20]]
        empty = [(p, (0, 0, p.shape[1], p.shape[0]), NONE) for p in empty]
        kinds["webcam"] = [moved_clip(n, stills, empty) for n in range(options.clips)]
    settings = [
        ("each frame", LiveSettings(0, 0), True),
        ("each frame, held", LiveSettings(0), False),
    ]
    for smooth in (0.2, 0.3, 0.5):
        for hold in (0.2, 0.3, 0.5):
            settings.append((f"{smooth} s, held {hold} s", LiveSettings(smooth, hold), False))
    for kind, clips in kinds.items():
        asked = [ask(model, frames) for frames in clips]
        print(f"\n{kind}: {len(clips)} clips of {len(clips[0]) / FPS:.0f} s")
        print("| | right | delay | changes missed | flickers a minute | number without a hand |")
        print("|---|--:|--:|--:|--:|--:|")
        for name, chosen, raw in settings:
            rows = [measure(follow(model, p, chosen, raw), truth) for p, truth in asked]
            mean = {key: np.nanmean([row[key] for row in rows]) for key in rows[0]}
            missed = sum(row["missed"] for row in rows)
            print(
                f"| {name} | {mean['right']:.1%} | {mean['delay']:.2f} s | {missed} "
                f"| {mean['flickers']:.1f} | {mean['number without a hand']:.1%} |"
            )


if __name__ == "__main__":
    main()
