"""A copy of a data set that ships, to work on: the shipped one stays as it is."""

from pathlib import Path

import streamlit as st
from components.shared.plain import plain
from components.shared.state import sticky_button

from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
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
        try:
            import_photos(root, data_dir() / root.name)
        except FingercountError as error:
            st.error(plain(error))
        else:
            st.rerun()  # the copy is found before the one that ships
