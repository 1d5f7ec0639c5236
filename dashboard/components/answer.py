"""An answer as a person reads it: the count, how sure, and the probability of each class."""

from html import escape

import streamlit as st

from components.bars import bars
from fingercount.labels import sort_labels
from fingercount.runtime import LiveView, Reading

STYLE = """
<style>
.fc-answer {display: flex; align-items: baseline; gap: 1rem; min-height: 4rem}
.fc-answer .what {font-size: 3.5rem; line-height: 1.1; font-weight: 700}
.fc-answer .words {font-size: 1.7rem; white-space: nowrap}
.fc-answer .sure {opacity: .75}
</style>
"""


def headline(reading: Reading | None) -> tuple[str, str]:
    """Return what to write large and what to write beside it."""
    if reading is None:
        return "", "Waiting for a picture"
    if reading.answer in reading.probabilities:
        return reading.words, f"{reading.confidence:.0%} sure"
    likeliest = max(reading.probabilities, key=reading.probabilities.get)
    return reading.words, f"most likely {likeliest}, {reading.confidence:.0%}"


def show_reading(reading: Reading | None, classes: list[str]) -> None:
    """Show an answer with its bars; empty bars before there is one."""
    what, sure = headline(reading)
    size = "what" if len(what) <= 2 else "what words"
    large = f'<span class="{size}">{escape(what)}</span>' if what else ""
    st.html(
        f'{STYLE}<div class="fc-answer" role="status">{large}'
        f'<span class="sure">{escape(sure)}</span></div>'
    )
    said = reading.probabilities if reading else {}
    rows = [(label, said.get(label, 0.0)) for label in sort_labels(classes)]
    bars(
        ((label, p, f"{p:.0%}" if reading else "") for label, p in rows),
        chosen=reading.answer if reading else None,
    )


def show_live(view: LiveView, on: bool) -> None:
    """Show what the model says now, and how fast camera and model are."""

    @st.fragment(run_every=0.5 if on else None)
    def now():
        show_reading(view.reading if on else None, view.model.classes)
        if view.error:
            st.error(f"The model cannot read this picture: {view.error}")
        if on:
            st.caption(
                f":material/speed: camera {view.rate.per_second():.0f} frames per second, "
                f"model {view.answers_per_second():.0f} answers per second"
            )

    now()
