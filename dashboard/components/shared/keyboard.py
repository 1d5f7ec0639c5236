"""What the browser is to do with keys and with Back, on every page."""

from pathlib import Path

import streamlit as st

from fingercount.labels import NONE, WORDS, count_of

SCRIPT = (Path(__file__).parent / "keyboard.js").read_text(encoding="utf-8")
keyboard = st.components.v2.component("fingercount_keyboard", js=SCRIPT)

NONE_KEY = "n"

# Less room above the title than Streamlit leaves: on a laptop the camera has to fit below it.
STYLE = """
.st-key-keyboard {position: absolute; height: 0}
.stMainBlockContainer {padding-top: 4.5rem}
.stMain h1 {font-size: 2rem; padding: .25rem 0}
"""


def keys_everywhere() -> None:
    """Let shortcuts work after every widget; to be called once a page, before it."""
    with st.container(key="keyboard"):
        st.html(f"<style>{STYLE}</style>")
        keyboard(key="fingercount_keyboard", width=1)


def keys_of(labels: list[str]) -> dict[str, str]:
    """Return {key: label}: the digits 0 to 5, those of further counts among the labels, and n."""
    counts = {count for label in labels if (count := count_of(label)) is not None and count < 10}
    return {str(n): WORDS[n] for n in sorted(counts | set(range(6)))} | {NONE_KEY: NONE}
