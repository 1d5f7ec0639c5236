"""The button that records photos as long as it is held."""

import math
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

HTML = '<button type="button"><span class="what"></span><span class="how"></span></button>'
CSS = """
button { width: 100%; padding: .7rem 1rem; border: 0; border-radius: .6rem; cursor: pointer;
  color: #fff; background: #0d7f4d; font-family: var(--st-font); touch-action: none;
  user-select: none; -webkit-user-select: none; display: grid; gap: .1rem; }
button:hover { background: #0b6f43; }
button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
button.on { background: #c4372a; }
button:disabled { cursor: not-allowed; color: var(--st-text-color); opacity: .55;
  background: var(--st-secondary-background-color); }
.what { font-size: 1.15rem; font-weight: 700; }
.how { font-size: .85rem; }
"""
SCRIPT = (Path(__file__).parent / "recorder.js").read_text(encoding="utf-8")
recorder = st.components.v2.component("fingercount_recorder", html=HTML, css=CSS, js=SCRIPT)

LONGEST = 24 * 3600.0  # seconds; what a browser says beyond that is nonsense


@dataclass(frozen=True)
class Hold:
    """What the button said last.

    Attributes:
        n: another number for each press.
        down: whether it is held.
        held: seconds that it was, where it was let go.
    """

    n: int
    down: bool
    held: float = 0.0


def hold_of(answer: object) -> Hold | None:
    """Return what a browser's answer means, or None for nonsense."""
    if not isinstance(answer, dict) or not isinstance(answer.get("n"), int):
        return None
    held = answer.get("held", 0.0)
    if not isinstance(held, int | float) or not math.isfinite(held) or not 0 <= held <= LONGEST:
        return None
    return Hold(answer["n"], answer.get("down") is True, float(held))


def wish_of(hold: Hold, pending: Hold | None, seen: int | None) -> Hold | None:
    """Return the recording that is wished for, or None where a press is over already.

    Args:
        hold: what the button says now.
        pending: what was wished for before and is not begun yet.
        seen: the press that was last acted upon. Let go without it, a press was so short that only
            its end was heard; let go after its recording ended by itself, it means nothing.
    """
    return hold if hold.down or pending or hold.n != seen else None


def hold_to_record(key: str, enabled: bool, label: str, on_change) -> None:
    """Show the button.

    Args:
        key: the page's prefix.
        enabled: whether there is something to record, and under which label.
        label: what stands on it, "" before one is picked.
        on_change: called with a `Hold` when it is pressed and when it is let go, before the page
            is drawn again.
    """
    name = f"{key}_recorder"

    def take() -> None:
        if hold := hold_of(st.session_state[name].get("hold")):
            on_change(hold)

    recorder(key=name, data={"enabled": enabled, "label": label}, on_hold_change=take)
