"""An answer as a person reads it: the count, how sure, and the probability of each class."""

from html import escape

import streamlit as st
from components.shared.bars import bars
from components.shared.models import stamp_of
from components.shared.plain import plain

from fingercount.errors import FingercountError
from fingercount.labels import label_in_words, sort_labels
from fingercount.live.live_view import LiveView
from fingercount.live.recognizer import Reading
from fingercount.models.decision import words_of

STYLE = """
<style>
.fc-answer {display: flex; align-items: baseline; gap: 1rem; min-height: 2.4rem}
.fc-answer .what {font-size: 2rem; line-height: 1.1; font-weight: 700}
.fc-answer .words {font-size: 1.5rem; white-space: nowrap}
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
    return reading.words, f"most likely {label_in_words(likeliest)}, {reading.confidence:.0%}"


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
        ((label_in_words(label), p, f"{p:.0%}" if reading else "") for label, p in rows),
        chosen=label_in_words(reading.answer) if reading else None,
    )


def show_live(name: str, view: LiveView, on: bool, loaded: tuple[int, ...]) -> None:
    """Show what the model says now, what of it is held, and how fast camera and model are.

    Args:
        name: the model's; where its files change, the page is drawn again with the new ones.
        view: this viewer's.
        on: whether frames come.
        loaded: the stamp of the files that the view's model was loaded from.
    """

    @st.fragment(run_every=0.5 if on else None)
    def now():
        try:
            changed = stamp_of(name) != loaded
        except FingercountError:
            changed = True
        if changed:
            st.rerun()
        seen = view.seen if on else None
        reading = seen.reading if seen else None
        show_reading(reading, view.model.classes)
        if view.error:
            st.error(f"The model cannot read this picture: {plain(view.error)}")
        st.caption(words_below(reading))
        # Its place is kept, so that nothing below moves when a hint comes.
        st.caption(f":material/lightbulb: {seen.hint}" if seen and seen.hint else "&nbsp;")
        if on:
            st.caption(
                f":material/speed: camera {view.rate.per_second():.0f} frames per second, "
                f"model {view.answers_per_second():.0f} answers per second"
            )

    now()


def words_below(reading: Reading | None) -> str:
    """Return how the answer came about: the newest frame alone, and what is committed."""
    if reading is None:
        return "&nbsp;"
    held = words_of(reading.committed) if reading.committed else "nothing yet"
    return f"Committed: **{held}** · this frame alone: {words_of(reading.raw or reading.answer)}"
