"""Making the browser ready before the video starts, so that it starts once or says why not.

Three things would otherwise go wrong in the video component. Where the browser refuses its camera,
it tries again at once, hundreds of times, and says nowhere why. And while it loads its last piece
of code, at the first start, it can start several times over: then it listens to the wrong
connection, and a camera stays on for ever. And it opens no other camera than the first it ever had.
So this loads that piece and asks for the camera that was picked, once per press of Start.
"""

from pathlib import Path

import streamlit as st
import streamlit_webrtc
from components.camera.chooser import cameras_in, picked_camera, take_answer

SCRIPT = (Path(__file__).parent / "permission.js").read_text(encoding="utf-8")
make_ready = st.components.v2.component("fingercount_camera_permission", js=SCRIPT)

ASSETS = Path(streamlit_webrtc.__file__).parent / "frontend" / "dist" / "assets"
# Relative to the frame of the video.
PIECES = [f"./assets/{path.name}" for path in ASSETS.glob("adapter_core-*.js")]

REASONS = {
    "NotAllowedError": "This page may not use the camera. Allow it in the browser (the camera sign "
    "beside the address), then press Start again.",
    "NotFoundError": "The browser found no camera. Connect one, then press Start again.",
    "NotReadableError": "The camera is in use. Close the other program or page that uses it, then "
    "press Start again.",
    "NoMediaDevices": "Browsers allow the camera only on https or localhost pages, and this page "
    "is neither. Open it on the machine it runs on, serve it over https (see the README), or add "
    "photos from files on Collect.",
}


def ask_for_camera(key: str, round_: int) -> tuple[str | None, dict[str, str]]:
    """Ask once for each round.

    Args:
        key: the page's prefix.
        round_: another number for every press of Start, 0 before the first.

    Returns:
        (None while there is no answer, "" for yes, else why not; {id: name} of the cameras that
        there are, empty until the browser tells).
    """
    name = f"{key}_permission"
    result = make_ready(
        key=name,
        data={"round": round_, "pieces": PIECES, "camera": picked_camera()},
        on_answer_change=lambda: None,
        on_cameras_change=lambda: take_answer(st.session_state[name].get("cameras")),
        width=1,
    )
    return reason(result.answer, round_), cameras_in(result.cameras)


def reason(answer: dict | None, round_: int) -> str | None:
    """Return what a browser's answer means in this round, as for `ask_for_camera`."""
    if not round_ or not answer or answer.get("round") != round_:
        return None
    error = answer.get("error")
    return REASONS.get(error, f"The browser did not start the camera ({error}).") if error else ""
