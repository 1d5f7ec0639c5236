"""When the hints at the camera come, beside how often the model is still right.

    python benchmarks/hints.py SET SET ...

A SET is a folder of label folders. Its photos (at most 200) are shown as they are, darker, more
blurred, with the hand smaller, and with the hand reaching beyond the picture.
"""

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.labels import NONE
from fingercount.live.hints import hint_of
from fingercount.models.loading import load_model

PHOTOS = 200


def darker(rgb: np.ndarray, light: float) -> np.ndarray:
    """Return the photo with so much of its light, and a camera's noise."""
    noise = np.random.default_rng(0).normal(0, 3, rgb.shape)
    return np.clip(rgb * light + noise, 0, 255).astype(np.uint8)


def blurred(rgb: np.ndarray, sigma: float) -> np.ndarray:
    """Return the photo blurred by so much of its longer side."""
    return cv2.GaussianBlur(rgb, (0, 0), sigma * max(rgb.shape[:2]))


def smaller(rgb: np.ndarray, share: float) -> np.ndarray:
    """Return the photo in the middle of a square of its background's colour."""
    height, width = rgb.shape[:2]
    side = int(max(height, width) / share)
    out = np.full((side, side, 3), np.median(rgb[:10].reshape(-1, 3), axis=0), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    out[top : top + height, left : left + width] = rgb
    return out


def nearer(rgb: np.ndarray, share: float) -> np.ndarray:
    """Return the middle of the photo."""
    height, width = rgb.shape[:2]
    top, left = int(height * (1 - share) / 2), int(width * (1 - share) / 2)
    return np.ascontiguousarray(rgb[top : height - top, left : width - left])


CHANGES = {
    "as it is": [(lambda rgb, _: rgb, 0)],
    "light": [(darker, share) for share in (0.5, 0.25, 0.12, 0.06)],
    "blur": [(blurred, share) for share in (0.01, 0.02, 0.04, 0.06)],
    "hand smaller": [(smaller, share) for share in (0.7, 0.5, 0.35, 0.25)],
    "hand nearer": [(nearer, share) for share in (0.8, 0.65, 0.5)],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="hands")
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    options = parser.parse_args()
    model = load_model(options.model)
    for folder in options.sets:
        dataset = Dataset(folder)
        hands = [photo for photo in dataset.photos() if photo.label != NONE]
        chosen = [hands[i * len(hands) // PHOTOS] for i in range(min(PHOTOS, len(hands)))]
        photos = [dataset.image(photo) for photo in chosen]
        print(f"\n{folder.name}, {len(photos)} photos\n\n| change | right | hints |\n|---|--:|---|")
        for name, steps in CHANGES.items():
            for change, amount in steps:
                changed = [change(rgb, amount) for rgb in photos]
                said = [model.classes[row.argmax()] for row in model.predict(changed)]
                right = np.mean([a == photo.label for a, photo in zip(said, chosen)])
                hints = Counter(hint.split(":")[0] for rgb in changed if (hint := hint_of(rgb)))
                told = ", ".join(f"{h} {n / len(photos):.0%}" for h, n in hints.most_common())
                print(f"| {name} {amount or ''} | {right:.0%} | {told or 'none'} |")


if __name__ == "__main__":
    main()
