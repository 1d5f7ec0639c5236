"""YOLO's boxes: a .txt a photo, classes by name in data.yaml or classes.txt; hands are cut out.

labels/a.txt:  1 0.5 0.5 0.2 0.3     class, middle of the box, its width and height (or a polygon)
data.yaml:     names: ['one', 'two']
"""

import re
from pathlib import PurePosixPath

import yaml

from fingercount.data.importing.peers import Box, Listing, Row, Table
from fingercount.data.importing.peers.boxes import side_on_the_way, table_of_boxes

_NAMES = ("classes.txt", "obj.names", "labels.txt")


def read_table(listing: Listing) -> Table | None:
    """Return a row for each box."""
    names, source = _class_names(listing)
    photos = {str(PurePosixPath(photo).with_suffix("")): photo for photo in listing.photos}
    rows = []
    for path in listing.named(".txt") if names else []:
        photo = _photo_of(path, photos) or listing.find(PurePosixPath(path).stem, path)
        if not photo:
            continue
        side = side_on_the_way(path)
        for line in listing.text(path).splitlines():
            number, box = _read_line(line)
            if box and number in names:
                rows.append(Row(photo, names[number], side, box=box))
    return table_of_boxes(source, rows) if rows else None


def _photo_of(path: str, photos: dict[str, str]) -> str | None:
    """Return the photo beside a .txt, or in the folder `images` beside its folder `labels`."""
    stem = str(PurePosixPath(path).with_suffix(""))
    beside = re.sub(r"(^|/)labels(/|$)", r"\1images\2", stem)
    return photos.get(beside) or photos.get(stem)


def _read_line(line: str) -> tuple[int, Box | None]:
    """Return (class, box) of "1 0.5 0.5 0.2 0.3"; a polygon's box is the one around it."""
    try:
        number, *rest = (float(cell) for cell in line.split())
    except ValueError:
        return -1, None
    if len(rest) in (4, 5):  # a fifth is how sure a program was
        x, y, width, height = rest[:4]
        box = (x - width / 2, y - height / 2, width, height)
    elif len(rest) >= 6 and len(rest) % 2 == 0:
        xs, ys = rest[::2], rest[1::2]
        box = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    else:
        return -1, None
    inside = all(-1 <= n <= 2 for n in box) and min(box[2:]) > 0
    return int(number), box if inside else None


def _class_names(listing: Listing) -> tuple[dict[int, str], str]:
    """Return ({number: class}, the file that says so)."""
    for path in listing.named(".yaml", ".yml"):
        if names := names_in_yaml(listing.text(path)):
            return names, path
    for path in listing.named(".txt", ".names"):
        if PurePosixPath(path).name.lower() in _NAMES:
            lines = [line.strip() for line in listing.text(path).splitlines()]
            return {n: line for n, line in enumerate(lines) if line}, path
    return {}, ""


def names_in_yaml(text: str) -> dict[int, str]:
    """Return {number: class} of the `names:` of a data.yaml, a list or numbered; else nothing."""
    try:
        # Every scalar stays a text: a class may be called no.
        value = yaml.load(text, Loader=yaml.BaseLoader) if "names" in text else None
    except (yaml.YAMLError, RecursionError):
        return {}
    names = value.get("names") if isinstance(value, dict) else None
    if isinstance(names, list):
        names = {str(number): name for number, name in enumerate(names)}
    numbered = names.items() if isinstance(names, dict) else ()
    return {
        int(number): name
        for number, name in numbered
        if number.isdecimal() and isinstance(name, str)
    }
