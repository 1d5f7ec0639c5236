"""Pictures without a hand, made from wallpapers, textures and cut-out things.

python -m fingercount.pretraining.backgrounds WALLPAPERS TEXTURES ... --out PHOTOS/train/places

Many photos of rooms without a hand are hard to find; free wallpapers, games' textures and furniture
catalogues are not. Each picture is a part of one of them, or a heap of things in front of one.
Nothing checks them for hands, so give only folders that show none.
"""

import argparse
import csv
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from scipy.ndimage import distance_transform_edt

from fingercount.errors import FingercountError
from fingercount.files import atomic_folder
from fingercount.imaging.file_types import IMAGE_SUFFIXES
from fingercount.imaging.read import encode_jpeg, read_rgba
from fingercount.pretraining import scene

SIDE = 200  # pixels; a little over what the network sees, as the photos have
LEAST = 64  # a smaller picture has nothing to show at that size
LARGEST = 1200  # a larger one only takes memory
THINGS = 0.5  # share of the pictures that show things


def read_all(folders: list[Path]) -> tuple[list[np.ndarray], list[np.ndarray], list[Path]]:
    """Read what is below the folders, without pictures that look alike or are broken.

    Returns:
        (opaque pictures uint8 [H, W, 3], things uint8 [H, W, 4], the files that are kept).

    Raises:
        FingercountError: if a folder is missing.
    """
    seen, pictures, things, kept = set(), [], [], []
    for folder in folders:
        if not Path(folder).is_dir():
            raise FingercountError(f"{folder} is not a folder; check the path.")
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix.lower() not in IMAGE_SUFFIXES or not path.is_file():
                continue
            try:
                rgba = fit(read_rgba(path))
            except FingercountError:
                continue
            look = rises(rgba)
            if min(rgba.shape[:2]) < LEAST or look in seen:
                continue
            solid = rgba[..., 3] > 128
            if rgba[..., 3].mean() > 250 and not is_normal_map(rgba):
                pictures.append(np.ascontiguousarray(rgba[..., :3]))
            elif 0.05 < solid.mean() < 0.98:
                things.append(lift(rgba, solid))
            else:
                continue
            seen.add(look)
            kept.append(path)
    return pictures, things, kept


def fit(rgba: np.ndarray) -> np.ndarray:
    """Scale a large picture down to LARGEST pixels a side."""
    scale = LARGEST / max(rgba.shape[:2])
    if scale >= 1:
        return rgba
    return scaled(rgba, scale)


def scaled(rgba: np.ndarray, scale: float) -> np.ndarray:
    """Resize a picture; of a strip one pixel stays."""
    height, width = (max(1, round(length * scale)) for length in rgba.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(rgba, (width, height), interpolation=method)


def rises(rgba: np.ndarray) -> bytes:
    """Say where a picture gets lighter to the right and what of it is opaque, on a small grid.

    Most copies of a picture in other sizes and compressions agree in this.
    """
    picture = Image.fromarray(rgba)
    grey = np.asarray(picture.convert("L").resize((9, 8)), np.int16)
    opacity = np.asarray(picture.getchannel("A").resize((9, 8)))
    return (grey[:, 1:] > grey[:, :-1]).tobytes() + (opacity > 128).tobytes()


def is_normal_map(pixels: np.ndarray) -> bool:
    """Say whether a picture holds a surface's slopes as colours, as games do: no camera sees it."""
    red, green, blue = pixels[..., :3].reshape(-1, 3).mean(0)
    return blue > 200 and abs(red - 128) < 30 and abs(green - 128) < 30


def lift(rgba: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """Cut to what is solid, and let its colours go on beyond its edge.

    Transparent pixels may have any colour. Resized, it would seep into the outline, and only
    pictures without a hand would have such outlines.
    """
    rows, columns = np.nonzero(solid)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    rgba, solid = rgba[box], solid[box]
    nearest = distance_transform_edt(~solid, return_distances=False, return_indices=True)
    return np.dstack([rgba[..., :3][tuple(nearest)], rgba[..., 3]])


def heap(place: np.ndarray, things: list[np.ndarray], rng) -> np.ndarray:
    """Put one to four things, turned and lit differently, into a picture: uint8 of its shape."""
    side = place.shape[0]
    for _ in range(rng.integers(1, 5)):
        thing = things[rng.integers(len(things))]
        scale = rng.uniform(0.25, 1.0) * side / max(thing.shape[:2])
        thing = scaled(thing, scale)
        thing = thing[:, ::-1] if rng.random() < 0.5 else thing
        middle = np.array(thing.shape[1::-1]) / 2
        move = cv2.getRotationMatrix2D(middle.tolist(), rng.normal(0, 35), 1.0)
        move[:, 2] += rng.uniform(0, side, 2) - middle
        color, opacity = (
            cv2.warpAffine(np.ascontiguousarray(part), move, (side, side), borderMode=border)
            for part, border in (
                (thing[..., :3], cv2.BORDER_REPLICATE),
                (thing[..., 3], cv2.BORDER_CONSTANT),
            )
        )
        place = scene.paste(scene.relight(color, rng), opacity, place)
    return place


def draw_place(pictures: list[np.ndarray], things: list[np.ndarray], rng) -> np.ndarray:
    """Return one square picture without a hand, uint8 [SIDE, SIDE, 3]."""
    picture = pictures[rng.integers(len(pictures))]
    side = max(1, int(min(picture.shape[:2]) * rng.uniform(0.4, 1.0)))
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
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="showing no hands")
    parser.add_argument("--out", required=True, type=Path, help="DIR/none/ gets the pictures")
    parser.add_argument("--count", type=int, default=2500, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    if options.count < 1 or options.seed < 0:
        parser.error("--count must be 1 or more, --seed 0 or more")
    try:
        pictures, things, kept = read_all(options.folders)
        if not pictures:
            raise FingercountError("These folders have no picture without transparency.")
        with atomic_folder(options.out) as folder:
            (folder / "none").mkdir()
            for i in range(options.count):
                place = draw_place(pictures, things, np.random.default_rng((options.seed, i)))
                (folder / "none" / f"{i:05}.jpg").write_bytes(encode_jpeg(place, 88))
            with (folder / "sources.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([["file"], *([str(path)] for path in kept)])
    except FingercountError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error
    print(f"{options.count} pictures from {len(pictures)} pictures and {len(things)} things.")


if __name__ == "__main__":
    main()
