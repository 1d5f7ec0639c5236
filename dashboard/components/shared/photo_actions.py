"""What can be done with selected photos: select more, look, relabel, delete, undo."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from components.shared.access import may_change
from components.shared.plain import plain
from components.shared.state import sticky_button

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.labels import clean_label, sort_labels


def show_actions(
    dataset: Dataset,
    paths: Sequence[str],
    on_page: Sequence[str],
    selected: set[str],
    key: str,
    *,
    labels: Sequence[str],
    fine: bool,
    look: Callable[[str], None],
) -> None:
    """Show the buttons above a grid of photos.

    Args:
        paths, on_page: all photos of the grid, and those on this page of it.
        selected: what is done is done to these; changed in place.
        key: prefix of the widgets' keys.
        labels: what a photo may be relabelled to, apart from a typed one.
        fine: whether photos can be marked as labelled rightly.
        look: called with the photo to be shown large.
    """
    trouble = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        act = partial(_act, selected, trouble)
        if paths:
            _select(paths, on_page, selected, key, look)
        if not may_change():
            return
        if paths:
            _change(dataset, selected, labels, key, act)
            if fine and _asked(
                "This is fine",
                key=f"{key}_fine",
                icon=":material/check:",
                disabled=not selected,
                help="Remembers that you checked these labels and they are right. The photos are "
                "not suspected again.",
                about=dataset.root,
            ):
                act(partial(dataset.mark_fine, sorted(selected)))
        newest = next((edit for edit in dataset.edits() if not edit.undone), None)
        if newest and _asked(
            plain(describe(newest.action, len(newest.items))),
            key=f"{key}_undo",
            icon=":material/undo:",
            help="Undoes the newest change. Press again for the one before.",
            about=(dataset.root, newest.id),
        ):
            act(partial(dataset.undo, newest.id))


def describe(action: str, n: int) -> str:
    """Return what undoing does, for a button: "Undo delete (3)"."""
    return f"Undo {action} ({n:,})"


def toggle_all(selected: set[str], paths: Sequence[str]) -> None:
    """Select all photos; where all are selected, none."""
    if selected.issuperset(paths):
        selected.clear()
    else:
        selected.update(paths)


def _select(paths, on_page, selected: set[str], key: str, look) -> None:
    """Show the buttons that select, and the one that shows a photo large."""
    st.button(
        "Select page",
        key=f"{key}_select_page",
        icon=":material/select_all:",
        on_click=selected.update,
        args=(on_page,),
    )
    st.button(
        f"Select all {len(paths):,}",
        key=f"{key}_select_all",
        shortcut="a",
        help="Press it again for none. A click on a photo selects it; with Shift, all from the one "
        "before to it.",
        on_click=toggle_all,
        args=(selected, paths),
    )
    st.button("Clear", key=f"{key}_select_none", disabled=not selected, on_click=selected.clear)
    st.button(
        "Look",
        key=f"{key}_look",
        icon=":material/zoom_in:",
        shortcut="v",
        help="Shows the first selected photo large, or the first of the page; the arrow keys show "
        "the others. So does a double click on a photo.",
        on_click=look,
        args=(next((path for path in paths if path in selected), on_page[0]),),
    )


def _asked(label: str, *, about, **options) -> bool:
    """Show a button; return whether it was pressed, and about just this."""
    return sticky_button(label, seize=lambda: about, **options) == about


def _act(selected: set[str], trouble, change) -> None:
    """Change the photos at once: what is drawn in between could be interrupted."""
    try:
        change()
    except FingercountError as error:
        trouble.error(plain(error))
    else:
        selected.clear()
        st.rerun()  # of the whole page: the counts on it change too


def _change(dataset, selected: set[str], labels, key: str, act) -> None:
    """Show the buttons that relabel and delete."""
    with st.popover("Relabel", icon=":material/label:", disabled=not selected):
        target = st.selectbox(
            "New label",
            sort_labels(labels),
            index=None,
            accept_new_options=True,
            key=f"{key}_relabel_to",
        )
        if _asked(
            f"Relabel {len(selected):,}",
            key=f"{key}_relabel",
            disabled=not target,
            about=dataset.root,
        ):
            act(partial(_relabel, dataset, sorted(selected), target))
    if _asked(
        f"Delete {len(selected):,}" if selected else "Delete",
        key=f"{key}_delete",
        icon=":material/delete:",
        disabled=not selected,
        about=dataset.root,
    ):
        act(partial(dataset.delete, sorted(selected)))


def _relabel(dataset: Dataset, paths: list[str], label: str) -> None:
    dataset.relabel(paths, clean_label(label))
