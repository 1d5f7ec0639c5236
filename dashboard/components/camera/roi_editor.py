"""Where hands are held: one square or two, dragged on the video or set by sliders; the mirror."""

import math
from pathlib import Path

import streamlit as st
from components.shared.widget_values import set_by_page, set_widget

from fingercount.imaging.roi import SMALLEST, Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live.viewfinder import Viewfinder

SCRIPT = (Path(__file__).parent / "roi_editor.js").read_text(encoding="utf-8")
framing = st.components.v2.component("fingercount_framing", js=SCRIPT)

# Shared by every page with a camera. The part of the widgets' keys -> its default.
DEFAULTS = {"size": 0.85, "x": 0.5, "y": 0.5, "mirror": True, "pair_size": 1.0, "pair_y": 0.5}
TWO = "two"  # a switch: whether there are two squares, on pages that know what to do with them
SLIDERS = (("size", "Size"), ("x", "Left to right"), ("y", "Top to bottom"))
PAIR_SLIDERS = (("pair_size", "Size of both"), ("pair_y", "Top to bottom"))


def widget(part: str) -> str:
    """Return the key of one part's widget."""
    return f"camera_square_{part}"


def frame_by_hand(key: str, view: Viewfinder, may_pair: bool = False) -> None:
    """Show the square's place behind a button, and let the view follow it.

    Args:
        key: the page's prefix.
        view: whose square, or pair of squares, and mirror are set.
        may_pair: whether to show the switch for two hands.
    """
    # The default comes this way, because a drag sets a slider before it is shown.
    for part, value in {**DEFAULTS, TWO: False}.items():
        st.session_state.setdefault(widget(part), value)
    if pairs(may_pair):
        name, sliders, where = "Squares", PAIR_SLIDERS, "Where the hands are held"
        drag = "Or drag one on the video: its inside to move both up or down, a corner to resize."
    else:
        name, sliders, where = "Square", SLIDERS, "Where the hand is held"
        drag = "Or drag it on the video: its inside to move it, a corner to resize it."
    with st.popover(name, icon=":material/crop_free:", help=where):
        st.caption(drag)
        for part, words in sliders:
            low = SMALLEST if part.endswith("size") else 0.0
            st.slider(
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
    if may_pair:
        st.toggle(
            "Two hands",
            key=set_by_page(widget(TWO)),
            persist_state="session",
            help="Counts a hand in each of two squares, and adds them up.",
        )
    now = {part: st.session_state[widget(part)] for part in DEFAULTS}
    view.square, view.mirror = Square(now["x"], now["y"], now["size"]), mirror
    two = TwoSquares(y=now["pair_y"], size=now["pair_size"])
    view.pair = two if pairs(may_pair) else None


def pairs(may_pair: bool) -> bool:
    """Return whether this page shows two squares now."""
    return may_pair and bool(st.session_state.get(widget(TWO)))


def reset() -> None:
    """Put the square back to where it was at the first start."""
    for part, value in DEFAULTS.items():
        set_widget(widget(part), value)


def follow_drags(key: str, may_pair: bool = False) -> None:
    """Let the squares be dragged on the video above, and remember them in the browser.

    Args:
        key: the page's prefix.
        may_pair: as for `frame_by_hand`.
    """
    name = f"{key}_framing"

    def take() -> None:
        for part, value in dragged(st.session_state[name].get("framing")).items():
            set_widget(widget(part), value)

    defaults = {**DEFAULTS, TWO: False}
    now = {part: st.session_state.get(widget(part), value) for part, value in defaults.items()}
    data = {"page": key, "framing": now, "pair": pairs(may_pair)}
    framing(key=name, data=data, on_framing_change=take, width=1)


def dragged(answer: dict | None) -> dict:
    """Return what a browser's answer sets, made to fit the sliders; nothing for nonsense."""
    answer, found = answer or {}, {}
    for part in ("x", "y", "size", "pair_y", "pair_size"):
        value = answer.get(part)
        if isinstance(value, int | float) and math.isfinite(value):
            low = SMALLEST if part.endswith("size") else 0.0
            found[part] = round(min(max(float(value), low), 1.0), 2)
    for part in ("mirror", TWO):
        if isinstance(answer.get(part), bool):
            found[part] = answer[part]
    return found
