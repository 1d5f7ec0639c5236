"""One change to a data set's photos, as a person sees it and as the journal holds it."""

import secrets
import time
from dataclasses import dataclass

from fingercount.access import current_user
from fingercount.data.journal import Entry, Moves

FINE = "fine"  # the action of a mark


@dataclass(frozen=True)
class Edit:
    """One change that can be undone: "relabel", "delete", "import", or the mark "fine".

    time: local, ISO 8601. items: (path before, path after) of each photo, relative to the root; a
    mark does not move them. by: who did it, where that is
    known; undone_by: who undid it.
    """

    id: str
    time: str
    action: str
    items: Moves
    undone: bool = False
    by: str | None = None
    undone_by: str | None = None

    @classmethod
    def new(cls, action: str, items: Moves, edit_id: str | None = None) -> "Edit":
        """Return an edit of now, by whoever asks for it."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        return cls(edit_id or new_edit_id(), now, action, items, by=current_user().name)

    def to_entry(self) -> Entry:
        """Return the journal's plan for it."""
        by = {} if self.by is None else {"by": self.by}
        return {"id": self.id, "time": self.time, "action": self.action, **by, "items": self.items}


def new_edit_id() -> str:
    """Return an id that sorts by time."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
