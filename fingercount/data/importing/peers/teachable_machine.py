"""A project of Teachable Machine: a zip named .tm with flat LABEL-!-N.jpg beside manifest.json.

The names of the photos hold the labels, so they are read also where the manifest is missing.
"""

from pathlib import PurePosixPath

from fingercount.data.importing.peers import Listing, Row, Table
from fingercount.errors import FingercountError

_SIGN = "-!-"


def read_table(listing: Listing) -> Table | None:
    """Return the labels in the names of a project's photos.

    Raises:
        FingercountError: where the project is of sounds or poses.
    """
    for path in listing.named(".json"):
        value = listing.json(path) if path.endswith("manifest.json") else None
        if not isinstance(value, dict):
            continue
        kind = value.get("type")
        if isinstance(kind, str) and kind != "image" and "appdata" in value:
            raise FingercountError(
                f"This is a Teachable Machine project of type {kind}; only image projects have "
                "photos to import."
            )
    rows = [
        Row(photo, name.rpartition(_SIGN)[0])
        for photo in listing.photos
        if _SIGN in (name := PurePosixPath(photo).stem)
    ]
    if not rows or len(rows) * 2 < len(listing.photos):
        return None
    return Table("the project's labels", [row for row in rows if row.label], strong=True)
