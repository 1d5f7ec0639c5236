"""One photo large, and by the arrow keys the one before it and the one after it."""

import io
from collections.abc import Sequence

import streamlit as st
from components.shared.access import may_change
from components.shared.plain import plain
from components.shared.state import sticky_button
from components.shared.thumbnails import stamp_of_file, within
from PIL import Image

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError

LARGEST = 1600  # pixels of the longer side: more than a laptop's screen is high
# Every photo is as high as the window lets it be, so that the buttons stay where they are.
STYLE = """
<style>
.st-key-KEY_large img {height: 58vh; width: 100%; max-width: 100%; object-fit: contain}
.st-key-KEY_large [data-testid=stElementToolbar] {display: none}
</style>
"""


def look_at(key: str, path: str) -> None:
    """Let the larger view show a photo from now on, until it is closed."""
    st.session_state[f"{key}_looked_at"] = path


def show_larger_view(
    dataset: Dataset,
    paths: Sequence[str],
    about: dict[str, str],
    selected: set[str],
    key: str,
) -> None:
    """Show the larger view over the page, where a photo was opened.

    Args:
        paths: all photos of the grid, in their order.
        about: {path: what is known of it, for a person}.
        selected: those that are selected; changed in place.
        key: the grid's.
    """
    if st.session_state.get(f"{key}_looked_at") not in paths:
        close(key)
        return

    # Kept open through reruns of the page until it is closed, and what was selected in it is then
    # shown in the grid.
    @st.dialog("Photo", width="large", on_dismiss=lambda: close(key))
    def view() -> None:
        _show(dataset, paths, about, selected, key)

    view()


def close(key: str) -> None:
    """Let the larger view be closed when the page is drawn next."""
    st.session_state.pop(f"{key}_looked_at", None)


def neighbour(paths: Sequence[str], path: str, step: int) -> str:
    """Return the photo so many steps on, which goes round at either end."""
    return paths[(paths.index(path) + step) % len(paths)]


def after_deleting(paths: Sequence[str], path: str) -> str | None:
    """Return which photo is shown when one is deleted: the next, else the last that is left."""
    place = paths.index(path)
    left = [other for other in paths if other != path]
    return left[min(place, len(left) - 1)] if left else None


def _show(
    dataset: Dataset, paths: Sequence[str], about: dict[str, str], selected: set[str], key: str
) -> None:
    path = st.session_state.get(f"{key}_looked_at")
    if path not in paths:  # pressed once more than there were photos
        st.rerun()
    st.html(STYLE.replace("KEY", key))
    with st.container(key=f"{key}_large"):
        try:
            stamp = stamp_of_file(dataset.absolute(path))
            large = _large(str(dataset.root.resolve()), path, stamp, dataset)
            st.image(large, width="stretch", alt=path)
        except (FingercountError, OSError):
            st.caption(f":material/broken_image: {plain(path)} cannot be read")
    place = f"{paths.index(path) + 1:,} of {len(paths):,}"
    st.caption(f"{place} · {plain(about.get(path) or path)}")

    def turn(step: int) -> None:
        # From where it is by now: a second press may come before the first one's photo.
        look_at(key, neighbour(paths, st.session_state.get(f"{key}_looked_at", path), step))

    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button("Previous", key=f"{key}_previous", shortcut="left", on_click=turn, args=(-1,))
        is_selected = path in selected
        st.button(
            "Selected" if is_selected else "Select",
            key=f"{key}_large_select",
            icon=f":material/{'check_box' if is_selected else 'check_box_outline_blank'}:",
            shortcut="s",
            on_click=selected.discard if is_selected else selected.add,
            args=(path,),
        )
        unwanted = may_change() and sticky_button(
            "Delete",
            key=f"{key}_large_delete",
            icon=":material/delete:",
            shortcut="delete",
            seize=lambda: path,
        )
        if unwanted in paths:
            _delete(dataset, paths, unwanted, selected, key)
        st.button("Next", key=f"{key}_next", shortcut="right", on_click=turn, args=(1,))


def _delete(
    dataset: Dataset, paths: Sequence[str], path: str, selected: set[str], key: str
) -> None:
    try:
        dataset.delete([path])
    except FingercountError as error:
        st.error(plain(error))
        return
    selected.discard(path)
    if st.session_state.get(f"{key}_looked_at") == path:
        following = after_deleting(paths, path)
        look_at(key, following) if following else close(key)
    st.rerun()  # of the whole page: the counts on it change too


@st.cache_data(max_entries=60, show_spinner=False)
def _large(root: str, path: str, stamp: tuple[int, ...], _dataset: Dataset) -> bytes:
    """Return a photo as a JPEG that fills a screen; `stamp` makes a changed file a new one."""
    buffer = io.BytesIO()
    Image.fromarray(within(_dataset.image(path), LARGEST)).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
