"""The photos of a label, a page at a time: select many, relabel, delete, undo."""

import io
from functools import partial

import streamlit as st
from PIL import Image

from components.state import lasting_button
from fingercount.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.labels import clean_label, sort_labels

PER_PAGE = 24
THUMBNAIL = 236  # pixels; shown at half that, for sharp screens
CELL = 118  # pixels; eight fit beside each other on a laptop, three on a phone


@st.cache_data(max_entries=2000, show_spinner=False)
def _thumbnail(root: str, path: str, stamp: tuple[int, int], _dataset: Dataset) -> bytes:
    """Return a small JPEG of a photo; `stamp` (size, time) makes a changed file a new one."""
    picture = Image.fromarray(_dataset.image(path))
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def show_photo(dataset: Dataset, path: str, caption: str | None = None) -> None:
    """Show one photo small; where it cannot be read, say so in its place."""
    try:
        stat = dataset.absolute(path).stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
        small = _thumbnail(str(dataset.root.resolve()), path, stamp, dataset)
    except (FingercountError, OSError):
        st.caption(f":material/broken_image: {path} cannot be read")
    else:
        st.image(small, caption=caption, width="stretch", alt=path)


def page_of(n: int, page: int, per_page: int = PER_PAGE) -> tuple[int, int, slice]:
    """Return (page, pages, slice of the photos on it), the page kept inside what there is."""
    pages = max(1, -(-n // per_page))
    page = min(max(page, 1), pages)
    return page, pages, slice((page - 1) * per_page, page * per_page)


def describe(action: str, n: int) -> str:
    """Return what undoing does, for a button: "Undo delete (3)"."""
    return f"Undo {action} ({n:,})"


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
    counts = dataset.counts()
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
        format_func=lambda name: f"{name} · {counts[name]:,}",
        key=f"{key}_gallery_label",
        persist_state="session",
    )

    photos = [photo.path for photo in dataset.photos(label=label)]
    selected: set[str] = st.session_state.setdefault(f"{key}_selected", set())
    selected &= set(photos)
    turned = st.session_state.setdefault(f"{key}_gallery_pages", {})
    page, pages, on_page = page_of(len(photos), turned.get(label, 1))
    _actions(dataset, label, photos, photos[on_page], selected, key)
    if not photos:
        st.caption(f"No photos of {label} yet.")
        return
    with st.container(horizontal=True, gap="small", key=f"{key}_gallery"):
        for path in photos[on_page]:
            with st.container(width=CELL, gap="xsmall"):
                show_photo(dataset, path)
                _checkbox(path, selected, key)
    if pages > 1:
        # Named after what it shows, so that it starts at the right page when that changes.
        pager = f"{key}_gallery_page_{label}_{pages}"

        def turn():
            turned[label] = st.session_state[pager]

        st.pagination(pages, default=page, key=pager, on_change=turn)


def _actions(dataset, label, photos, on_page, selected: set[str], key: str) -> None:
    """Show what can be done with the selection, and undo."""
    change = None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Select page",
            key=f"{key}_select_page",
            icon=":material/select_all:",
            on_click=selected.update,
            args=(on_page,),
        )
        st.button(
            f"Select all {len(photos):,}",
            key=f"{key}_select_all",
            on_click=selected.update,
            args=(photos,),
        )
        st.button("Clear", key=f"{key}_select_none", disabled=not selected, on_click=selected.clear)
        with st.popover("Relabel", icon=":material/label:", disabled=not selected):
            others = [name for name in sort_labels(dataset.labels) if name != label]
            target = st.selectbox(
                "New label", others, index=None, accept_new_options=True, key=f"{key}_relabel_to"
            )
            if lasting_button(
                f"Relabel {len(selected):,}", key=f"{key}_relabel", disabled=not target
            ):
                change = partial(_relabel, dataset, sorted(selected), target)
        if lasting_button(
            f"Delete {len(selected):,}" if selected else "Delete",
            key=f"{key}_delete",
            icon=":material/delete:",
            disabled=not selected,
        ):
            change = partial(dataset.delete, sorted(selected))
        newest = next((edit for edit in dataset.edits() if not edit.undone), None)
        if newest and lasting_button(
            describe(newest.action, len(newest.items)),
            key=f"{key}_undo",
            icon=":material/undo:",
            help="Takes the newest change back; pressed again, the one before.",
        ):
            change = partial(dataset.undo, newest.id)
    if change:
        try:
            change()
        except FingercountError as error:
            st.error(str(error))
        else:
            selected.clear()
            st.rerun()  # of the whole page: the counts on it change too


def _relabel(dataset: Dataset, paths: list[str], label: str) -> None:
    dataset.relabel(paths, clean_label(label))


def _checkbox(path: str, selected: set[str], key: str) -> None:
    box = f"{key}_pick_{path}"
    st.session_state[box] = path in selected

    def toggle():
        (selected.add if st.session_state[box] else selected.discard)(path)

    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    st.checkbox(name.rsplit("-", 1)[-1][-8:], key=box, on_change=toggle)
