"""The table of trained models: compare, pick the one that runs live, delete."""

import zlib
from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st
from components.shared.figures import greyed, note_of, offer_again, outdated, states
from components.shared.models import read_cards
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.state import change_and_rerun, sticky_button
from components.shared.style import next_link

from fingercount.models.bin import deleted_models, empty_model_bin, restore_model
from fingercount.models.card import Card
from fingercount.models.registry import (
    choose_live_model,
    delete_model,
    is_shipped_model,
    live_model,
)
from fingercount.models.storage import cautions, session_count
from fingercount.text import plural

MEASURED = ("test accuracy", "95 % interval", "test photos", "sessions", "caution")


def row_of(name: str, card: dict, live: bool, state: str = "") -> dict:
    """Return a model's row: its settings and what it reached.

    Args:
        state: what has changed since its figure was measured, see `figures.states`.
    """
    settings, data, metrics = (card.get(key) or {} for key in ("settings", "data", "metrics"))
    test = metrics.get("test") or {}
    interval = test.get("interval")
    return {
        "model": name,
        "live": live,
        "test accuracy": test.get("accuracy"),
        "95 % interval": f"{interval[0]:.0%} to {interval[1]:.0%}" if interval else "",
        "test photos": test.get("n"),
        "sessions": session_count(card, "test").cell if test else "",
        "caution": "; ".join(filter(None, [note_of(state), *cautions(card, "test")])),
        "dataset": "" if is_shipped_model(name) else data.get("name", ""),
        "trained on": (data.get("photos") or {}).get("train"),
        "backbone": (card.get("backbone") or {}).get("name", ""),
        "mode": settings.get("mode", ""),
        "learning rate": settings.get("lr"),
        "epochs": settings.get("epochs"),
        "date": card.get("created", "")[:16].replace("T", " "),
    }


def table(cards: Mapping[str, Card], changed: Mapping[str, str]) -> pd.DataFrame:
    """Return a row for each model.

    Args:
        changed: {model: what has changed since its figure was measured}.
    """
    chosen = live_model()
    return pd.DataFrame(
        [row_of(name, card, name == chosen, changed.get(name, "")) for name, card in cards.items()]
    )


def runs() -> None:
    """Show the models, with what can be done to the selected one."""
    cards = read_cards()
    changed = states(cards)
    frame = table(cards, changed)
    if frame.empty:
        st.caption("No model yet.")
        return
    # A selection is a row's number: among other rows it would mean another model.
    rows = zlib.crc32("\n".join(frame["model"]).encode())
    event = st.dataframe(
        greyed(frame, changed, MEASURED),
        key=f"train_runs_{rows}",
        placeholder="",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "live": st.column_config.CheckboxColumn("live", help="The one that runs live"),
            "test accuracy": st.column_config.NumberColumn(format="percent"),
            "learning rate": st.column_config.NumberColumn(format="%.2g"),
            "test photos": st.column_config.NumberColumn(format="%d"),
        },
    )
    name = next((frame["model"].iloc[row] for row in event.selection.rows), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        use = sticky_button(
            "Run it live",
            key="train_use",
            icon=":material/videocam:",
            disabled=not name,
            seize=lambda: name,
        )
        delete = sticky_button(
            "Delete",
            key="train_delete",
            icon=":material/delete:",
            disabled=not name or is_shipped_model(name),
            help="Moves it to the bin, from which it can come back. The model that ships cannot be "
            "deleted.",
            seize=lambda: name,
        )
        if use or delete:
            st.session_state["train_now_live"] = use
            change_and_rerun(partial(delete_model if delete else choose_live_model, delete or use))
        if not name:
            st.caption("Select a row to run that model live or to delete it.")
    _now_live()
    offer_again(outdated(cards, changed), "train")
    _bin()


def _now_live() -> None:
    """Say which model was just chosen to run live, and lead there."""
    name = st.session_state.get("train_now_live")
    if not name or name != live_model():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="train_now_live_row"):
        st.success(
            f"{plain(shown_name(name))} runs live now.", icon=":material/check_circle:", width=360
        )
        next_link("app_pages/live.py", "Go live", ":material/videocam:", "live")


def _bin() -> None:
    """Show what was deleted last, to bring it back, and how to empty the bin."""
    deleted = deleted_models()
    if not deleted:
        return
    newest, size = deleted[0], sum(model.size for model in deleted)
    with st.container(horizontal=True, vertical_alignment="center"):
        undone = sticky_button(
            f"Undo delete of {plain(newest.name)}",
            key="train_undo_delete",
            icon=":material/undo:",
            seize=lambda: newest.id,
        )
        if undone:
            change_and_rerun(partial(restore_model, undone))
        with st.popover("Bin", icon=":material/delete_sweep:"):
            names = ", ".join(plain(model.name) for model in deleted)
            st.markdown(f"{plural(len(deleted), 'deleted model')}, {size / 1e6:,.1f} MB: {names}.")
            if sticky_button("Empty the bin", key="train_empty_bin"):
                change_and_rerun(empty_model_bin)
