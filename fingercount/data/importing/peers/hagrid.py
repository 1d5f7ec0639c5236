"""HaGRID's annotations: JSON by image with boxes, labels and users; each hand is cut out.

{"0a1b": {"bboxes": [[x, y, width, height]], "labels": ["two_up"], "user_id": "..."}}
"""

from pathlib import PurePosixPath
from typing import Any

from fingercount.data.importing.peers import Listing, Row, Table, joined
from fingercount.data.side_names import hinted_side
from fingercount.labels import NONE

# Its gestures that are counts of fingers, by their names; the others keep theirs.
_COUNTS = {
    "one": "one",
    "two_up": "two",
    "two_up_inverted": "two",
    "peace": "two",
    "peace_inverted": "two",
    "three": "three",
    "three2": "three",
    "three3": "three",
    "four": "four",
    "palm": "five",
    "stop": "five",
    "stop_inverted": "five",
    "fist": "zero",
    "no_gesture": NONE,
}


def read_table(listing: Listing) -> Table | None:
    """Return a row for each hand in a box; its session is the user's."""
    rows: list[Row] = []
    found: list[str] = []
    for path in listing.named(".json"):
        value = listing.json(path)
        if not isinstance(value, dict):
            continue
        before = len(rows)
        for name, facts in value.items():
            if isinstance(facts, dict) and "bboxes" in facts:
                rows += _hands(name, facts, listing, path)
        if len(rows) > before:
            found.append(path)
    if not rows:
        return None
    named = [row._replace(label=_COUNTS.get(row.label, row.label)) for row in rows]
    pairs = {(row.label, new.label) for row, new in zip(rows, named) if row.label != new.label}
    read = [f"{label} as {new}" for label, new in sorted(pairs)]
    note = f"Hands were cut out by HaGRID's boxes; read {', '.join(read)}." if read else ""
    return Table(joined(found), named, strong=True, notes=[note] if note else [])


def _hands(name: str, facts: dict[str, Any], listing: Listing, path: str) -> list[Row]:
    photo = listing.find(name, path)
    boxes, labels = facts.get("bboxes"), facts.get("labels")
    if not photo or not isinstance(boxes, list) or not isinstance(labels, list):
        return []
    user = facts.get("user_id")
    side = next(
        (s for part in reversed(PurePosixPath(path).parts) if (s := hinted_side(part))), None
    )
    rows = []
    for box, label in zip(boxes, labels):
        if isinstance(label, str) and _is_box(box):
            x, y, width, height = (float(number) for number in box)
            session = str(user) if user else None
            rows.append(Row(photo, label, side, session, box=(x, y, width, height)))
    return rows


def _is_box(box: Any) -> bool:
    numbers = (
        isinstance(box, list)
        and len(box) == 4
        and all(isinstance(n, int | float) and -1 <= n <= 2 for n in box)
    )
    return bool(numbers) and box[2] > 0 and box[3] > 0
