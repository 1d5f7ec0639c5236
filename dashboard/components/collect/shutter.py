"""Taking photos: as long as one holds, one, a burst, or a round through all labels."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from components.camera.camera import Camera
from components.collect.gallery import turn_to
from components.collect.recorder import Hold, hold_to_record, wish_of
from components.collect.recording_progress import show_progress
from components.collect.recordings import Recording, begin, newest
from components.shared.models import LateModel
from components.shared.plain import plain
from components.shared.state import SUGGESTED, sticky_button
from components.shared.widget_values import set_by_page

from fingercount.access import acting_as, current_user
from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB
from fingercount.labels import NONE, label_in_words
from fingercount.live.burst import Burst
from fingercount.live.capture_session import CaptureSession
from fingercount.live.guard import Guard
from fingercount.live.guided_round import RATE, GuidedRound
from fingercount.live.viewfinder import Viewfinder
from fingercount.models.registry import SHIPPED, list_models

SETTLE = 0.5  # seconds in which the news that the button was let go may come
DEFAULTS = {"many": 20, "rate": 5}


def shutter(
    key: str,
    root: Path,
    label: str | None,
    session: CaptureSession,
    view: Viewfinder,
    camera: Camera,
) -> bool:
    """Show the buttons that take photos, and how many there are; return whether any come in now.

    Args:
        key: the page's prefix.
        root: the data set's folder; made with the first photo.
        label: what the hand shows, or None where nothing is picked yet.
        session: whose photos these are.
        view, camera: where the photos come from.
    """
    recording = newest(key, session.session)
    running = recording is not None and not recording.done
    if recording and not running and st.session_state.get(f"{key}_burst_shown") is not recording:
        # It may have ended while this page was being drawn: what stands above and below the
        # shutter was read before the last photo was there.
        st.session_state[f"{key}_burst_shown"] = recording
        view.caption = None
        st.rerun()
    if isinstance(recording, GuidedRound) and running and not camera.on and not view.frames:
        recording.stop(f"The camera stopped after {recording.so_far}; the round is over.")
    can_take = bool(label) and not running
    wish = _buttons(key, label, recording if running else None, can_take, camera)
    if wish and (can_take or wish == "round"):
        try:
            started = _start(key, wish, root, label, session, camera)
        except FingercountError as error:
            st.error(plain(error))
        else:
            begin(key, session.session, started)
            _connect(started, view, camera)
            turn_to(key, label or started.labels[0])
            st.rerun()
    if not label and not running:
        st.caption("Pick a label first, or take the round through all of them.")
    elif not camera.on and camera.photo is None:
        st.caption("Start the camera, or add photos from files below.")
    show_progress(key, recording, root, label, running)
    return running


def _buttons(
    key: str, label: str | None, running: Recording | None, can_take: bool, camera: Camera
) -> str | Hold | None:
    """Show what takes photos; return what was asked for: a button's name, or a hold."""
    held = isinstance(running, Burst) and running.count is None
    wish = None

    def note(hold: Hold) -> None:
        recording = st.session_state.get(f"{key}_burst")
        if not hold.down and isinstance(recording, Burst) and not recording.done:
            if recording.count is None:
                recording.let_go(hold.held)
            return
        pending, seen = st.session_state.get(f"{key}_hold_wish"), f"{key}_hold_seen"
        if wished := wish_of(hold, pending, st.session_state.get(seen)):
            st.session_state[f"{key}_hold_wish"], st.session_state[seen] = wished, hold.n

    hold_to_record(key, camera.on and (can_take or held), label_in_words(label or ""), note)
    for part, value in DEFAULTS.items():
        st.session_state.setdefault(f"{key}_{part}", value)
    many = st.session_state[f"{key}_many"]
    with st.container(horizontal=True, gap="xsmall"):
        if sticky_button(
            f"Burst of {many}",
            key=f"{key}_burst_start",
            icon=":material/burst_mode:",
            shortcut="b",
            disabled=not (can_take and camera.on),
        ):
            wish = "burst"
        if sticky_button(
            "One photo",
            key=f"{key}_one",
            icon=":material/photo_camera:",
            shortcut="p",
            disabled=not (can_take and (camera.on or camera.photo is not None)),
        ):
            wish = "one"
        with st.popover("Pace", icon=":material/tune:"):
            st.number_input(
                "Photos in a burst", 2, 200, key=set_by_page(f"{key}_many"), persist_state="session"
            )
            st.number_input(
                "Per second", 1, 15, key=set_by_page(f"{key}_rate"), persist_state="session"
            )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if sticky_button(
            "Guided round",
            key=f"{key}_round",
            icon=":material/slideshow:",
            disabled=bool(running) or not camera.on,
        ):
            wish = "round"
        if running and not held and not (isinstance(running, Burst) and running.count == 1):
            st.button("Stop recording", key=f"{key}_burst_stop", on_click=running.stop)
        else:
            st.caption("All labels, twenty photos each, by itself: two minutes.")
    # Only now: what is drawn may be interrupted, and then the next run finds it still there.
    return st.session_state.pop(f"{key}_hold_wish", None) or wish


def _start(
    key: str,
    wish: str | Hold,
    root: Path,
    label: str | None,
    session: CaptureSession,
    camera: Camera,
) -> Recording:
    """Return a recording that has begun."""
    dataset, user = Dataset.create(root), current_user()

    def saver(name: str) -> Callable[[RGB], object]:
        """It belongs to this recording, whatever is picked while it runs."""

        def save(crop: RGB) -> None:
            with acting_as(user):  # the thread that writes knows nobody
                dataset.add(crop, name, session.session, session.person or None)

        return save

    rate = float(st.session_state[f"{key}_rate"])
    if wish == "round":
        return GuidedRound(
            SUGGESTED, lambda name: Burst(saver(name), None, RATE, guard=guard_for(name))
        )
    if isinstance(wish, Hold):
        burst = Burst(saver(label), None, rate, guard=guard_for(label), settle=SETTLE)
        if not wish.down:
            burst.let_go(wish.held)
        return burst
    return Burst(saver(label), st.session_state[f"{key}_many"] if wish == "burst" else 1, rate)


def _connect(recording: Recording, view: Viewfinder, camera: Camera) -> None:
    """Let the camera's photos go to a recording, and its words onto the video."""
    if camera.photo is not None:
        recording.offer(view.square.crop(camera.photo))
        return
    view.on_crop, view.caption = recording.offer, lambda: words_on_video(recording)


def words_on_video(recording: Recording) -> str | None:
    """Return what to write on the video while photos are taken, or None."""
    if recording.done:
        return None
    if isinstance(recording, GuidedRound):
        burst, cue = recording.burst, recording.cue
        fault = burst.fault if burst and cue and cue.recording else None
        return f"{cue.words} ({fault})" if cue and fault else cue.words if cue else None
    return recording.fault


def guard_for(label: str | None) -> Guard:
    """Return what looks at the photos of a label; it knows a hand where the built-in model is."""
    if label == NONE:
        return Guard()
    if SHIPPED not in list_models():
        return Guard(lambda crop: True)
    late = LateModel(SHIPPED)

    def has_hand(crop: np.ndarray) -> bool:
        model = late.model
        return model is None or model.answer(model.predict([crop])[0]) != NONE

    return Guard(has_hand)
