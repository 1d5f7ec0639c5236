"""The changes to a data set, each of which can be undone."""

from functools import partial

import streamlit as st
from components.shared.access import may_change
from components.shared.plain import plain
from components.shared.state import change_and_rerun, sticky_button

from fingercount.data.dataset import Dataset
from fingercount.data.edit import Edit
from fingercount.text import plural

SHOWN = 20


def show_changes(dataset: Dataset) -> None:
    """Show the changes, newest first, with a button that undoes just that one."""
    edits = dataset.edits()
    if not edits:
        st.caption("No changes yet.")
        return
    for edit in edits[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{plain(edit.time[:16].replace('T', ' '))} · {plain(by(describe(edit), edit.by))}"
            )
            if edit.undone:
                st.caption(plain(by("undone", edit.undone_by)))
            elif may_change() and sticky_button(
                "Undo", key=f"evaluate_undo_{edit.id}", icon=":material/undo:"
            ):
                change_and_rerun(partial(dataset.undo, edit.id))
    if len(edits) > SHOWN:
        st.caption(
            f"{len(edits) - SHOWN:,} older changes are in {plain(dataset.name)}/edits.jsonl."
        )


def by(words: str, name: str | None) -> str:
    """Return what was done with who did it, where that is known."""
    return f"{words}, by {name}" if name else words


def describe(edit: Edit) -> str:
    """Return a change in words: "relabelled 3 photos, one to two"."""
    photos = plural(len(edit.items), "photo")
    if edit.action == "relabel":
        before = sorted({path.split("/")[-2] for path, _ in edit.items})
        after = sorted({path.split("/")[-2] for _, path in edit.items})
        return f"relabelled {photos}, {', '.join(before)} to {', '.join(after)}"
    words = {"delete": "deleted", "import": "imported", "fine": "marked as fine:"}
    return f"{words.get(edit.action, edit.action)} {photos}"
