"""The photos of a data set, label by label."""

import streamlit as st
from components.shared.photo_grid import Tile, photo_grid
from components.shared.plain import plain
from components.shared.streamlit_patch import set_by_page

from fingercount.data.dataset import Dataset
from fingercount.labels import sort_labels


def turn_to(key: str, label: str) -> None:
    """Let the gallery show a label the next time it is drawn."""
    st.session_state[f"{key}_gallery_turn_to"] = label


@st.fragment
def gallery(dataset: Dataset, key: str) -> None:
    """Show a data set's photos, label by label, with what can be done to them.

    Args:
        dataset: where the photos are; it has at least one label.
        key: the page's prefix; this viewer's selection is kept under it.
    """
    listing = dataset.listing()
    counts = listing.counts
    labels = sort_labels(counts)
    chosen = st.session_state.pop(f"{key}_gallery_turn_to", None)
    if chosen in labels:
        st.session_state[f"{key}_gallery_label"] = chosen
    elif st.session_state.get(f"{key}_gallery_label") not in labels:
        st.session_state[f"{key}_gallery_label"] = labels[0]
    label = st.pills(
        "Photos of",
        labels,
        required=True,
        format_func=lambda name: f"{plain(name)} · {counts[name]:,}",
        key=set_by_page(f"{key}_gallery_label"),
        persist_state="session",
    )
    photo_grid(
        dataset,
        [Tile(p.path, number_of(p.path)) for p in listing.photos if p.label == label],
        key,
        labels=[name for name in labels if name != label],
        shows=label,
        empty=f"No photos of {label} yet.",
    )


def number_of(path: str) -> str:
    """Return what differs from one photo to the next: "two/20260102-101500-0003.jpg" -> "0003"."""
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return name.rsplit("-", 1)[-1][-8:]
