"""No-hand pictures out of wallpapers, textures and cut-out things: `python -m ... --help`.

Photos of rooms without a hand are hard to come by in numbers; free wallpapers, games' textures and
furniture catalogues are not. Each picture is a part of one of them, or a heap of things before one.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from fingercount.errors import FingercountError
from fingercount.images import IMAGE_SUFFIXES
from fingercount.pretraining import scene

SIDE = 200  # pixels; a little over what the network sees, as the photos have
LEAST = 64  # a smaller picture has nothing to show at that size
THINGS = 0.5  # share of the pictures that show things


def read_all(folders: list[Path]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return (opaque pictures uint8 [H, W, 3], things uint8 [H, W, 4]) below the folders.

    What is seen twice, at any size, is kept once. Files that cannot be read are left out.
    """
    seen, pictures, things = set(), [], []
    for folder in folders:
        if not Path(folder).is_dir():
            raise FingercountError(f"{folder} is no folder.")
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() not in IMAGE_SUFFIXES or not path.is_file():
                continue
            try:
                with Image.open(path) as file:
                    rgba = file.convert("RGBA")
            except (OSError, ValueError, Image.DecompressionBombError):
                continue
            rgba.thumbnail((1200, 1200))
            look = rises(rgba)
            if min(rgba.size) < LEAST or look in seen:
                continue
            seen.add(look)
            pixels = np.asarray(rgba)
            solid = pixels[..., 3] > 128
            if pixels[..., 3].mean() > 250 and not is_normal_map(pixels):
                pictures.append(np.ascontiguousarray(pixels[..., :3]))
            elif 0.05 < solid.mean() < 0.98:
                rows, columns = np.nonzero(solid)
                things.append(
                    pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                )
    return pictures, things


def rises(picture: Image.Image) -> bytes:
    """Say where a picture gets lighter to the right: the same at any size and compression."""
    grey = np.asarray(picture.convert("L").resize((9, 8)), np.int16)
    return (grey[:, 1:] > grey[:, :-1]).tobytes()


def is_normal_map(pixels: np.ndarray) -> bool:
    """Say whether a picture holds a surface's slopes as colours, as games do: no camera sees it."""
    red, green, blue = pixels[..., :3].reshape(-1, 3).mean(0)
    return blue > 200 and abs(red - 128) < 30 and abs(green - 128) < 30


def heap(place: np.ndarray, things: list[np.ndarray], rng) -> np.ndarray:
    """Put one to four things, turned and lit anew, into a square place: uint8 of its shape."""
    side = place.shape[0]
    for _ in range(rng.integers(1, 5)):
        thing = things[rng.integers(len(things))]
        scale = rng.uniform(0.25, 1.0) * side / max(thing.shape[:2])
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        thing = cv2.resize(thing, None, fx=scale, fy=scale, interpolation=method)
        thing = thing[:, ::-1] if rng.random() < 0.5 else thing
        middle = np.array(thing.shape[1::-1]) / 2
        move = cv2.getRotationMatrix2D(middle.tolist(), rng.normal(0, 35), 1.0)
        move[:, 2] += rng.uniform(0, side, 2) - middle
        # Where nothing is, a thing's colour is unknown; its edge goes on there.
        color = cv2.warpAffine(
            np.ascontiguousarray(thing[..., :3]),
            move,
            (side, side),
            borderMode=cv2.BORDER_REPLICATE,
        )
        opacity = cv2.warpAffine(np.ascontiguousarray(thing[..., 3]), move, (side, side))
        place = scene.paste(scene.relight(color, rng), opacity, place)
    return place


def draw_place(pictures: list[np.ndarray], things: list[np.ndarray], rng) -> np.ndarray:
    """Return one square picture without a hand, uint8 [SIDE, SIDE, 3]."""
    picture = pictures[rng.integers(len(pictures))]
    side = int(min(picture.shape[:2]) * rng.uniform(0.4, 1.0))
    top, left = (rng.integers(0, length - side + 1) for length in picture.shape[:2])
    part = picture[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    place = cv2.resize(part, (SIDE, SIDE), interpolation=method)
    if not things or rng.random() > THINGS:
        return place
    if rng.random() < 0.35:  # before a plain wall
        wall = np.broadcast_to(rng.uniform(30, 240, 3), place.shape).astype(np.uint8)
        place = scene.side_light(wall, rng)
    return heap(place, things, rng)


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--out", required=True, type=Path, help="DIR/none/ gets the pictures")
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        pictures, things = read_all(options.folders)
        if not pictures:
            raise FingercountError("There is no picture without transparency in these folders.")
        folder = options.out / "none"
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(options.count):
            place = draw_place(pictures, things, np.random.default_rng((options.seed, i)))
            Image.fromarray(place).save(folder / f"{i:05}.jpg", quality=88)
    except (FingercountError, OSError) as error:
        raise SystemExit(f"{error}") from error
    print(f"{options.count} pictures from {len(pictures)} and {len(things)} things.")


if __name__ == "__main__":
    main()
