"""Photos in pages, clicked to select them, with what can be done. Collect and Evaluate share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from components.shared.photo_actions import show_actions
from components.shared.photo_clicks import listen_to_clicks
from components.shared.photo_viewer import look_at, show_larger_view
from components.shared.plain import plain
from components.shared.thumbnails import show_photo
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.dataset import Dataset

PER_PAGE = 24


@dataclass(frozen=True)
class Tile:
    """One photo in the grid.

    Attributes:
        path: relative to the data set.
        words: stand beside its box.
        caption: stands below.
        about: what is known of it, said in the larger view.
    """

    path: str
    words: str
    caption: str = ""
    about: str = ""


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
    look = partial(look_at, key)
    show_actions(dataset, paths, paths[on_page], selected, key, labels=labels, fine=fine, look=look)
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
    listen_to_clicks(key, paths, selected, look)
    if pages > 1:
        # Named after what it shows, so that it starts at the right page when that changes.
        pager = f"{key}_page_{shows}_{pages}"

        def turn():
            turned[shows] = st.session_state[pager]

        st.pagination(pages, default=page, key=pager, on_change=turn)
    about = {tile.path: tile.about or tile.words for tile in tiles}
    show_larger_view(dataset, paths, about, selected, key)
    return sorted(selected)


def page_of(n: int, page: int, per_page: int = PER_PAGE) -> tuple[int, int, slice]:
    """Return (page, pages, slice of the photos on it), the page kept inside what there is."""
    pages = max(1, -(-n // per_page))
    page = min(max(page, 1), pages)
    return page, pages, slice((page - 1) * per_page, page * per_page)


def _box(tile: Tile, selected: set[str], key: str) -> None:
    box = f"{key}_pick_{tile.path}"
    wanted = tile.path in selected
    if st.session_state.get(box, False) != wanted:  # set again, the browser would undo quick clicks
        set_widget(box, wanted)

    def toggle():
        (selected.add if st.session_state[box] else selected.discard)(tile.path)

    st.checkbox(plain(tile.words), key=set_by_page(box), on_change=toggle)
