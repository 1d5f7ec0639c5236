"""The tables of Home: which photos and which models are here."""

import pandas as pd
import streamlit as st
from components.home.next_step import result_of
from components.shared.plain import plain

from fingercount.data.dataset import list_datasets, open_dataset
from fingercount.errors import FingercountError
from fingercount.models.registry import SHIPPED, find_model, live_model
from fingercount.models.storage import read_card


def survey() -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return ({dataset: photos per label}, {dataset: sessions}); say which cannot be read."""
    counts, sessions = {}, {}
    for name in list_datasets():
        try:
            listing = open_dataset(name).listing()
            counts[name], sessions[name] = listing.counts, listing.n_sessions
        except FingercountError as error:
            st.warning(plain(error))
    return counts, sessions


def show_datasets(counts: dict[str, dict[str, int]], sessions: dict[str, int]) -> None:
    """Show a row per data set: photos, sessions, photos per label."""
    if not counts:
        st.caption("None yet. Take some with your webcam, or add a folder or a zip file.")
        st.page_link("app_pages/collect.py", label="Collect", icon=":material/photo_camera:")
        return
    rows = [
        {
            "dataset": name,
            "photos": sum(labels.values()),
            "sessions": sessions[name],
            "labels": ", ".join(f"{label} {n:,}" for label, n in labels.items()),
        }
        for name, labels in counts.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="home_datasets")


def show_models(names: list[str]) -> None:
    """Show a row per model: its classes and its result."""
    chosen, rows = live_model(), []
    for name in names:
        try:
            card = read_card(find_model(name))
        except FingercountError as error:
            st.warning(plain(error))
            continue
        result = result_of(card) or ("ships with fingercount" if name == SHIPPED else "")
        rows.append(
            {
                "model": name,
                "live": name == chosen,
                "result": result,
                "classes": ", ".join(card["classes"]),
            }
        )
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="home_models")
    else:
        st.caption("None yet. Train one on your photos.")


def newest_card(names: list[str]) -> dict | None:
    """Return the card of the model that was trained last, the shipped one left out."""
    cards = []
    for name in names:
        if name != SHIPPED:
            try:
                cards.append(read_card(find_model(name)))
            except FingercountError:
                continue  # show_models says what is wrong with it
    return max(cards, key=lambda card: card.get("created", ""), default=None)
