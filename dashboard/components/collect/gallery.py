"""The photos of a data set, label by label, the newest first."""

import streamlit as st
from components.shared.photo_filter import about_photo, pick_photos
from components.shared.photo_grid import Tile, photo_grid
from components.shared.plain import plain
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.dataset import Dataset
from fingercount.data.folder_memory import Memory
from fingercount.data.snapshot import Listing, Photo
from fingercount.data.splits import natural_key
from fingercount.labels import sort_labels

_orders: Memory[list[Photo]] = Memory(32)


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
        set_widget(f"{key}_gallery_label", chosen)
    elif st.session_state.get(f"{key}_gallery_label") not in labels:
        set_widget(f"{key}_gallery_label", labels[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.pills(
            "Photos of",
            labels,
            required=True,
            format_func=lambda name: f"{plain(name)} · {counts[name]:,}",
            key=set_by_page(f"{key}_gallery_label"),
            persist_state="session",
        )
        # Asked for when it was last changed, each photo of thousands takes its time.
        photos = _orders.get((listing.root, label), listing, lambda: newest_first(listing, label))
        wanted = pick_photos(photos, key)
    left_out = len(photos) - len(wanted)
    photo_grid(
        dataset,
        [
            Tile(photo.path, number_of(photo.path), about=f"{label} · {about_photo(photo)}")
            for photo in wanted
        ],
        key,
        labels=[name for name in labels if name != label],
        shows=label,
        empty=f"No photos of {label} yet.",
    )
    if left_out:
        st.caption(f"The filter leaves out {left_out:,} of {len(photos):,}.")


def newest_first(listing: Listing, label: str) -> list[Photo]:
    """Return a label's photos in the order they came, the last one first."""

    def age(photo: Photo) -> tuple:
        try:
            time = (listing.root / photo.path).stat().st_mtime
        except OSError:  # gone by now
            time = 0
        # Whole seconds, as photos that were copied together say little by theirs; then by number.
        return int(time), natural_key(photo.path)

    return sorted((p for p in listing.photos if p.label == label), key=age, reverse=True)


def number_of(path: str) -> str:
    """Return what differs from one photo to the next: "two/20260102-101500-0003.jpg" -> "0003"."""
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return name.rsplit("-", 1)[-1][-8:]
