"""Photos of one's own stay apart from those that ship: a copy to work on, a set to record in."""

from pathlib import Path

import streamlit as st
from components.shared.plain import plain
from components.shared.state import FIRST_DATASET, change_and_rerun, sticky_button
from components.shared.widget_values import set_widget

from fingercount.data.dataset import SAMPLE
from fingercount.data.importing.importer import import_photos
from fingercount.paths import data_dir, is_shipped


def offer_copy(key: str, root: Path) -> None:
    """Offer the copy where a data set came with the installed app; nothing elsewhere.

    Args:
        key: the page's prefix.
        root: the data set's folder.
    """
    if not is_shipped(root):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The data set {plain(root.name)} ships with fingercount and cannot be changed.")
        copy = sticky_button("Make a copy", key=f"{key}_copy", icon=":material/content_copy:")
    if copy:
        # The copy is found before the one that ships.
        change_and_rerun(lambda: import_photos(root, data_dir() / root.name))


def is_for_own_photos(key: str, name: str) -> bool:
    """Return whether photos may be added; in the sample, offer a data set of one's own instead.

    Args:
        key: the page's prefix, that of the data set's picker too.
        name: of the data set.
    """
    if name != SAMPLE:
        return True

    def turn() -> None:
        st.session_state["dataset"] = FIRST_DATASET
        set_widget(f"{key}_dataset", FIRST_DATASET)

    st.info(
        "The sample is for trying things out. Photos of your own hand go into a data set of their "
        "own.",
        icon=":material/front_hand:",
    )
    st.button("Record my own hand", key=f"{key}_own", type="primary", on_click=turn)
    return False
