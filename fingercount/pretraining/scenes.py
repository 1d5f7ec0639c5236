"""Whole frames with the hand's box: people and rooms behind hands, and without them.

A photo cropped around its hand shows little of who holds it up. The frame it came from shows the
face, the clothes and the room: as they are around the hand, and, clear of it, as *none*.
"""

import csv
from pathlib import Path

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.read import content_hash, read_image
from fingercount.labels import NONE, canonical
from fingercount.pretraining.amounts import spread
from fingercount.pretraining.photos import HandPhoto, known_fingers, squares_beside

BOXES = "boxes.csv"
WIDE = 2.6  # times the hand's box: what a frame adds to a photo that is cropped around the hand
MARGIN = 0.15  # of the box, on each side: boxes end at the skin, some a little before
LEAST = 0.25  # of the frame's width and height: a smaller strip beside the hand shows little


def load_scenes(
    folder, sources, size: int = 128, split: str = "train", *, limit: int | None = None
) -> list[HandPhoto]:
    """Read frames as two kinds of photos: the hand in its surroundings, and those without it.

    Args:
        folder: frames and boxes.csv with the columns path, label, x0, y0, x1 and y1 (pixels), and
            where known split, group and hands_found. Frames with another split, or in which more
            than one hand was found, are left out.
        sources: names of sets; a frame belongs to the one that its name begins with.
        size: side of the network's input in pixels.
        split: the rows to use.
        limit: about how many frames to read, spread over the labels; None for all.

    Raises:
        FingercountError: where boxes.csv is missing or no such table.
    """
    path = Path(folder, BOXES)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.DictReader(file) if row.get("split", split) == split]
        boxes = [[float(row[key]) for key in ("x0", "y0", "x1", "y1")] for row in rows]
        labels = [canonical(row["label"]) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError, TypeError) as error:
        raise FingercountError(
            f"{path} is not a table of frames with the hand's box (path, label, x0, y0, x1, y1): "
            f"{error}"
        ) from error
    photos = []
    names = sorted(sources, key=len, reverse=True)  # a name may begin with another
    table = list(zip(rows, boxes, labels))
    for row, box, label in spread(table, limit, cell=lambda entry: entry[2]):
        source = next((name for name in names if row["path"].startswith(f"{name}_")), None)
        if source is None or row.get("hands_found", "1") != "1":
            continue
        data = Path(folder, row["path"]).read_bytes()
        about = (source, row.get("group") or row["path"], content_hash(data))
        photos += _photos(read_image(data), box, label, about, size)
    return photos


def _photos(rgb, box, label: str, about: tuple[str, str, str], size: int) -> list[HandPhoto]:
    """Return the wide photo of a frame's hand, and the squares beside the hand as *none*."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = box
    margin = MARGIN * max(x1 - x0, y1 - y0)
    reach = WIDE * max(x1 - x0, y1 - y0) / 2
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    left, right = max(0, int(x - reach)), min(width, int(x + reach) + 1)
    top, bottom = max(0, int(y - reach)), min(height, int(y + reach) + 1)
    wide, side = rgb[top:bottom, left:right], (right - left, bottom - top)
    inside = (
        (x0 - left) / side[0],
        (y0 - top) / side[1],
        (x1 - left) / side[0],
        (y1 - top) / side[1],
    )
    # The hand is small in it; zoomed into, it should be as sharp as in other photos.
    wide = _at_most(wide, 2 * size)
    hand = HandPhoto(wide, label, *about, fingers=known_fingers(label, None), box=inside)
    around = (
        (x0 - margin) / width,
        (y0 - margin) / height,
        (x1 + margin) / width,
        (y1 + margin) / height,
    )
    parts = squares_beside(rgb, around, LEAST, strips=2)
    return [hand, *(HandPhoto(_at_most(p, size + size // 4), NONE, *about) for p in parts)]


def _at_most(rgb, side: int):
    return Preprocess(size=side).resize(rgb) if max(rgb.shape) > side else rgb
