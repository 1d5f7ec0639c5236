"""CVAT's exports of a classification: annotations.xml with a tag a photo, and Datumaro's JSON.

(Its ImageNet export is a folder a label and needs no table.)
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from fingercount.data.importing.peers import Listing, Row, Table, joined
from fingercount.data.side_names import side_of


def read_table(listing: Listing) -> Table | None:
    """Return the tags of the source's CVAT XML and Datumaro JSON files."""
    rows: list[Row] = []
    found: list[str] = []
    for path in listing.named(".xml", ".json"):
        more = list(_xml(listing, path) if path.lower().endswith(".xml") else _json(listing, path))
        if more:
            rows += more
            found.append(path)
    return Table(joined(found), rows) if rows else None


def _xml(listing: Listing, path: str) -> Iterator[Row]:
    text = listing.text(path)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # such a file could grow without end
        return
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError:
        return
    for image in root.iter("image"):
        tags = {tag.get("label", "") for tag in image.findall("tag")} - {""}
        photo = listing.find(image.get("name", ""), path)
        if photo and len(tags) == 1:
            yield Row(photo, tags.pop(), side_of(image.get("subset") or ""))


def _json(listing: Listing, path: str) -> Iterator[Row]:
    value = listing.json(path)
    try:
        labels = [label["name"] for label in value["categories"]["label"]["labels"]]
        for item in value["items"]:
            given = {a["label_id"] for a in item["annotations"] if a.get("type") == "label"}
            named = (item.get("image") or {}).get("path") or item["id"]
            photo = listing.find(named, path) or listing.find(item["id"], path)
            if photo and len(given) == 1:
                side = side_of(path.rpartition("/")[2].removesuffix(".json"))
                yield Row(photo, str(labels[given.pop()]), side)
    except (TypeError, KeyError, IndexError, AttributeError):
        return
