"""How often a second hand is noticed, and how often one is seen where there is none.

    python benchmarks/second_hand.py PHOTOS [--sheet FILE]

PHOTOS is a folder with validation/<set>/<label>/, scenes/ and frames/ (whole frames and their
boxes.csv). Photos of two hands are few, so they are put together by straight cuts out of photos of
people that no training has seen: two strips side by side, and a frame mirrored about a line beside
the hand. The same is done without a second hand. Beside the check stands the other way to know it:
ask about the left half and the right half, and believe in two hands where both are a number.
"""

import argparse
import csv
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from fingercount.imaging.read import read_image
from fingercount.imaging.types import RGB
from fingercount.labels import NONE
from fingercount.models.decision import NO_HAND, answer_of
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.second_hand import SURE, second_hand
from fingercount.paths import REPO

STRIP = (120, 240)  # width and height of one of two strips
HALF = 0.95  # probability of a number from which a half is believed
Frame = tuple[RGB, tuple[float, ...]]  # and the hand's x0, y0, x1, y1 in pixels


@dataclass
class Set:
    """Pictures that all have two hands, or all have not."""

    name: str
    two: bool
    pictures: list[RGB] = field(default_factory=list)


def photos_in(folder: Path) -> list[RGB]:
    """Return the photos below a folder."""
    return [read_image(path.read_bytes()) for path in sorted(folder.rglob("*.jpg"))]


def frames_in(folder: Path, name: str, corners: tuple[str, ...], **only: str) -> list[Frame]:
    """Return the whole frames of a folder with their hand's box.

    Args:
        folder: frames and boxes.csv.
        name: its column of file names.
        corners: its columns of x0, y0, x1, y1.
        only: {column: value} of the rows to use.
    """
    with (folder / "boxes.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if only.items() <= row.items()]
    return [
        (read_image((folder / row[name]).read_bytes()), tuple(float(row[key]) for key in corners))
        for row in rows
    ]


def _place(low: float, high: float, length: float, whole: float, rng) -> float:
    """Draw where a cut of this length begins, so that low to high is in it if it fits."""
    begin, end = sorted((high - length, low))
    return float(np.clip(rng.uniform(begin, end), 0, whole - length))


def square(frame: Frame, rng) -> RGB:
    """Return a square with the hand in it, as one sits before a webcam."""
    rgb, (x0, y0, x1, y1) = frame
    height, width = rgb.shape[:2]
    hand = max(x1 - x0, y1 - y0)
    side = int(min(height, width, hand * rng.uniform(1.3, 2.6)))
    left, top = _place(x0, x1, side, width, rng), _place(y0, y1, side, height, rng)
    return np.ascontiguousarray(rgb[int(top) : int(top) + side, int(left) : int(left) + side])


def strip(frame: Frame, rng, most: float = 1.5) -> RGB:
    """Return half a square with the hand in it: uint8 [240, 120, 3]."""
    rgb, (x0, y0, x1, y1) = frame
    height, width = rgb.shape[:2]
    wide = max(x1 - x0, (y1 - y0) / 2) * 1.1 * rng.uniform(1, most)
    if 2 * wide > height:
        wide = max(height / 2, (x1 - x0) * 1.05)
    wide, tall = min(wide, width), min(2 * wide, height)
    left, top = _place(x0, x1, wide, width, rng), _place(y0, y1, tall, height, rng)
    part = rgb[int(top) : int(top + tall), int(left) : int(left + wide)]
    return cv2.resize(part, STRIP, interpolation=cv2.INTER_AREA)


def empty_strip(frame: Frame, rng) -> RGB | None:
    """Return half a square from beside the hand, face and all, or None without room for it."""
    rgb, (x0, _, x1, _) = frame
    height, width = rgb.shape[:2]
    margin = 0.15 * (x1 - x0)
    left, right = x0 - margin, width - x1 - margin
    free = rgb[:, : max(0, int(left))] if left > right else rgb[:, width - max(0, int(right)) :]
    if free.shape[1] < height / 4:
        return None
    wide = min(free.shape[1], height // 2)
    x = rng.integers(0, free.shape[1] - wide + 1)
    y = rng.integers(0, height - 2 * wide + 1)
    return cv2.resize(free[y : y + 2 * wide, x : x + wide], STRIP, interpolation=cv2.INTER_AREA)


def join(left: RGB, right: RGB, soft: int = 8) -> RGB:
    """Return two strips side by side, the edge between them blurred."""
    wide = left.shape[1]
    share = np.clip((np.arange(2 * wide) - wide) / soft + 0.5, 0, 1)[None, :, None]
    one = np.pad(left, ((0, 0), (0, wide), (0, 0)), mode="edge")
    other = np.pad(right, ((0, 0), (wide, 0), (0, 0)), mode="edge")
    return (one * (1 - share) + other * share).astype(np.uint8)


def mirrored(frame: Frame, rng, two: bool) -> RGB | None:
    """Return a frame mirrored about a line beside the hand, so that both hands are up; or the side
    without the hand so; or None where there is no room."""
    rgb, (x0, y0, x1, y1) = frame
    height, width = rgb.shape[:2]
    if (x0 + x1) / 2 > width / 2:
        rgb, x0, x1 = rgb[:, ::-1], width - x1, width - x0
    if two:
        axis = int(min(width, x1 + (x1 - x0) * rng.uniform(0.08, 0.6)))
        kept = rgb[:, :axis]
    else:
        kept = rgb[:, int(min(width - 2, x1 + 0.05 * (x1 - x0))) :][:, ::-1]
    whole = np.concatenate([kept, kept[:, ::-1]], axis=1)
    middle, most = kept.shape[1], min(whole.shape[:2])
    if not two:
        if middle < 0.3 * height:
            return None
        side = int(rng.uniform(0.6, 1) * most)
        top = int(rng.uniform(0, height - side))
    else:
        need = max(2.2 * (middle - x0), 1.1 * (y1 - y0))
        side = int(min(most, need * rng.uniform(1, 1.4)))
        if side < 2 * (middle - (x0 + x1) / 2):
            return None
        top = int(_place(y0, y1, side, height, rng))
    left = middle - side // 2
    return np.ascontiguousarray(whole[top : top + side, left : left + side])


def sets(photos: Path, rng) -> list[Set]:
    """Return all pictures, those with one hand or none first."""
    people = frames_in(
        photos / "scenes", "path", ("x0", "y0", "x1", "y1"), split="validation", hands_found="1"
    )
    webcam = frames_in(photos / "frames", "file", ("xmin", "ymin", "xmax", "ymax"))
    found = [
        Set(f"photos of {folder.name}", False, photos_in(folder))
        for folder in sorted((photos / "validation").iterdir())
    ]
    found += [
        Set("data/sample, rendered", False, photos_in(REPO / "data" / "sample")),
        Set("people at home, squares", False, [square(f, rng) for f in people for _ in range(4)]),
        Set("webcam frames, squares", False, [square(f, rng) for f in webcam for _ in range(2)]),
    ]
    bare = [s for f in people for _ in range(2) if (s := empty_strip(f, rng)) is not None]
    with_room = [join(strip(f, rng), bare[rng.integers(len(bare))]) for f in people]
    reflected = {
        two: [m for f in people for _ in range(2) if (m := mirrored(f, rng, two)) is not None]
        for two in (False, True)
    }
    strangers = [
        join(strip(f, rng), strip(people[rng.integers(len(people))], rng)[:, ::-1])
        for f in people
        for _ in range(2)
    ]
    one_person = [join(strip(f, rng, 1.4), strip(f, rng, 1.4)[:, ::-1]) for f in people]
    pairs = [join(strip(f, rng), strip(webcam[rng.integers(72)], rng)[:, ::-1]) for f in webcam]
    return [
        *found,
        Set("a hand, and a room or a face beside it", False, with_room),
        Set("rooms and faces mirrored", False, reflected[False]),
        Set("hands of two people at home", True, strangers),
        Set("both hands of a person at home", True, one_person),
        Set("people at home mirrored", True, reflected[True]),
        Set("hands of two webcam frames", True, pairs),
    ]


def is_number(model: Model, pictures: list[RGB]) -> np.ndarray:
    """Return for which pictures a number is answered."""
    rows = model.predict(pictures)
    said = [answer_of(row, model.classes, model.threshold) for row in rows]
    return np.array([answer in model.classes and answer != NONE for answer in said])


def by_halves(model: Model, picture: RGB) -> bool:
    """Say whether the left half and the right half each show a number."""
    middle, none = picture.shape[1] // 2, model.classes.index(NONE)
    halves = [np.ascontiguousarray(p) for p in (picture[:, :middle], picture[:, middle:])]
    rows = model.predict(halves)
    numbers = np.delete(rows, none, axis=1).max(1)
    return bool((numbers > HALF).all() and (rows[:, none] < NO_HAND).all())


def probabilities(model: Model, pictures: list[RGB]) -> np.ndarray:
    """Return the probability of a second hand in each view: [N, views]."""
    assert model.extract_features and model.second_hand
    rows = [model.extract_features(model.preprocess.all_views(picture)) for picture in pictures]
    return np.stack([second_hand(row, model.second_hand) for row in rows])


def show(found: list[Set], file: Path) -> None:
    """Write some pictures of each set as one picture, a row each."""
    rows = []
    for each in found:
        row = [np.asarray(Image.fromarray(p).resize((90, 90))) for p in each.pictures[:16]]
        rows.append(np.concatenate(row, axis=1))
    Image.fromarray(np.concatenate(rows)).save(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write what is asked about")
    options = parser.parse_args()
    model, found = load_model("hands"), sets(options.photos, np.random.default_rng(5))
    if options.sheet:
        show(found, options.sheet)
    print("| | two hands | pictures | a number | one view | two views | and a number | halves |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    total: dict[bool, np.ndarray] = {}
    for each in found:
        p, number = probabilities(model, each.pictures), is_number(model, each.pictures)
        both = p.mean(1) > SURE
        halves = sum(by_halves(model, picture) for picture in each.pictures)
        said = [number.sum(), (p[:, 0] > SURE).sum(), both.sum(), (both & number).sum(), halves]
        line = np.array([len(each.pictures), *said])
        total[each.two] = total.get(each.two, 0) + line
        print(f"| {each.name} | {'yes' if each.two else 'no'} | {' | '.join(map(str, line))} |")
    for two, line in total.items():
        print(f"| *all* | {'yes' if two else 'no'} | {' | '.join(map(str, line))} |")


if __name__ == "__main__":
    main()
