"""Photos with what a model says of them: select many, relabel, delete, undo."""

from collections.abc import Sequence

import streamlit as st

from components.gallery import describe, page_of, show_photo
from fingercount.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.evaluation import Item
from fingercount.labels import clean_label, sort_labels

CELL = 150  # pixels; wide enough for two lines of probabilities


def caption(item: Item, classes: Sequence[str], most: int = 3) -> str:
    """Return the largest probabilities of a photo: "two 61 % · one 30 %"."""
    ranked = sorted(zip(item.probabilities, classes), reverse=True)[:most]
    return " · ".join(f"{label} {p:.0%}" for p, label in ranked if p >= 0.005)


def photo_grid(dataset: Dataset, items: Sequence[Item], classes: Sequence[str], key: str) -> None:
    """Show evaluated photos in pages, with a box to select each and what can be done to them.

    Args:
        items: the photos, in the order they are to stand.
        classes: the model's classes, in the order of the items' probabilities.
        key: prefix of the widgets' keys; this viewer's selection is kept under it.
    """
    selected: set[str] = st.session_state.setdefault(f"{key}_selected", set())
    selected &= {item.path for item in items}
    if not items:
        st.caption("None of these photos.")
        _undo(dataset, selected, key)
        return
    _actions(dataset, items, selected, key)
    page, pages, shown = page_of(len(items), st.session_state.get(f"{key}_page", 1))
    st.session_state[f"{key}_page"] = page
    with st.container(horizontal=True, gap="small", key=f"{key}_grid"):
        for item in items[shown]:
            with st.container(width=CELL, gap="xsmall"):
                show_photo(dataset, item.path)
                _box(item, selected, key)
                st.caption(caption(item, classes))
    if pages > 1:
        st.pagination(pages, key=f"{key}_page")


def _box(item: Item, selected: set[str], key: str) -> None:
    box = f"{key}_pick_{item.path}"
    st.session_state[box] = item.path in selected

    def toggle():
        (selected.add if st.session_state[box] else selected.discard)(item.path)

    words = item.actual if item.right else f"{item.actual}, called {item.predicted}"
    st.checkbox(words, key=box, on_change=toggle)


def _actions(dataset: Dataset, items: Sequence[Item], selected: set[str], key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Select all {len(items):,}", key=f"{key}_all", disabled=not items):
            selected |= {item.path for item in items}
        with st.popover("Relabel", icon=":material/label:", disabled=not selected):
            target = st.selectbox(
                "New label",
                sort_labels(dataset.labels),
                index=None,
                accept_new_options=True,
                key=f"{key}_to",
            )
            if st.button(f"Relabel {len(selected):,}", key=f"{key}_relabel", disabled=not target):
                _edit(lambda: dataset.relabel(sorted(selected), clean_label(target)), selected)
        if st.button(
            f"Delete {len(selected):,}" if selected else "Delete",
            key=f"{key}_delete",
            icon=":material/delete:",
            disabled=not selected,
        ):
            _edit(lambda: dataset.delete(sorted(selected)), selected)
        _undo(dataset, selected, key)


def _undo(dataset: Dataset, selected: set[str], key: str) -> None:
    newest = next((edit for edit in dataset.edits() if not edit.undone), None)
    if newest and st.button(
        describe(newest.action, len(newest.items)), key=f"{key}_undo", icon=":material/undo:"
    ):
        _edit(lambda: dataset.undo(newest.id), selected)


def _edit(change, selected: set[str]) -> None:
    try:
        change()
    except FingercountError as error:
        st.error(str(error))
        return
    selected.clear()
    st.rerun()
