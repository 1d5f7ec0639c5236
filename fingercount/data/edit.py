"""One change to a data set's photos, as a person sees it and as the journal holds it."""

import secrets
import time
from dataclasses import dataclass

from fingercount.data.journal import Entry, Moves

FINE = "fine"  # the action of a mark


@dataclass(frozen=True)
class Edit:
    """One change that can be undone: "relabel", "delete", "import", or the mark "fine".

    time: local, ISO 8601. items: (path before, path after) of each photo, relative to the root; a
    mark does not move them.
    """

    id: str
    time: str
    action: str
    items: Moves
    undone: bool = False

    @classmethod
    def new(cls, action: str, items: Moves, edit_id: str | None = None) -> "Edit":
        """Return an edit of now."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        return cls(edit_id or new_edit_id(), now, action, items)

    def to_entry(self) -> Entry:
        """Return the journal's plan for it."""
        return {"id": self.id, "time": self.time, "action": self.action, "items": self.items}


def new_edit_id() -> str:
    """Return an id that sorts by time."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
