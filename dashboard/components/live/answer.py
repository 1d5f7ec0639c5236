"""An answer as a person reads it: the count, how sure, and the probability of each class."""

from html import escape

import streamlit as st
from components.shared.bars import bars, bars_html
from components.shared.models import stamp_of
from components.shared.plain import plain

from fingercount.errors import FingercountError
from fingercount.labels import NONE, label_in_words, sort_labels
from fingercount.live.live_view import LiveView, Seen, SeenTwo
from fingercount.live.recognizer import Reading
from fingercount.live.sums import words_of_sum
from fingercount.live.two_hands import TwoReadings
from fingercount.models.decision import words_of

SIDES = ("left", "right")  # of two squares, as the viewer sees them

STYLE = """
<style>
.fc-answer {display: flex; align-items: baseline; gap: 1rem; min-height: 2.4rem}
.fc-answer .what {font-size: 2rem; line-height: 1.1; font-weight: 700}
.fc-answer .words {font-size: 1.5rem; white-space: nowrap}
.fc-answer .sum {white-space: nowrap}
.fc-answer .sure {opacity: .75}
.fc-hands {display: grid; gap: .75rem 2rem; margin-top: .5rem;
  grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr))}
.fc-hands .fc-bars {gap: .45rem .5rem; margin-top: .35rem}
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
    bars(_rows(reading, classes), chosen=_chosen(reading))


def headline_of_two(reading: TwoReadings | None) -> tuple[str, str]:
    """Return what to write large of two hands and what to write beside it."""
    if reading is None:
        return headline(None)
    return reading.words, "" if reading.count is None else f"{reading.confidence:.0%} sure"


def show_two_readings(reading: TwoReadings | None, classes: list[str]) -> None:
    """Show the sum of two hands with each one's bars; empty bars before there is one."""
    what, sure = headline_of_two(reading)
    size = "what words" if reading and reading.count is None else "what sum"
    large = f'<span class="{size}">{escape(what)}</span>' if what else ""
    hands = []
    for side in SIDES:
        hand = getattr(reading, side, None)
        words = f": <b>{escape(hand.words)}</b>" if hand else ""
        rows = bars_html(_rows(hand, classes), chosen=_chosen(hand))
        hands.append(f'<div class="{side}">{side.capitalize()}{words}{rows}</div>')
    st.html(
        f'{STYLE}<div class="fc-answer" role="status">{large}'
        f'<span class="sure">{escape(sure)}</span></div>'
        f'<div class="fc-hands">{"".join(hands)}</div>'
    )


def _rows(reading: Reading | None, classes: list[str]) -> list[tuple[str, float, str]]:
    """Return a bar for each class: its name, its share and the share as text."""
    said = reading.probabilities if reading else {}
    rows = [(label, said.get(label, 0.0)) for label in sort_labels(classes)]
    return [(label_in_words(label), p, f"{p:.0%}" if reading else "") for label, p in rows]


def _chosen(reading: Reading | None) -> str | None:
    return label_in_words(reading.answer) if reading else None


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
        if view.pair:
            both = view.seen_two if on else None
            show_two_readings(both.reading if both else None, view.model.classes)
            below, hint = words_below_two(both.reading if both else None), hint_of_two(both)
        else:
            seen = view.seen if on else None
            show_reading(seen.reading if seen else None, view.model.classes)
            below, hint = words_below(seen.reading if seen else None), seen.hint if seen else None
        if view.error:
            st.error(f"The model cannot read this picture: {plain(view.error)}")
        st.caption(below)
        # Its place is kept, so that nothing below moves when a hint comes.
        st.caption(f":material/lightbulb: {hint}" if hint else "&nbsp;")
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


def words_below_two(reading: TwoReadings | None) -> str:
    """Return the same of two hands."""
    if reading is None:
        return "&nbsp;"
    held = words_of_sum(*reading.committed) if reading.committed else "nothing yet"
    raw = words_of_sum(*(hand.raw or hand.answer for hand in (reading.left, reading.right)))
    return f"Committed: **{held}** · this frame alone: {raw}"


def hint_of_two(both: SeenTwo | None) -> str | None:
    """Return a hint on a square with a hand in it, the left one first, or None."""
    if both is None:
        return None
    for side in SIDES:
        seen: Seen = getattr(both, side)
        if seen.hint and seen.reading.answer != NONE:
            return f"{side.capitalize()} square: {seen.hint}"
    return None
