"""The tables of Home: which photos and which models are here."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from components.home.next_step import result_of
from components.shared.access import page_link
from components.shared.figures import greyed, note_of
from components.shared.plain import plain

from fingercount.data.dataset import list_datasets, open_dataset
from fingercount.data.snapshot import Listing
from fingercount.errors import FingercountError
from fingercount.models.card import Card
from fingercount.models.registry import SHIPPED, live_model


def survey() -> dict[str, Listing]:
    """Return {data set: what is in it}; say which cannot be read."""
    listings = {}
    for name in list_datasets():
        try:
            listings[name] = open_dataset(name).listing()
        except FingercountError as error:
            st.warning(plain(error))
    return listings


def show_datasets(listings: Mapping[str, Listing]) -> None:
    """Show a row per data set: photos, sessions, photos per label."""
    if not listings:
        st.caption("None yet. Take some with your webcam, or add a folder or a zip file.")
        page_link("app_pages/collect.py", label="Collect", icon=":material/photo_camera:")
        return
    rows = [
        {
            "dataset": name,
            "photos": len(listing.photos),
            "sessions": listing.session_count.cell,
            "labels": ", ".join(f"{label} {n:,}" for label, n in listing.counts.items()),
        }
        for name, listing in listings.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="home_datasets")


def show_models(cards: Mapping[str, Card], changed: Mapping[str, str]) -> None:
    """Show a row per model: its classes and its result.

    Args:
        changed: {model: what has changed since its figure was measured}.
    """
    chosen, rows = live_model(), []
    for name, card in cards.items():
        result = result_of(card) or ("ships with fingercount" if name == SHIPPED else "")
        if changed.get(name):
            result = f"{note_of(changed[name])}: {result}"
        rows.append(
            {
                "model": name,
                "live": name == chosen,
                "result": result,
                "classes": ", ".join(card["classes"]),
            }
        )
    if rows:
        frame = pd.DataFrame(rows)
        st.dataframe(greyed(frame, changed, ("result",)), hide_index=True, key="home_models")
    else:
        st.caption("None yet. Train one on your photos.")


def newest(cards: Mapping[str, Card]) -> str | None:
    """Return the name of the model that was trained last, the shipped one left out."""
    own = [name for name in cards if name != SHIPPED]
    return max(own, key=lambda name: cards[name].get("created", ""), default=None)
