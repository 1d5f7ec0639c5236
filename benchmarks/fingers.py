"""How a model counts fingers that are bent away or seen short, and hands that are tilted.

    python benchmarks/fingers.py PHOTOS --landmarks PHOTOS/landmarks.npz --model hands OTHER

Open hands that were cut out of the photos are shown as they are, with one finger that stays up made
shorter, and with fingers bent away. The models may well have seen these photos: what they get wrong
is a fault that can be named, what they get right no proof. Rendered hands are drawn with the same
seed, tilted as usual and more. Every PHOTOS/<set>/<label>/ counts; `--every 3` takes a third.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from fingercount.labels import NONE, WORDS
from fingercount.models.loading import load_model
from fingercount.pretraining.bend_fingers import LEAST_UP, bend_photos, foreshorten
from fingercount.pretraining.cutouts import cut_out
from fingercount.pretraining.photos import HandPhoto, load_photos
from fingercount.synthetic import render

SEED = 991  # neither pretrain's nor one of data/sample
TILTS = (1.0, 1.5, 2.0)
RENDERED = 50  # of each label
SIDE = 160  # pixels, as pretrain renders them


def open_hands(photos: list[HandPhoto]) -> list[HandPhoto]:
    """Return those of *four* and *five* that can be cut out and whose fingers are known."""
    found = []
    for photo in photos:
        if photo.fingers is None or photo.landmarks is None or photo.fingers.sum() < LEAST_UP:
            continue
        photo.cutout = cut_out(photo.rgb, photo.landmarks)
        if photo.cutout is not None:
            found.append(photo)
    return found


def shortened(photos: list[HandPhoto]) -> list[HandPhoto]:
    """Return each photo with one of its stretched fingers made shorter."""
    rng = np.random.default_rng(SEED)
    return [foreshorten(p, [rng.choice(np.flatnonzero(p.fingers))], rng) for p in photos]


def rendered(tilt: float) -> list[tuple[np.ndarray, str]]:
    """Return (picture, label) of hands tilted so many times as much as usual."""
    return [
        (
            render(
                np.random.default_rng((SEED, count, i)),
                size=SIDE,
                label=label,
                effects=0.3,
                wildness=tilt,
            ).image,
            label,
        )
        for count, label in enumerate(WORDS[:6])
        for i in range(RENDERED)
    ]


def row(name: str, model, pictures: list[tuple[np.ndarray, str]]) -> str:
    """Return a table's line: how many are right, and of each label."""
    said = model.predict([rgb for rgb, _ in pictures]).argmax(1)
    right = np.array([model.classes[k] == label for k, (_, label) in zip(said, pictures)])
    labels = np.array([label for _, label in pictures])
    each = [right[labels == word].mean() if word in labels else None for word in WORDS[:6]]
    cells = " | ".join("" if share is None else f"{share:.0%}" for share in each)
    return f"| {name} | {len(pictures)} | {right.mean():.1%} | {cells} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--landmarks", required=True, type=Path, metavar="FILE")
    parser.add_argument("--model", nargs="+", default=["hands"], metavar="M")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    photos = load_photos(options.photos, landmarks=options.landmarks)
    hands = open_hands([photo for photo in photos if photo.label != NONE])[:: options.every]
    cases = {"open hands": hands, "one finger shorter": shortened(hands)}
    cases["fingers bent away"] = bend_photos(hands, 1, SEED)
    pictures = {name: [(p.rgb, p.label) for p in made] for name, made in cases.items()}
    for tilt in TILTS:
        pictures[f"rendered, tilted {tilt:g} times as much"] = rendered(tilt)
    for name in options.model:
        model = load_model(name)
        print(f"\n{name}\n\n| pictures | number | right | {' | '.join(WORDS[:6])} |")
        print(f"|---|{'--:|' * 8}")
        for case, shown in pictures.items():
            print(row(case, model, shown), flush=True)


if __name__ == "__main__":
    main()
