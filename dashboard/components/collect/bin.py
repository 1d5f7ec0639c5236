"""The bin: how large it is, and emptying it for good."""

import streamlit as st
from components.shared.state import change_and_rerun, sticky_button

from fingercount.data.bin import bin_size, empty_bin
from fingercount.data.dataset import Dataset
from fingercount.text import plural


def show_bin(dataset: Dataset, key: str) -> None:
    """Say how much is in a data set's bin, and offer to empty it; nothing where it is empty.

    Args:
        key: the page's prefix.
    """
    size = bin_size(dataset.root)
    if not size.n:
        return
    with st.popover(
        f"Bin: {plural(size.n, 'photo')}, {size.bytes / 1e6:.1f} MB", icon=":material/delete:"
    ):
        st.caption(
            "Deleted photos are kept here, so that they can be brought back. Once the bin is "
            "emptied, they are gone for good, and so is what was worked out from them."
        )
        if sticky_button(
            "Empty the bin",
            key=f"{key}_empty_bin",
            icon=":material/delete_forever:",
            seize=lambda: dataset.root,
        ):
            change_and_rerun(lambda: empty_bin(dataset))
