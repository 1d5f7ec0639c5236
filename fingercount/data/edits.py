"""Move photos so that nothing is lost: a journal written before each step, a bin, and undo.

An edit is a list of moves inside one data set. The plan is in edits.jsonl before the first
file moves, so the next edit repairs a crash at any point (merely looking at a data set changes
nothing), and any edit can be undone later. The caller holds the data set's lock.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from fingercount.data.edit import FINE, Edit, new_edit_id
from fingercount.data.journal import Entry, Journal, Moves, pairs
from fingercount.data.metadata import BIN, Record
from fingercount.data.moves import drop_emptied, move_files, remove_empty, sync_moves
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.own_files import own_path


class Unfinished(NamedTuple):
    """finish: edits that the next one finishes. refused: those that would leave the data set."""

    finish: int
    refused: int


class Edits:
    """The edits of one data set's folder."""

    def __init__(self, root: Path, record: Record):
        self.root = Path(root)
        self.record = record
        self._journal = Journal(self.root / "edits.jsonl")

    def all(self) -> list[Edit]:
        """Return what was done, newest first."""
        entries = self._journal.entries()
        undone = {e.get("of"): e.get("by") for e in entries.values() if e["action"] == "undo"}
        edits = [
            Edit(
                e["id"],
                e["time"],
                e["action"],
                pairs(e),
                e["id"] in undone,
                e.get("by"),
                undone.get(e["id"]),
            )
            for e in entries.values()
            if e["action"] != "undo"
        ]
        return edits[::-1]

    def run(self, action: str, moves: Moves, news: Mapping[str, Any] | None = None) -> Edit:
        """Do an edit: write down the plan, move the files, update the record, mark it as done.

        Args:
            action: what it is called.
            moves: (from, to) pairs; the targets are free.
            news: what an import adds to the record.

        Raises:
            FingercountError: if a write fails; all files are then back where they were.
        """
        edit = Edit.new(action, tuple(moves))
        self.record.refresh()
        before = {"people_were_unknown": self.record.people_unknown}
        self._do({**edit.to_entry(), "record": dict(news or {}), **before})
        return edit

    def delete(self, paths: Iterable[str]) -> Edit:
        """Move photos to the bin."""
        edit_id = new_edit_id()
        return self.run("delete", tuple((path, f"{BIN}/{edit_id}/{path}") for path in paths))

    def mark(self, marks: Mapping[str, str]) -> Edit:
        """Remember that a person has looked at photos and found their labels right.

        Args:
            marks: {path: content hash}; a mark is for this content under this label, not for
                another photo in its place, or the same photo under another label.
        """
        items = tuple((path, path) for path in marks)
        edit = Edit.new(FINE, items)
        # One line, and nothing to move: it is done as soon as it is written.
        self._journal.append({**edit.to_entry(), "contents": list(marks.values())})
        self._journal.append({"id": edit.id, "state": "done"})
        return edit

    def marked(self) -> set[tuple[str, str]]:
        """Return (folder, content hash) of every mark that is not undone."""
        standing = {edit.id for edit in self.all() if edit.action == FINE and not edit.undone}
        return {
            (path.rpartition("/")[0], content)
            for entry in self._journal.entries().values()
            if entry["id"] in standing
            for (path, _), content in zip(pairs(entry), entry.get("contents", []))
        }

    def undo(self, edit_id: str | None, free_path: Callable[[str], str]) -> Edit:
        """Undo an edit; without an id, the newest that is not undone yet.

        Args:
            edit_id: which.
            free_path: gives a free path for one that may be taken by now.
        """
        edit = self._standing(edit_id)
        if edit.action == FINE:
            self._do({**Edit.new("undo", ()).to_entry(), "of": edit.id, "record": {}})
            return replace(edit, undone=True)
        later = self._later_than(edit)
        here = [
            (before, after) for before, after in edit.items if os.path.lexists(self.root / after)
        ]
        moved_on = [after for _, after in edit.items if after in later]
        if moved_on:
            raise FingercountError(
                f"{moved_on[0]} was changed again later ({later[moved_on[0]]}); undo that first."
            )
        if not here:
            raise FingercountError(
                f"The photos of this {edit.action} are no longer there ({edit.items[0][1]}); "
                "there is nothing to bring back."
            )
        undo_id = new_edit_id()
        moves = []
        for before, after in here:
            if edit.action == "import":
                moves.append((after, f"{BIN}/{undo_id}/{after}"))
            else:
                moves.append((after, free_path(before)))
        undo = Edit.new("undo", tuple(moves), undo_id)
        self._do({**undo.to_entry(), "of": edit.id, "record": {}})
        drop_emptied(self.root, (after for _, after in here))
        if edit.action == "import":
            self._forget_unknown_people()
        return replace(edit, undone=True)

    def unfinished(self) -> Unfinished:
        """Return how many edits a crash left half done."""
        plans = [entry for entry in self._journal.entries().values() if not entry["done"]]
        finish = len(self._to_finish())
        return Unfinished(finish, len(plans) - finish)

    def awaits(self, folder: str) -> bool:
        """Return whether an edit that was interrupted still has to take files out of a folder."""
        return any(
            before.startswith(f"{folder}/")
            for entry in self._to_finish()
            for before, _ in pairs(entry)
        )

    def mend(self) -> None:
        """Finish what a crash interrupted."""
        for entry in self._to_finish():
            try:
                move_files(self.root, pairs(entry))
                sync_moves(self.root, pairs(entry))
                self._tell_record(entry)
                self._journal.append({"id": entry["id"], "state": "done"})
            except (OSError, FingercountError) as error:
                raise FingercountError(
                    f"A change of {self.root.name} was interrupted earlier and cannot be finished "
                    f"yet ({getattr(error, 'strerror', None) or error}). No photo is lost. Free "
                    "some space or check the folder's permissions, then try again."
                ) from error

    def _to_finish(self) -> list[Entry]:
        """Return the plans that are not done, without those that would reach outside the data set.

        No edit of ours makes such a plan, so its data set comes from somebody else.
        """
        plans = [entry for entry in self._journal.entries().values() if not entry["done"]]
        return [entry for entry in plans if self._stays_inside(pairs(entry))]

    def _stays_inside(self, moves: Moves) -> bool:
        try:
            self._check_places(moves)
        except FingercountError:
            return False
        return True

    def _check_places(self, moves: Moves) -> None:
        """Refuse moves out of or into folders that are links: they may lead anywhere."""
        for folder in {path.rpartition("/")[0] for pair in moves for path in pair}:
            own_path(self.root, folder)

    def _standing(self, edit_id: str | None) -> Edit:
        edits = self.all()
        if edit_id is None:
            standing = [edit for edit in edits if not edit.undone]
            if not standing:
                raise FingercountError(f"There is nothing to undo in {self.root.name}.")
            return standing[0]
        for edit in edits:
            if edit.id == edit_id:
                if edit.undone:
                    raise FingercountError("This change has been undone already.")
                return edit
        raise FingercountError(f"There is no change {edit_id!r} in {self.root.name}.")

    def _later_than(self, edit: Edit) -> dict[str, str]:
        """Return {path: action} of photos that later edits, not undone yet, moved away."""
        later: dict[str, str] = {}
        for other in self.all():
            if other.id == edit.id:
                break
            if not other.undone and other.action != FINE:
                later |= {before: other.action for before, _ in other.items}
        return later

    def _do(self, entry: Entry) -> None:
        moves = pairs(entry)
        self._check_places(moves)
        made = [
            folder
            for folder in sorted({(self.root / after).parent for _, after in moves})
            if not folder.exists()
        ]
        try:
            with advice_on_write_errors(self.root):
                # Folders first: once the plan is written, only renames are left to do.
                for folder in made:
                    folder.mkdir(parents=True, exist_ok=True)
            self._journal.append(entry)
        except BaseException:
            remove_empty(made)
            raise
        try:
            with advice_on_write_errors(self.root):
                move_files(self.root, moves)
            for before, after in moves:
                if os.path.lexists(self.root / before):
                    raise FingercountError(
                        f"{after} in {self.root.name} is taken by another photo; nothing was "
                        "changed. Try again."
                    )
            sync_moves(self.root, moves)
            self._tell_record(entry)
        except BaseException as error:
            if self._take_back(entry):
                remove_empty(made)
            elif isinstance(error, Exception):
                raise FingercountError(
                    f"A change of {self.root.name} stopped half-way ({error.__cause__ or error}). "
                    "No photo is lost, and the next change finishes it. Free some space or check "
                    "the folder's permissions."
                ) from error
            raise
        with contextlib.suppress(FingercountError):  # all is done; the next edit marks it so
            self._journal.append({"id": entry["id"], "state": "done"})

    def _take_back(self, entry: Entry) -> bool:
        """Move files back, and return whether all is as before.

        If even this fails, the next edit completes this one: nothing is lost either way.
        """
        try:
            move_files(self.root, ((after, before) for before, after in pairs(entry)))
            self.record.forget()
            self._journal.withdraw(entry)
        except (OSError, FingercountError):
            return False
        return True

    def _tell_record(self, entry: Entry) -> None:
        self.record.refresh()
        followed = self.record.follow(pairs(entry))
        merged = self.record.merge(entry.get("record", {}))
        if followed or merged:
            self.record.save()

    def _forget_unknown_people(self) -> None:
        """After an import was undone: people are as known as without it."""
        undone = {edit.id for edit in self.all() if edit.undone}
        imports = [
            entry
            for entry in self._journal.entries().values()
            if entry["action"] == "import" and entry.get("record", {}).get("people_unknown")
        ]
        if not imports or imports[0].get("people_were_unknown", True):
            return
        if all(entry["id"] in undone for entry in imports) and self.record.people_unknown:
            self.record.people_unknown = False
            self.record.save()
