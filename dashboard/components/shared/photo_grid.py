"""Photos in pages: select many, relabel, delete, undo. Collect and Evaluate share it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from components.shared.plain import plain
from components.shared.state import sticky_button
from components.shared.streamlit_patch import set_by_page
from components.shared.thumbnails import stamp_of_file, within
from PIL import Image, ImageDraw

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.labels import clean_label, sort_labels

PER_PAGE = 24
THUMBNAIL = 236  # pixels; shown at half that, for sharp screens
FRAME = (128, 140, 133)


@dataclass(frozen=True)
class Tile:
    """One photo in the grid.

    Attributes:
        path: relative to the data set.
        words: stand beside its box.
        caption: stands below.
    """

    path: str
    words: str
    caption: str = ""


def photo_grid(
    dataset: Dataset,
    tiles: Sequence[Tile],
    key: str,
    *,
    labels: Sequence[str],
    shows: str = "",
    empty: str = "There are no such photos.",
    cell: int = 118,
    fine: bool = False,
) -> list[str]:
    """Show photos in pages, with a box to select each and what can be done to them.

    Args:
        tiles: the photos, in the order they are to stand.
        key: prefix of the widgets' keys; this viewer's selection is kept under it.
        labels: what a photo may be relabelled to, apart from a typed one.
        shows: what the grid shows; each of these has a page of its own that it is turned to.
        empty: said where there is no photo.
        cell: width of a photo in pixels; eight of 118 fit beside each other on a laptop, three on
            a phone.
        fine: whether photos can be marked as labelled rightly.

    Returns:
        The paths of the selected photos.
    """
    paths = [tile.path for tile in tiles]
    selected: set[str] = st.session_state.setdefault(f"{key}_selected", set())
    selected &= set(paths)
    turned = st.session_state.setdefault(f"{key}_pages", {})
    page, pages, on_page = page_of(len(paths), turned.get(shows, 1))
    _actions(dataset, paths, paths[on_page], selected, labels, key, fine)
    if not paths:
        st.caption(plain(empty))
        return []
    with st.container(horizontal=True, gap="small", key=f"{key}_gallery"):
        for tile in tiles[on_page]:
            with st.container(width=cell, gap="xsmall"):
                show_photo(dataset, tile.path)
                _box(tile, selected, key)
                if tile.caption:
                    st.caption(plain(tile.caption))
    if pages > 1:
        # Named after what it shows, so that it starts at the right page when that changes.
        pager = f"{key}_page_{shows}_{pages}"

        def turn():
            turned[shows] = st.session_state[pager]

        st.pagination(pages, default=page, key=pager, on_change=turn)
    return sorted(selected)


def page_of(n: int, page: int, per_page: int = PER_PAGE) -> tuple[int, int, slice]:
    """Return (page, pages, slice of the photos on it), the page kept inside what there is."""
    pages = max(1, -(-n // per_page))
    page = min(max(page, 1), pages)
    return page, pages, slice((page - 1) * per_page, page * per_page)


def describe(action: str, n: int) -> str:
    """Return what undoing does, for a button: "Undo delete (3)"."""
    return f"Undo {action} ({n:,})"


def show_photo(dataset: Dataset, path: str) -> None:
    """Show one photo small; where it cannot be read, say so in its place."""
    try:
        stamp = stamp_of_file(dataset.absolute(path))
        small = _thumbnail(str(dataset.root.resolve()), path, stamp, dataset)
    except (FingercountError, OSError):
        st.caption(f":material/broken_image: {plain(path)} cannot be read")
    else:
        st.image(small, width="stretch", alt=path)


@st.cache_data(max_entries=2000, show_spinner=False)
def _thumbnail(root: str, path: str, stamp: tuple[int, int], _dataset: Dataset) -> bytes:
    """Return a small JPEG of a photo; `stamp` (size, time) makes a changed file a new one."""
    picture = Image.fromarray(within(_dataset.image(path), THUMBNAIL))
    # Seen on a light page and on a dark one: a white photo on white has no edge of its own.
    frame = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(picture).rectangle(frame, outline=FRAME)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _box(tile: Tile, selected: set[str], key: str) -> None:
    box = f"{key}_pick_{tile.path}"
    wanted = tile.path in selected
    if st.session_state.get(box) != wanted:  # set again, the browser would undo quick clicks
        st.session_state[box] = wanted

    def toggle():
        (selected.add if st.session_state[box] else selected.discard)(tile.path)

    st.checkbox(plain(tile.words), key=set_by_page(box), on_change=toggle)


def _actions(dataset, paths, on_page, selected: set[str], labels, key: str, fine: bool) -> None:
    """Show what can be done with the selection, and undo."""
    trouble = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        act = partial(_act, selected, trouble)
        if paths:
            _change(dataset, paths, on_page, selected, labels, key, act)
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


def _change(dataset, paths, on_page, selected: set[str], labels, key: str, act) -> None:
    """Show the buttons that select, relabel and delete."""
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
        on_click=selected.update,
        args=(paths,),
    )
    st.button("Clear", key=f"{key}_select_none", disabled=not selected, on_click=selected.clear)
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
