"""Where the hand is held: the square, dragged on the video or set by sliders, and the mirror."""

import math
from pathlib import Path

import streamlit as st
from components.shared.streamlit_patch import set_by_page

from fingercount.imaging.roi import SMALLEST, Square
from fingercount.live.viewfinder import Viewfinder

SCRIPT = (Path(__file__).parent / "roi_editor.js").read_text(encoding="utf-8")
framing = st.components.v2.component("fingercount_framing", js=SCRIPT)

# Shared by every page with a camera. The part of the widgets' keys -> its default.
DEFAULTS = {"size": 0.85, "x": 0.5, "y": 0.5, "mirror": True}


def widget(part: str) -> str:
    """Return the key of one part's widget."""
    return f"camera_square_{part}"


def frame_by_hand(key: str, view: Viewfinder) -> None:
    """Show the square's place behind a button, and let the view follow it.

    Args:
        key: the page's prefix.
        view: whose square and mirror are set.
    """
    with st.popover("Square", icon=":material/crop_free:", help="Where the hand is held"):
        st.caption("Or drag it on the video: its inside to move it, a corner to resize it.")
        # The default comes this way, because a drag sets a slider before it is shown.
        for part, value in DEFAULTS.items():
            st.session_state.setdefault(widget(part), value)
        values = {}
        for part, words in (("size", "Size"), ("x", "Left to right"), ("y", "Top to bottom")):
            low = SMALLEST if part == "size" else 0.0
            values[part] = st.slider(
                words, low, 1.0, step=0.01, key=set_by_page(widget(part)), persist_state="session"
            )
        mirror = st.toggle(
            "Mirror",
            key=set_by_page(widget("mirror")),
            persist_state="session",
            help="Shows the video as in a mirror. What is counted and saved stays as the camera "
            "sees it.",
        )
        st.button("Reset", key=f"{key}_square_reset", icon=":material/undo:", on_click=reset)
    view.square, view.mirror = Square(values["x"], values["y"], values["size"]), mirror


def reset() -> None:
    """Put the square back to where it was at the first start."""
    for part, value in DEFAULTS.items():
        st.session_state[widget(part)] = value


def follow_drags(key: str) -> None:
    """Let the square be dragged on the video above, and remember it in the browser.

    Args:
        key: the page's prefix.
    """
    name = f"{key}_framing"

    def take() -> None:
        for part, value in dragged(st.session_state[name].get("framing")).items():
            st.session_state[widget(part)] = value

    now = {part: st.session_state.get(widget(part), DEFAULTS[part]) for part in DEFAULTS}
    framing(key=name, data={"page": key, "framing": now}, on_framing_change=take, width=1)


def dragged(answer: dict | None) -> dict:
    """Return what a browser's answer sets, made to fit the sliders; nothing for nonsense."""
    answer, found = answer or {}, {}
    for part in ("x", "y", "size"):
        value = answer.get(part)
        if isinstance(value, int | float) and math.isfinite(value):
            low = SMALLEST if part == "size" else 0.0
            found[part] = round(min(max(float(value), low), 1.0), 2)
    if isinstance(answer.get("mirror"), bool):
        found["mirror"] = answer["mirror"]
    return found
