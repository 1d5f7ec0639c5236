"""The training that runs: how far it is, its curves, and how it ended."""

import streamlit as st
from components.shared.charts import curves
from components.shared.models import turn_to_model
from components.shared.plain import plain
from components.shared.state import sticky_button
from components.train.jobs import latest_job

from fingercount.models.registry import list_models
from fingercount.models.storage import session_count
from fingercount.text import percent
from fingercount.training.jobs import Job

NEXT = (  # once a training has finished: page, words, icon
    ("evaluate", "See what it gets wrong", ":material/fact_check:"),
    ("live", "Try it live", ":material/videocam:"),
)


def show_progress() -> None:
    """Show the latest training of this app, if there is one; it is kept up to date."""
    job = latest_job()
    if job:
        running = job.state == "running"
        st.fragment(_show, run_every=0.7 if running else None)(job, running)


def _show(job: Job, was_running: bool) -> None:
    st.subheader(f"Training of {plain(job.name)}")
    if job.state == "running":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(job.progress, text=plain(job.stage))
            st.button(
                "Cancel",
                key="train_cancel",
                icon=":material/stop:",
                disabled=job.cancelling,
                on_click=job.cancel,
            )
    elif job.state == "finished":
        st.success(plain(summary(job)), icon=":material/check_circle:")
        there = job.name in list_models()  # and not deleted since
        with st.container(horizontal=True):
            for page, words, icon in NEXT if there else ():
                if sticky_button(words, key=f"train_to_{page}", icon=icon, type="secondary"):
                    turn_to_model(job.name)  # not the one that runs live so far
                    st.session_state["dataset"] = job.dataset
                    st.switch_page(f"app_pages/{page}.py")
    elif job.state == "cancelled":
        st.info("Cancelled. No model was saved.", icon=":material/stop_circle:")
    else:
        st.error(plain(job.error))
    if job.epochs:
        left, right = st.columns(2)
        total = job.settings.epochs
        for column, kind in ((left, "loss"), (right, "accuracy")):
            column.plotly_chart(
                curves(job.epochs, total, kind),
                key=f"train_{kind}_curve",
                config={"displayModeBar": False},
            )
    if was_running and job.state != "running":
        st.rerun()  # the table of models below has one more row now


def summary(job: Job) -> str:
    """Return in one sentence what a finished training reached, and on what."""
    card = job.finished.card
    side = next((s for s in ("test", "val", "train") if s in card["metrics"]), None)
    figures = card["metrics"][side]
    low, high = figures["interval"]
    known = figures.get("backbone_seen")
    where = {
        "test": f"on photos, {known:,} of which its backbone was trained on"
        if known
        else "on photos it has never seen",
        "val": "on the validation photos, by which its best epoch was chosen",
        "train": "on its own training photos, which says little",
    }[side]
    return (
        f"{job.name} is ready after {job.seconds:.0f} s: "
        f"{percent(figures['accuracy'])} right {where} "
        f"({session_count(card, side).photos_in_words()}; "
        f"95 % interval {low:.0%} to {high:.0%}). "
        f"{card['data']['sentence']}"
    )
