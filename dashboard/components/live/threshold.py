"""Confidence threshold and smoothing, and what the threshold costs on photos."""

from typing import TYPE_CHECKING

import streamlit as st
from components.shared.access import may_change
from components.shared.background import Work, wait_for
from components.shared.models import stamp_of
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.predictions import answers, stamp_of_photos
from components.shared.state import change_and_rerun, pick_dataset, sticky_button

from fingercount.data.dataset import Dataset, list_datasets, open_dataset
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.evaluation.report import Report
from fingercount.evaluation.thresholds import cost_at, costs
from fingercount.live.recognizer import LiveSettings
from fingercount.live.smoothing import HOLD, SMOOTH
from fingercount.models.model import Model
from fingercount.models.registry import SHIPPED, keep_threshold

if TYPE_CHECKING:
    import plotly.graph_objects as go

LONGEST = 2.0  # seconds on the sliders


def pick_steadiness(key: str, model: Model) -> LiveSettings:
    """Show the sliders; return what they say.

    Args:
        key: the page's prefix.
        model: its own threshold is where the slider starts.
    """
    columns = st.columns(3)
    with columns[0]:
        threshold = st.slider(
            "Confidence threshold",
            0.0,
            0.95,
            float(model.threshold),
            0.05,
            format="percent",
            key=f"{key}_threshold_{model.name}",
            persist_state="session",
            help="Below this, the answer is “not sure” and never a number.",
        )
    with columns[1]:
        smooth = st.slider(
            "Averaged over",
            0.0,
            LONGEST,
            SMOOTH,
            0.05,
            format="%.2f s",
            key=f"{key}_smooth",
            persist_state="session",
            help="Probabilities are averaged over this time. Longer is steadier, but slower.",
        )
    with columns[2]:
        hold = st.slider(
            "Held for",
            0.0,
            LONGEST,
            HOLD,
            0.05,
            format="%.2f s",
            key=f"{key}_hold",
            persist_state="session",
            help="A count is committed once it has stayed the same for this long. The command "
            "`fingercount watch` takes both times, too, as --smooth and --hold.",
        )
    return LiveSettings(smooth, hold, threshold)


def show_cost(key: str, model: Model, threshold: float) -> None:
    """Show what the threshold costs on the test photos of a data set, and offer to keep it.

    Args:
        key: the page's prefix.
        model: whose answers are counted.
        threshold: what the slider says.
    """
    if not list_datasets():
        st.caption("Once there are photos, this shows what the threshold costs on them.")
        return
    try:
        dataset = open_dataset(pick_dataset(f"{key}_cost_dataset", label="Measured on"))
        work = _measured(f"{key}_cost", model, dataset)
        wait_for(work, f"Measured on {dataset.name}.")
    except FingercountError as error:
        st.error(plain(error))
        return
    if work.result is None:
        return
    report: Report = work.result
    now = cost_at(report, model.classes, threshold)
    st.markdown(f"At **{threshold:.0%}**: {plain(now.sentence)}")
    st.plotly_chart(
        curve(report, model.classes, threshold),
        config={"displayModeBar": False},
        key=f"{key}_curve",
    )
    for note in report.notes:
        st.caption(plain(note))
    st.caption("Chosen by these photos, the threshold does slightly worse on new ones.")
    if model.name == SHIPPED or not may_change():
        return
    if sticky_button(
        f"Keep {threshold:.0%} for {plain(shown_name(model.name))}",
        key=f"{key}_keep_threshold",
        disabled=threshold == model.threshold,
        help="Evaluate, the command line and every viewer then use it too.",
    ):
        change_and_rerun(lambda: keep_threshold(model.name, threshold))


def _measured(memory: str, model: Model, dataset: Dataset) -> Work:
    """Return the evaluation on the test photos, or on all where there are none, as it goes on."""
    stamp, snapshot = stamp_of(model.name), dataset.snapshot()
    wanted = (model.name, stamp, dataset.name, stamp_of_photos(snapshot))
    before, work = st.session_state.get(memory, (None, None))
    if before != wanted:
        if work:
            work.cancel()
        known = answers(model.name, stamp)

        def measure(report_stage) -> Report:
            def progress(done: int, total: int) -> None:
                report_stage("The model looks at photo", done, total)

            return evaluate(model, snapshot, known=known, progress=progress)

        work = Work(measure, "The cost of the threshold")
        st.session_state[memory] = (wanted, work)
    return work.soon()


def curve(report: Report, classes: list[str], threshold: float) -> "go.Figure":
    """Return the share answered and the share of those that is right, over the threshold."""
    import plotly.graph_objects as go  # when it is drawn: most who watch Live never open it

    rows = costs(report, classes)
    x = [cost.threshold for cost in rows]
    answered = [cost.answered / cost.hands if cost.hands else None for cost in rows]
    lines = (("hands answered", answered), ("answers right", [cost.accuracy for cost in rows]))
    figure = go.Figure(
        [go.Scatter(x=x, y=y, name=name, mode="lines", line={"width": 3}) for name, y in lines]
    )
    figure.add_vline(threshold, line_dash="dot", line_color="#8a968f")  # seen on light and dark
    figure.update_layout(
        height=220,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": 1.15},
        xaxis={"title": "confidence threshold", "tickformat": ".0%", "range": [0, 1]},
        yaxis={"tickformat": ".0%"},
    )
    return figure
