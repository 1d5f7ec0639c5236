"""Whether a model's figure is of the photos as they are now, and measuring it again where not."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from components.shared.access import may_change
from components.shared.background import Work, wait_for
from components.shared.models import stamp_of
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.predictions import answers
from components.shared.state import sticky_button
from pandas.io.formats.style import Styler

from fingercount.data.dataset import open_dataset
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.evaluation.figures import LABELS, PHOTOS, changed, measure_again, shown_side
from fingercount.models.card import Card
from fingercount.text import plural

GONE = "gone"
NOTES = {  # what stands beside a figure that is not of today's photos
    "": "",
    LABELS: "before labels were corrected",
    PHOTOS: "before photos came or went",
    GONE: "on photos that are not here",
}
GREY = "color: #8b938e"  # read on a light page and on a dark one, and clearly less than the rest
LOOKED = 60.0  # seconds until a photo is looked for that changed under the same name


def note_of(state: str) -> str:
    """Return what stands beside a figure; empty where it is of today's photos."""
    return NOTES.get(state, "before the photos were changed")


def greyed(frame: pd.DataFrame, changed: Mapping[str, str], columns: Sequence[str]) -> Styler:
    """Return a table of models in which the figures that are not of today's photos are grey.

    Args:
        frame: a row per model, named in the column "model".
        changed: {model: what has changed since its figure was measured}.
        columns: those that hold the figures.
    """

    def of_row(row: pd.Series) -> list[str]:
        old = changed.get(row["model"])
        return [GREY if old and name in columns else "" for name in row.index]

    named = {c: shown_name for c in ("model", "backbone") if c in frame}
    return frame.style.apply(of_row, axis=1).format(named)


def states(cards: Mapping[str, Card], listings: Mapping[str, Listing] | None = None):
    """Return {model: what has changed since its figure was measured}, "" where nothing has.

    Args:
        cards: of the models; one without a figure is left out.
        listings: of data sets that were looked through before, by name.
    """
    known = dict(listings or {})
    found = {}
    for name, card in cards.items():
        side, data = shown_side(card), (card.get("data") or {}).get("name")
        if side and data:
            found[name] = _state(data, card, side, known)
    return found


def _state(data: str, card: Card, side: str, known: dict[str, Listing]) -> str:
    try:
        if data not in known:
            known[data] = open_dataset(data).listing()
        listing = known[data]
        return _changed(data, str(listing.root), _stamp(listing), card, side)
    except FingercountError:
        return GONE


def _stamp(listing: Listing) -> int:
    return hash(tuple((photo.path, photo.split) for photo in listing.photos))


@st.cache_data(max_entries=256, ttl=LOOKED, show_spinner=False)
def _changed(data: str, root: str, stamp: int, card: Card, side: str) -> str:
    """Return what has changed; looking through the contents takes time where there are many."""
    return changed(card, side, open_dataset(data).snapshot())


def outdated(cards: Mapping[str, Card], changed: Mapping[str, str]) -> dict[str, str]:
    """Return {model: name of its data set} of those that can be measured again."""
    return {
        name: cards[name]["data"]["name"] for name, old in changed.items() if old and old != GONE
    }


@st.cache_resource
def _works() -> dict[str, Work]:
    """Return the measuring that runs, or that ended last, shared by all viewers."""
    return {}


def offer_again(outdated: Mapping[str, str], key: str) -> None:
    """Offer to measure models again, all in one press; nothing where every figure is of today.

    Args:
        outdated: {model: name of its data set}.
        key: the page's prefix.
    """
    work = _works().get("again")
    if work and work.running:
        wait_for(work)
        return
    if work and work.error:
        st.error(plain(work.error))
    if not outdated or not may_change():
        return
    n = plural(len(outdated), "figure")
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}_outdated"):
        pressed = sticky_button(
            "Measure again",
            key=f"{key}_measure_again",
            icon=":material/refresh:",
            seize=lambda: dict(outdated),
            help="Asks these models about the photos as they are now.",
        )
        st.caption(
            f"{n} in grey: measured on other photos or labels than today's, so not to be compared "
            "with the rest."
        )
    if pressed:
        _works()["again"] = Work(lambda at: _measure(pressed, at), "The figures").soon()
        st.rerun()


def _measure(outdated: Mapping[str, str], at) -> int:
    """Measure each model on the photos of its data set as they are now; return how many."""
    for done, (name, data) in enumerate(outdated.items()):
        at("Measuring model", done, len(outdated))
        known = answers(name, stamp_of(name))
        measure_again(name, open_dataset(data).snapshot(), known)
    return len(outdated)
