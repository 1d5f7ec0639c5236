"""The camera on a page: Start, Stop, which one, the video, and what to do if it fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from components.camera.chooser import choose_camera
from components.camera.hand_over import is_handed_over, note_running
from components.camera.permission import ask_for_camera
from components.camera.roi_editor import follow_drags, frame_by_hand
from components.camera.video import video
from components.shared.plain import plain
from components.shared.state import session_object

from fingercount.errors import FingercountError
from fingercount.imaging.read import read_image
from fingercount.live.viewfinder import Viewfinder

CONNECT_WITHIN = 10.0  # seconds; on one machine it takes one or two
HINTS = {
    "off": "Press Start. The video goes to the app and nowhere else.",
    "asking": "The browser asks whether this page may use the camera.",
    "connecting": "Connecting to the camera …",
}
NO_CONNECTION = (
    "The camera works, but its video does not reach the app. Perhaps a firewall blocks it, or the "
    "app runs on another machine and needs a TURN server (see the README)."
)


@dataclass(frozen=True)
class Camera:
    """What a page needs to know of its camera.

    Attributes:
        on: whether frames are coming.
        photo: a single photo taken where the video cannot connect: uint8 RGB [H, W, 3], or None.
    """

    on: bool
    photo: np.ndarray | None = None


def phase(wanted: bool, allowed: bool, connected: bool, frames: int, waited: float) -> str:
    """Return where the camera is: "off", "asking", "connecting", "on" or "failed".

    Args:
        wanted: whether Start was pressed and Stop was not.
        allowed: whether the browser gives its camera.
        connected: whether the browser says so; on a busy machine the first frame comes later.
        frames: how many came since.
        waited: seconds since the browser gave its camera, or since the last frame.
    """
    if not wanted:
        return "off"
    if not allowed:
        return "asking"
    if frames:
        return "on"
    return "failed" if waited > CONNECT_WITHIN and not connected else "connecting"


def show_camera(key: str, view: Viewfinder, may_pair: bool = False) -> Camera:
    """Show the camera with its buttons, or single photos where the video cannot connect.

    Args:
        key: the page's prefix.
        view: receives the frames; kept by the page for this viewer.
        may_pair: whether two squares can be switched on, for two hands.
    """
    memory = session_object(
        f"{key}_camera_memory",
        lambda: {"wanted": False, "round": 0, "allowed": False, "since": 0.0, "trouble": None},
    )

    def start() -> None:
        view.close()
        # The time, because the browser may keep one element for the cameras of two pages.
        now = round(1000 * time.time())
        memory.update(wanted=True, round=now, allowed=False, trouble=None)

    def stop(why: str | None = None) -> None:
        view.close()
        # No round: nobody is asked again until Start is pressed.
        memory.update(wanted=False, round=0, trouble=why)

    if is_handed_over():
        start()
    wanted = memory["wanted"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start",
            key=f"{key}_start",
            icon=":material/videocam:",
            type="secondary" if wanted else "primary",
            disabled=wanted,
            on_click=start,
        )
        st.button(
            "Stop",
            key=f"{key}_stop",
            icon=":material/stop_circle:",
            disabled=not wanted,
            on_click=stop,
        )
        frame_by_hand(key, view, may_pair)
        place = st.container(width="content")  # before what takes room and shows nothing
        refusal, cameras = ask_for_camera(key, memory["round"])
        with place:
            choose_camera(cameras)
    # The browser's answer is forgotten when the viewer leaves the page, and the video has stopped:
    # a camera must not switch itself on again when the viewer comes back.
    left = memory["allowed"] and refusal is None
    if wanted and (refusal or left):
        stop(refusal)
        st.rerun()
    note_running(memory["wanted"])
    if wanted and refusal == "" and not memory["allowed"]:
        memory.update(allowed=True, since=time.monotonic())
    try:
        playing = memory["wanted"] and memory["allowed"]
        connected = video(key, view, playing, hidden=bool(memory["trouble"]))
        follow_drags(key, may_pair)
    except FingercountError as error:
        st.error(plain(error))
        return Camera(on=False)

    def current() -> str:
        if view.frames:
            memory["since"] = time.monotonic()
        waited = time.monotonic() - memory["since"]
        return phase(memory["wanted"], memory["allowed"], connected, view.frames, waited)

    now = current()
    # A slow connection may still come: then the video takes over from the single photos.
    problem = memory["trouble"] or (NO_CONNECTION if now == "failed" else None)
    _watch_phase(now, current, hint=None if problem else HINTS.get(now))
    if not problem:
        return Camera(on=now == "on")
    st.warning(problem, icon=":material/videocam_off:")
    if memory["trouble"]:  # what keeps the video from opening the camera keeps a photo from it too
        return Camera(on=False)
    return Camera(on=False, photo=_single_photo(key))


def _watch_phase(now: str, current: Callable[[], str], hint: str | None) -> None:
    """Say what the camera does, and draw the page again when that changes."""

    @st.fragment(run_every=None if now == "off" else 1.0)
    def watch():
        if current() != now:
            st.rerun()
        if hint:
            st.caption(hint)

    watch()


def _single_photo(key: str) -> np.ndarray | None:
    taken = st.camera_input("Meanwhile, take single photos:", key=f"{key}_photo", resolution="480p")
    if not taken:
        return None
    try:
        return read_image(taken.getvalue())
    except FingercountError as error:
        st.error(plain(error))
        return None
