"""A snapshot from the live picture: classified, shown, and kept under the right label."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from components.camera.camera import Camera
from components.camera.session import current_session
from components.live.answer import show_reading
from components.shared.access import may_change
from components.shared.plain import plain
from components.shared.state import pick_dataset, pick_label, sticky_button
from components.shared.streamlit_patch import set_by_page

from fingercount.data.dataset import Dataset, dataset_folder
from fingercount.errors import FingercountError
from fingercount.live.live_view import LiveView
from fingercount.live.recognizer import STILL, Reading, Recognizer


@dataclass(frozen=True)
class Snapshot:
    """One crop and what the model said of it."""

    crop: np.ndarray
    reading: Reading
    model: str


def suggested_label(reading: Reading) -> str | None:
    """Return the label a snapshot probably belongs under: the answer, where it is a class."""
    return reading.answer if reading.answer in reading.probabilities else None


def snapshot(key: str, model, view: LiveView, camera: Camera) -> None:
    """Show the snapshot button, and the last snapshot with what can be done with it.

    Args:
        key: the page's prefix.
        model: classifies the snapshot, as one photo, without the smoothing of the stream.
        view, camera: where the snapshot comes from; a single photo where video cannot connect.
    """
    memory, kept = f"{key}_snapshot", f"{key}_kept"
    can_take = camera.on or camera.photo is not None

    def current() -> np.ndarray | None:
        return view.crop if camera.photo is None else view.square.crop(camera.photo)

    crop = sticky_button(
        "Snapshot",
        key=f"{key}_snap",
        icon=":material/photo_camera:",
        shortcut="y",
        seize=current,
        disabled=not can_take,
        help="Classifies what is in the square now."
        + (" You can keep it as a photo." if may_change() else ""),
    )
    if can_take and crop is not None:
        reading = Recognizer(model, STILL).read(crop)
        st.session_state[memory] = Snapshot(crop, reading, model.name)
        st.session_state[f"{key}_label"] = suggested_label(reading)
        st.session_state[kept] = None
    if words := st.session_state.get(kept):
        st.caption(f":material/check: {plain(words)}")
    if shown := st.session_state.get(memory):
        words = _card(key, shown)
        if words is not None:
            st.session_state[memory], st.session_state[kept] = None, words
            st.rerun()


def _card(key: str, shown: Snapshot) -> str | None:
    """Show a snapshot with its probabilities.

    Returns:
        None while nothing is decided; else what to say: where it was kept, "" if discarded.
    """
    with st.container(border=True, key=f"{key}_snapshot_card"):
        picture, answer = st.columns([2, 3])
        picture.image(shown.crop, width="stretch", alt="The snapshot")
        with answer:
            show_reading(shown.reading, list(shown.reading.probabilities))
        if not may_change():
            return "" if sticky_button("Discard", key=f"{key}_discard") else None
        name = pick_dataset(f"{key}_dataset", new=True)
        label = pick_label(set_by_page(f"{key}_label"), list(shown.reading.probabilities))
        with st.container(horizontal=True):
            keep = sticky_button(
                "Keep",
                key=f"{key}_keep",
                type="primary",
                icon=":material/save:",
                disabled=not label,
            )
            discard = sticky_button("Discard", key=f"{key}_discard")
        if discard:
            return ""
        if keep and label:
            try:
                dataset = Dataset.create(dataset_folder(name))
                dataset.add(shown.crop, label, current_session(key, name, "").session)
            except FingercountError as error:
                st.error(plain(error))
            else:
                return f"Kept as {label} in {name}."
    return None
