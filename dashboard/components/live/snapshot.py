"""A snapshot from the live picture: classified and shown; it waits in the review tray."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from components.camera.camera import Camera
from components.camera.session import names
from components.live.answer import show_reading
from components.shared.access import may_change
from components.shared.plain import plain
from components.shared.state import session_object, sticky_button

from fingercount.data.review_queue import Tray
from fingercount.errors import FingercountError
from fingercount.live.live_view import LiveView
from fingercount.live.recognizer import STILL, Reading, Recognizer


@dataclass(frozen=True)
class Snapshot:
    """One crop and what the model said of it."""

    crop: np.ndarray
    reading: Reading


def suggested_label(reading: Reading) -> str:
    """Return the label a snapshot probably belongs under: the answer, else the likeliest class."""
    if reading.answer in reading.probabilities:
        return reading.answer
    return max(reading.probabilities, key=lambda label: reading.probabilities[label])


def snapshot(key: str, model, view: LiveView, camera: Camera) -> None:
    """Show the snapshot button, and the last snapshot with its probabilities.

    Args:
        key: the page's prefix.
        model: classifies the snapshot, as one photo, without the smoothing of the stream.
        view, camera: where the snapshot comes from; a single photo where video cannot connect.
    """
    memory = f"{key}_snapshot"
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
        help="Classifies what is in the square now. It waits in the tray, to become a photo.",
    )
    if can_take and crop is not None:
        reading = Recognizer(model, STILL).read(crop)
        st.session_state[memory] = Snapshot(crop, reading)
        if may_change():
            _to_tray(key, crop, reading, model.name)
    if shown := st.session_state.get(memory):
        _card(key, shown)


def _to_tray(key: str, crop: np.ndarray, reading: Reading, model: str) -> None:
    session = session_object(f"{key}_tray_session", names().new)
    try:
        Tray().add(
            crop,
            suggested_label(reading),
            answer=reading.answer,
            confidence=reading.confidence,
            model=model,
            session=session,
        )
    except FingercountError as error:
        st.error(plain(error))


def _card(key: str, shown: Snapshot) -> None:
    with st.container(border=True, key=f"{key}_snapshot_card"):
        picture, answer = st.columns([2, 3])
        picture.image(shown.crop, width="stretch", alt="The snapshot")
        with answer:
            show_reading(shown.reading, list(shown.reading.probabilities))
        if may_change():
            st.caption("It waits in the review tray below.")
        st.button("Close", key=f"{key}_snapshot_close", on_click=_forget, args=(key,))


def _forget(key: str) -> None:
    st.session_state[f"{key}_snapshot"] = None
