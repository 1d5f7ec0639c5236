"""Taking photos: one, or a burst at a chosen rate, with a live count per label."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from components.camera.camera import Camera
from components.collect.gallery import turn_to
from components.shared.bars import bars
from components.shared.plain import plain
from components.shared.state import sticky_button

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.live.burst import Burst
from fingercount.live.capture_session import CaptureSession
from fingercount.live.viewfinder import Viewfinder

GOAL = 100  # photos per label that fill a bar; more make it the fullest label's share


def shutter(
    key: str,
    root: Path,
    label: str | None,
    session: CaptureSession,
    view: Viewfinder,
    camera: Camera,
) -> None:
    """Show the buttons that take photos, and how many there are.

    Args:
        key: the page's prefix.
        root: the data set's folder; made with the first photo.
        label: what the hand shows, or None where nothing is picked yet.
        session: whose photos these are.
        view, camera: where the photos come from.
    """
    with st.container(horizontal=True):
        many = st.number_input("Photos in a burst", 2, 200, 20, key=f"{key}_many")
        rate = st.number_input("Per second", 1, 15, 5, key=f"{key}_rate")
    burst: Burst | None = st.session_state.get(f"{key}_burst")
    running = burst is not None and not burst.done
    if burst and burst.done and st.session_state.get(f"{key}_burst_shown") is not burst:
        # It may have ended while this page was being drawn: what stands above and below the
        # shutter was read before the last photo was there.
        st.session_state[f"{key}_burst_shown"] = burst
        st.rerun()
    can_take = bool(label) and not running
    with st.container(horizontal=True):
        start_burst = sticky_button(
            f"Burst of {many}",
            key=f"{key}_burst_start",
            icon=":material/burst_mode:",
            type="primary",
            shortcut="b",
            disabled=not (can_take and camera.on),
        )
        take_one = sticky_button(
            "One photo",
            key=f"{key}_one",
            icon=":material/photo_camera:",
            shortcut="p",
            disabled=not (can_take and (camera.on or camera.photo is not None)),
        )
        if running and burst.count > 1:
            st.button("Stop burst", key=f"{key}_burst_stop", on_click=burst.stop)
    if can_take and (start_burst or take_one):
        try:
            save = _saver(root, label, session)
        except FingercountError as error:
            st.error(plain(error))
        else:
            burst = Burst(save, many if start_burst else 1, float(rate))
            st.session_state[f"{key}_burst"] = burst
            turn_to(key, label)
            if camera.photo is None:
                view.on_crop = burst.offer
            else:
                burst.offer(view.square.crop(camera.photo))
            st.rerun()

    if not label:
        st.caption("Pick a label first.")
    elif not camera.on and camera.photo is None:
        st.caption("Start the camera, or add photos from files below.")
    _progress(burst, root, label, running)


def _saver(root: Path, label: str, session: CaptureSession) -> Callable[[np.ndarray], object]:
    """Return what saves a crop; it belongs to this burst, whatever is picked while it runs."""
    dataset = Dataset.create(root)
    return lambda crop: dataset.add(crop, label, session.session, session.person or None)


def _progress(burst: Burst | None, root: Path, label: str | None, running: bool) -> None:
    """Show how far the burst is and how many photos each label has, while they come in."""

    @st.fragment(run_every=0.4 if running else None)
    def live():
        if burst and burst.message:
            st.error(plain(burst.message))
        elif burst and running:
            st.progress(burst.saved / burst.count, f"{burst.saved} of {burst.count}")
        counts = Dataset(root).counts() if root.is_dir() else {}
        if counts:
            most = max(GOAL, *counts.values())
            bars(((name, n / most, f"{n:,}") for name, n in counts.items()), chosen=label)
        if running and burst.done:
            st.rerun()

    live()
