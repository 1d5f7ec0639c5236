"""When Collect says that photos are all the same, and why it says nothing of where the hand is.

    python benchmarks/variety.py HANDS

HANDS has train/SET/LABEL/*.jpg, landmarks.npz (path, xy), and whole frames with the hand's box:
scenes/ and frames/ with boxes.csv. Three tables: how often hands that are held still, turned, moved
and held near and far are said to be the same picture, by the hand's share of the square (real hands
cut out and put before real rooms, drawn anew each time); how far brightness goes within one
recording of SET, and over several; and how often what stands out from a square's border is a hand.
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

from fingercount.data.variety import (
    ALIKE,
    FEW,
    LIGHT,
    PHOTOS,
    median_distance,
    spread_of_light,
)
from fingercount.imaging.near_duplicates import thumbnail
from fingercount.imaging.quality import _standing_out
from fingercount.imaging.read import read_image
from fingercount.pretraining.cutouts import cut_out
from fingercount.pretraining.photos import read_groups
from fingercount.pretraining.scene import paste

SIDE = 160
SHARES = (0.3, 0.5, 0.8)  # of the square's side that is hand
# Degrees to either side, share of the side to either side, largest distance over the smallest.
WAYS = {
    "still": (2, 0.01, 1.05),
    "turned": (30, 0.01, 1.05),
    "moved": (2, 0.12, 1.05),
    "near and far": (2, 0.01, 1.9),
    "all three": (30, 0.12, 1.9),
}


def rooms(root: Path) -> list[np.ndarray]:
    """Return squares without a hand, and frames with a person."""
    found = sorted(root.glob("train/*/none/*.jpg"))[::12] + sorted(root.glob("frames/*.jpg"))[::4]
    pictures = [read_image(path) for path in found]
    squares = [rgb[: min(rgb.shape[:2]), : min(rgb.shape[:2])] for rgb in pictures]
    return [cv2.resize(rgb, (SIDE, SIDE)) for rgb in squares if len(rgb) >= 90]


def cut_hands(root: Path, n: int, rng) -> list[tuple]:
    """Return hands of plain walls: (photo, opacity, landmarks in pixels)."""
    with np.load(root / "landmarks.npz") as stored:
        table = list(zip(stored["path"].tolist(), stored["xy"]))
    found = []
    for at in rng.permutation(len(table)):
        path, xy = table[at]
        rgb = read_image(root / path)
        opacity = cut_out(rgb, xy)
        if opacity is not None:
            found.append((rgb, opacity, xy * (rgb.shape[1], rgb.shape[0])))
        if len(found) == n:
            break
    return found


def recording(hand, room, share: float, way: str, rng) -> np.ndarray:
    """Return thumbnails of a hand before a room, by a camera that stands still."""
    rgb, opacity, points = hand
    turn, move, scale = WAYS[way]
    low, high = points.min(axis=0), points.max(axis=0)
    rows = []
    for _ in range(FEW):
        angle = np.radians(rng.uniform(-turn, turn))
        # Around the share, as far as it stays inside the square.
        size = min(share * scale ** rng.uniform(-0.5, 0.5), 0.95) * SIDE / max(high - low)
        matrix = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        to = SIDE * (np.array([0.5, 0.55]) + rng.uniform(-move, move, 2))
        affine = np.column_stack([matrix, to - matrix @ (low + high) / 2])
        turned = cv2.warpAffine(rgb, affine, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        picture = paste(turned, cv2.warpAffine(opacity, affine, (SIDE, SIDE)), room)
        seen = picture * rng.uniform(0.97, 1.03) + rng.normal(0, 3, picture.shape)
        rows.append(thumbnail(np.clip(seen, 0, 255).astype(np.uint8)))
    return np.array(rows, np.float32)


def show_pictures(root: Path, n: int, rng) -> None:
    places, hands = rooms(root), cut_hands(root, n, rng)
    print(f"said to be the same picture, of {len(hands)} hands in {len(places)} rooms:")
    print(f"{'':14}" + "".join(f"{share:>8.0%}" for share in SHARES))
    for way in WAYS:
        said = [
            np.mean(
                [
                    median_distance(
                        recording(hand, places[rng.integers(len(places))], share, way, rng)
                    )
                    < ALIKE
                    for hand in hands
                ]
            )
            for share in SHARES
        ]
        print(f"{way:14}" + "".join(f"{value:>8.0%}" for value in said))


def show_light(root: Path, name: str, rng) -> None:
    groups = read_groups(root / "manifest.csv")
    by_label: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((root / "train" / name).glob("*/*.jpg")):
        group = groups.get(path.relative_to(root).as_posix(), "")
        some = by_label[path.parent.name][group]
        if len(some) < PHOTOS:
            some.append(thumbnail(read_image(path)).astype(np.float32))
    print(f"brightness in {name}, 10th to 90th percentile (said below {LIGHT}):")
    for n in (1, 2, 3, 4):
        spreads = []
        for recordings in by_label.values():
            long = [np.array(some) for some in recordings.values() if len(some) >= FEW]
            for _ in range(60 if len(long) >= n else 0):
                at = rng.choice(len(long), n, replace=False)
                spreads.append(spread_of_light(np.concatenate([long[i] for i in at])))
        if spreads:
            low, middle = np.quantile(spreads, [0.02, 0.5])
            said = np.mean(np.array(spreads) < LIGHT)
            print(f"{n} recordings: 2 % under {low:.3f}, half under {middle:.3f}, said {said:.0%}")


def show_what_stands_out(root: Path, rng) -> None:
    for folder in ("frames", "scenes"):
        inside = []
        with (root / folder / "boxes.csv").open() as file:
            for row in csv.DictReader(file):
                names = (
                    ("xmin", "ymin", "xmax", "ymax") if "xmin" in row else ("x0", "y0", "x1", "y1")
                )
                x0, y0, x1, y1 = (float(row[name]) for name in names)
                rgb = read_image(root / folder / (row.get("path") or row["file"]))
                height, width = rgb.shape[:2]
                side = int(0.85 * min(height, width))
                if max(x1 - x0, y1 - y0) > side:
                    continue
                # The square around the hand, as far as the frame goes.
                left = int(np.clip((x0 + x1 - side) / 2, 0, width - side))
                top = int(np.clip((y0 + y1 - side) / 2, 0, height - side))
                square = cv2.resize(rgb[top : top + side, left : left + side], (128, 128))
                rows, columns = np.nonzero(_standing_out(square))
                x, y = left + columns.mean() * side / 128, top + rows.mean() * side / 128
                inside.append(x0 < x < x1 and y0 < y < y1)
        print(
            f"{folder}: the middle of what stands out is in the hand's box in "
            f"{np.mean(inside):.0%} of {len(inside)} squares"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("hands", type=Path)
    parser.add_argument("--set", default="subhih", help="recordings by webcam, for the light")
    parser.add_argument("--n", type=int, default=100, help="hands that are cut out")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    show_pictures(options.hands, options.n, rng)
    show_light(options.hands, options.set, rng)
    show_what_stands_out(options.hands, rng)


if __name__ == "__main__":
    main()
