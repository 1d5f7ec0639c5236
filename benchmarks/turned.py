"""How a model counts the same photos mirrored and turned: the other hand, another tilt.

    python benchmarks/turned.py SET --model hands OTHER ...

SET is a folder of label folders. A count does not depend on which hand is held up or how it is
turned. Where the photos as they are come out better than all the others, part of that is chance, or
the choice of the weights by these very photos.
"""

import argparse
from pathlib import Path

import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.evaluation.metrics import wilson
from fingercount.imaging.augment import similarity, warp
from fingercount.models.loading import load_model

BATCH = 64
WAYS = {
    "as they are": (0, 1),
    "mirrored": (0, -1),
    "turned by 15 degrees": (15, 1),
    "the other way": (-15, 1),
    "mirrored and turned": (15, -1),
    "the other way, too": (-15, -1),
}


def seen(rgb: np.ndarray, degrees: float, mirror: int) -> np.ndarray:
    """Return the photo turned about its middle, mirrored first where `mirror` is -1."""
    if not degrees and mirror == 1:
        return rgb
    middle = (rgb.shape[1] / 2, rgb.shape[0] / 2)
    return warp(rgb, similarity(middle, np.deg2rad(degrees), 1.0, (0, 0), mirror))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set", type=Path, metavar="SET")
    parser.add_argument("--model", nargs="+", default=["hands"], metavar="NAME|DIR")
    options = parser.parse_args()
    dataset = Dataset(options.set)
    photos = dataset.photos()
    actual = np.array([photo.label for photo in photos])
    models = [load_model(name) for name in options.model]
    right = {(way, m): 0 for way in WAYS for m in range(len(models))}
    for start in range(0, len(photos), BATCH):
        batch = [dataset.image(photo) for photo in photos[start : start + BATCH]]
        for way, (degrees, mirror) in WAYS.items():
            changed = [seen(rgb, degrees, mirror) for rgb in batch]
            for m, model in enumerate(models):
                said = np.array(model.classes)[model.predict(changed).argmax(1)]
                right[way, m] += int((said == actual[start : start + BATCH]).sum())
    print(f"{options.set.name}, {len(photos):,} photos\n")
    print("| photos | " + " | ".join(options.model) + " |\n|---" + "|--:" * len(models) + "|")
    for way in WAYS:
        cells = []
        for m in range(len(models)):
            low, high = wilson(right[way, m], len(photos))
            share = right[way, m] / len(photos)
            cells.append(f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})")
        print(f"| {way} | " + " | ".join(cells) + " |")
    means = [
        sum(right[way, m] for way in WAYS) / len(WAYS) / len(photos) for m in range(len(models))
    ]
    print("| mean | " + " | ".join(f"{100 * mean:.1f} %" for mean in means) + " |")


if __name__ == "__main__":
    main()
