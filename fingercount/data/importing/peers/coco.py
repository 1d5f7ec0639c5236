"""COCO's annotations of boxes, as Roboflow, CVAT and Label Studio write them; hands are cut out.

{"images": [{"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}],
 "annotations": [{"image_id": 1, "category_id": 2, "bbox": [x, y, width, height]}],
 "categories": [{"id": 2, "name": "two"}]}
"""

from typing import Any

from fingercount.data.importing.peers import Box, Listing, Row, Table, joined
from fingercount.data.importing.peers.boxes import side_on_the_way, table_of_boxes


def read_table(listing: Listing) -> Table | None:
    """Return a row for each box."""
    rows: list[Row] = []
    found: list[str] = []
    for path in listing.named(".json"):
        value = listing.json(path)
        if isinstance(value, dict) and all(
            isinstance(value.get(key), list) for key in ("images", "annotations", "categories")
        ):
            more = _hands(value, listing, path)
            rows += more
            found += [path] if more else []
    return table_of_boxes(joined(found), rows) if rows else None


def _hands(value: dict[str, Any], listing: Listing, path: str) -> list[Row]:
    images = {image.get("id"): image for image in value["images"] if isinstance(image, dict)}
    names = {one.get("id"): one.get("name") for one in value["categories"] if isinstance(one, dict)}
    side = side_on_the_way(path)
    rows = []
    for annotation in value["annotations"]:
        if not isinstance(annotation, dict):
            continue
        image = images.get(annotation.get("image_id"), {})
        label = names.get(annotation.get("category_id"))
        photo = listing.find(image.get("file_name", ""), path)
        box = _part_of(annotation.get("bbox"), image)
        if photo and isinstance(label, str) and box:
            rows.append(Row(photo, label, side, box=box))
    return rows


def _part_of(box: Any, image: dict[str, Any]) -> Box | None:
    """Return a box in pixels as a part of its image, None where that is not possible."""
    size = (image.get("width"), image.get("height"))
    numbers = [*box, *size] if isinstance(box, list) and len(box) == 4 else []
    if not numbers or not all(isinstance(n, int | float) for n in numbers):
        return None
    x, y, width, height, across, down = (float(n) for n in numbers)
    if min(width, height, across, down) <= 0:
        return None
    return x / across, y / down, width / across, height / down
