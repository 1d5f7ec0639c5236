"""Photos of a grid that are clicked themselves: to select, to select a range, to see one large."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

SCRIPT = (Path(__file__).parent / "photo_clicks.js").read_text(encoding="utf-8")
clicks = st.components.v2.component("fingercount_photo_clicks", js=SCRIPT)

# A checked box outlines the photo above it, at once. The gap shows the page, so that the outline
# stands out from a photo of any colour, and its green is seen on a light page and on a dark one.
STYLE = """
<style>
.st-key-KEY_gallery img {cursor: pointer; user-select: none; -webkit-user-drag: none;
  aspect-ratio: 1; object-fit: contain}
.st-key-KEY_gallery [data-testid=stElementToolbar] {display: none}
.st-key-KEY_gallery [data-testid=stVerticalBlock]:has(input:checked) img {
  outline: 3px solid #17a566; outline-offset: 2px}
</style>
"""


def listen_to_clicks(
    key: str, paths: Sequence[str], selected: set[str], look: Callable[[str], None]
) -> None:
    """Let the photos of a grid be clicked.

    Args:
        key: the grid's; its photos stand in a container with the key `<key>_gallery`, each in one
            with its box.
        paths: all photos of the grid, in their order.
        selected: gets those of a range, or loses them.
        look: called with the photo that is to be shown large.
    """
    name = f"{key}_clicks"

    def take_range() -> None:
        select_range(selected, paths, st.session_state[name].get("range"))

    def take_opened() -> None:
        path = st.session_state[name].get("opened")
        if path in paths:
            look(path)

    st.html(STYLE.replace("KEY", key))
    clicks(
        key=name,
        data={"key": key},
        on_range_change=take_range,
        on_opened_change=take_opened,
        width=1,
    )


def select_range(selected: set[str], paths: Sequence[str], answer: object) -> None:
    """Select the photos of a browser's range, or unselect them; nothing for nonsense.

    Args:
        selected: changed in place.
        paths: all photos, in their order.
        answer: {"from": path, "to": path, "on": whether they are to be selected}.
    """
    if not isinstance(answer, dict) or answer.get("to") not in paths:
        return
    last = paths.index(answer["to"])
    # The first may be on another page; one that is gone by now leaves the last alone.
    first = paths.index(answer["from"]) if answer.get("from") in paths else last
    found = paths[min(first, last) : max(first, last) + 1]
    (selected.update if answer.get("on") else selected.difference_update)(found)
