"""Train again on the corrected photos, and compare on the same test photos."""

from dataclasses import replace

import pandas as pd
import streamlit as st
from components.evaluate.state import (
    RetrainingFinished,
    RetrainingStarted,
    current_state,
    dispatch,
)
from components.shared.access import page_link
from components.shared.models import shared_model, stamp_of
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.predictions import answers
from components.shared.state import sticky_button
from components.shared.widget_values import set_by_page, set_widget
from components.train.jobs import jobs, latest_job
from components.train.progress import show_progress

from fingercount.data.dataset import Dataset
from fingercount.data.edit import Edit
from fingercount.data.snapshot import Snapshot
from fingercount.errors import FingercountError
from fingercount.evaluation.comparison import Comparison, compare_models
from fingercount.models.model import Model
from fingercount.models.registry import free_name, list_models
from fingercount.training.settings import Settings


def retrain(model: Model, dataset: Dataset, fingerprint: str) -> None:
    """Offer to train with a model's own settings on the photos as they are now.

    Args:
        fingerprint: of the photos.
    """
    settings = model.card.get("settings") or {}
    if model.card.get("data", {}).get("name") != dataset.name or "mode" not in settings:
        st.caption(
            f"{plain(shown_name(model.name))} was not trained on {plain(dataset.name)}, so it "
            "cannot be retrained on it."
        )
        page_link("app_pages/train.py", label="Train a model", icon=":material/model_training:")
        return
    job = latest_job()
    running = job is not None and job.state == "running"
    changed = model.card["data"].get("fingerprint") != fingerprint
    name = free_name(dataset.name)
    if not changed:
        st.caption(
            f"The photos are as they were when {plain(shown_name(model.name))} was trained. Fix "
            "some first; otherwise retraining gives the same model."
        )
    if sticky_button(
        f"Retrain as {plain(name)}, and compare",
        key="evaluate_retrain",
        type="primary" if changed else "secondary",
        icon=":material/model_training:",
        disabled=running,
        help="The same settings, and the photos as they are now. The test photos stay the same.",
    ):
        try:
            jobs().start(dataset, name, Settings.from_json(settings))
            dispatch(RetrainingStarted(name))
            st.rerun()
        except FingercountError as error:
            st.error(plain(error))
    if job and job.name == current_state().awaited:
        show_progress()
        if job.state == "finished":
            set_widget("evaluate_compare_with", job.name)
            dispatch(RetrainingFinished())
            st.rerun()


def pick_other(name: str) -> str | None:
    """Show the picker of the model to compare with; return its name."""
    others = [other for other in list_models() if other != name]
    if st.session_state.get("evaluate_compare_with") not in others:
        set_widget("evaluate_compare_with", None)
    if not others:
        return None
    return st.selectbox(
        f"Compare {plain(shown_name(name))} with",
        others,
        format_func=shown_name,
        key=set_by_page("evaluate_compare_with"),
        placeholder="Pick a model",
        width=360,
    )


def chosen_comparison(
    name: str, dataset: Dataset, snapshot: Snapshot, split: str
) -> Comparison | None:
    """Return the comparison with the model of `pick_other`, which stands below; None without."""
    other = st.session_state.get("evaluate_compare_with")
    if not other:
        return None
    return compared(*in_order(name, other), snapshot, split, dataset.edits())


def in_order(name: str, other: str) -> tuple[str, str]:
    """Return two models, the one that was made first before the other."""

    def made(model: str) -> str:
        try:
            return shared_model(model).card.get("created", "")
        except FingercountError:  # said where it is compared
            return ""

    return (name, other) if made(name) <= made(other) else (other, name)


def compared(
    old: str, new: str, snapshot: Snapshot, split: str, edits: list[Edit]
) -> Comparison | None:
    """Return the comparison of two models on the same photos; where it fails, say why."""
    try:
        known = (answers(old, stamp_of(old)), answers(new, stamp_of(new)))
        models = (shared_model(old), shared_model(new))
        return compare_models(*models, snapshot, split, known=known, edits=edits)
    except FingercountError as error:
        st.error(plain(error))
        return None


def show_comparison(comparison: Comparison) -> None:
    """Show old and new side by side, in all and for each class."""
    names = {"old": shown_name(comparison.old), "new": shown_name(comparison.new)}
    comparison = replace(comparison, **names)
    if comparison.corrected:
        said = comparison.corrected.sentence(comparison.old, comparison.new)
        st.info(plain(said), icon=":material/label:")
    st.markdown(f"**{plain(comparison.verdict)}**")
    for note in comparison.notes:
        st.warning(plain(note), icon=":material/info:")
    st.dataframe(
        table(comparison).round(3),  # more digits than that are none that were measured
        hide_index=True,
        placeholder="",
        column_config={
            column: st.column_config.NumberColumn(format="percent", width="small")
            for column in (comparison.old, comparison.new)
        },
    )
    st.caption(
        "Change in percentage points with its 95 % interval. p: how often chance alone would "
        "change as many answers in one direction (McNemar's test on the same photos). Below 0.05, "
        "it counts as more than chance."
    )


def table(comparison: Comparison) -> pd.DataFrame:
    """Return a row for all photos and one per class."""
    rows = []
    for label, change in {"all": comparison.overall, **comparison.per_class}.items():
        low, high = change.interval or (0.0, 0.0)
        rows.append(
            {
                "class": label,
                "photos": change.n,
                comparison.old: change.before / change.n if change.n else None,
                comparison.new: change.after / change.n if change.n else None,
                "change": f"{100 * (change.difference or 0):+.1f}",
                "interval": f"{100 * low:+.1f} to {100 * high:+.1f}",
                "newly right": change.gained,
                "newly wrong": change.lost,
                "p": f"{change.p:.2g}",
                "verdict": "more than chance" if change.certain else "within chance",
            }
        )
    return pd.DataFrame(rows)
