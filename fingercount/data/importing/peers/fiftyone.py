"""FiftyOne's image classification: data/NAME.jpg beside labels.json with classes and labels."""

from fingercount.data.importing.peers import Listing, Row, Table, joined


def read_table(listing: Listing) -> Table | None:
    """Return the labels of every {"classes": [...], "labels": {name: class}} of the source."""
    rows: list[Row] = []
    found: list[str] = []
    for path in listing.named(".json"):
        value = listing.json(path)
        if not isinstance(value, dict) or not isinstance(value.get("labels"), dict):
            continue
        listed = value.get("classes")
        classes = listed if isinstance(listed, list) else []
        before = len(rows)
        for name, given in value["labels"].items():
            label, photo = _label(given, classes), listing.find(name, path)
            if label and photo:
                rows.append(Row(photo, label))
        if len(rows) > before:
            found.append(path)
    return Table(joined(found), rows) if rows else None


def _label(given: object, classes: list[object]) -> str | None:
    """Return a label that is a number of a class, a name, either in a list, or under "label"."""
    if isinstance(given, list):
        given = given[0] if len(given) == 1 else None
    if isinstance(given, dict):
        given = given.get("label")
    if isinstance(given, int) and not isinstance(given, bool):
        return str(classes[given]) if 0 <= given < len(classes) else None
    return given if isinstance(given, str) and given.strip() else None
