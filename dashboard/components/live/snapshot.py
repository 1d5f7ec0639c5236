"""A snapshot of the live picture, a photo of each square: classified; it waits in the tray."""

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
    """Show the snapshot button, and the last snapshot with its probabilities, one a square.

    Args:
        key: the page's prefix.
        model: classifies the snapshot, as one photo, without the smoothing of the stream.
        view, camera: where the snapshot comes from; a single photo where video cannot connect.
    """
    memory = f"{key}_snapshot"
    can_take = camera.on or camera.photo is not None

    def current() -> tuple[np.ndarray, ...]:
        if camera.photo is None:
            return view.crops
        return tuple(square.crop(camera.photo) for square in view.squares(camera.photo))

    crops = sticky_button(
        "Snapshot",
        key=f"{key}_snap",
        icon=":material/photo_camera:",
        shortcut="y",
        seize=current,
        disabled=not can_take,
        help="Classifies what is in the square now, or in both. It waits in the tray, to become a "
        "photo.",
    )
    if can_take and crops:
        taken = [Snapshot(crop, Recognizer(model, STILL).read(crop)) for crop in crops]
        st.session_state[memory] = taken
        if may_change():
            for one in taken:
                _to_tray(key, one.crop, one.reading, model.name)
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


def _card(key: str, shown: list[Snapshot]) -> None:
    with st.container(border=True, key=f"{key}_snapshot_card"):
        for one in shown:
            picture, answer = st.columns([2, 3])
            picture.image(one.crop, width="stretch", alt="The snapshot")
            with answer:
                show_reading(one.reading, list(one.reading.probabilities))
        if may_change():
            waits = "It waits" if len(shown) == 1 else "Both photos wait"
            st.caption(f"{waits} in the review tray below.")
        st.button("Close", key=f"{key}_snapshot_close", on_click=_forget, args=(key,))


def _forget(key: str) -> None:
    st.session_state[f"{key}_snapshot"] = None
