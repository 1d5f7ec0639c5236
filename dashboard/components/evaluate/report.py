"""A model measured on a data set: asked once, remembered by content."""

import json

import pandas as pd
import streamlit as st
from components.shared.charts import clicked_cell, matrix
from components.shared.models import shared_model, stamp_of
from components.shared.plain import plain
from components.shared.predictions import answers, stamp_of_photos
from components.shared.thumbnails import show_photo

from fingercount.data.dataset import Dataset, spread
from fingercount.data.snapshot import Snapshot
from fingercount.diagnosis import Case
from fingercount.diagnosis.html_report import to_html
from fingercount.diagnosis.sentences import new_and_known
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.evaluation.metrics import wilson
from fingercount.evaluation.published import Measured
from fingercount.evaluation.report import Report, to_csv
from fingercount.text import percent

KEPT = 6  # reports
LONG = 1000  # photos that take a model some seconds at least
SOME = 8  # photos that are shown meanwhile
MANY = 1000  # photos from which a tenth of a percent means something


@st.cache_resource
def _reports() -> dict[tuple, Report]:
    """Return the newest reports, shared by all viewers."""
    return {}


def measure(name: str, snapshot: Snapshot, split: str, stamp: tuple) -> Report:
    """Return the report, asking the model only about photos that it was not asked about before.

    Args:
        stamp: of the snapshot, see `stamp_of_photos`.
    """
    key = (name, stamp_of(name), str(snapshot.root.resolve()), split, stamp)
    reports = _reports()
    if key not in reports:
        for old in list(reports)[: max(0, len(reports) + 1 - KEPT)]:
            reports.pop(old, None)
        reports[key] = _measure(name, snapshot, split)
    return reports[key]


def measure_or_stop(name: str, snapshot: Snapshot, split: str) -> tuple[Report, tuple]:
    """Return the report and the snapshot's stamp; where it cannot be made, say why and stop."""
    try:
        stamp = stamp_of_photos(snapshot)
        return measure(name, snapshot, split, stamp), stamp
    except FingercountError as error:
        st.error(plain(error))
        st.stop()


def _measure(name: str, snapshot: Snapshot, split: str) -> Report:
    model = shared_model(name)
    known = answers(name, stamp_of(name))
    bar, photos = st.empty(), st.empty()
    seen = False

    def show(done: int, total: int) -> None:
        nonlocal seen
        if done < total:
            bar.progress(done / total, text=f"The model looks at photo {done:,} of {total:,}")
            if total >= LONG and not seen:
                seen = True
                with photos.container():
                    _show_some(snapshot)

    report = evaluate(model, snapshot, split, known=known, progress=show)
    bar.empty()
    photos.empty()
    return report


def _show_some(snapshot: Snapshot) -> None:
    """Show a few photos while the model looks at thousands: something to see, and to recognise."""
    dataset = Dataset(snapshot.root)
    with st.container(horizontal=True, gap="small"):
        for photo in spread(snapshot.photos, SOME):
            with st.container(width=96):
                show_photo(dataset, photo.path)


def show_headline(report: Report) -> None:
    """Show the accuracy, and what a person must know to read it."""
    st.markdown(headline(report))
    for note in filter(None, [new_and_known(report), *report.notes]):
        st.caption(plain(note))


def headline(report: Report) -> str:
    """Return the accuracy in one sentence, with what it rests on."""
    low, high = report.interval
    return (
        f"**{percent(report.accuracy, 1)}** right: {report.right:,} of "
        f"{report.session_count.photos_in_words()}. 95 % interval: {low:.1%} to {high:.1%}."
    )


def class_table(report: Report | Measured) -> pd.DataFrame:
    """Return a row per class: n, recall and precision with their 95 % intervals, F1."""
    counts = report.confusion
    rows = []
    for i, (label, figures) in enumerate(report.per_class.items()):
        right = int(counts[i, i])
        rows.append(
            {
                "class": label,
                "photos": figures["n"],
                "recall": figures["recall"],
                "recall interval": _from_to(right, int(counts[i].sum())),
                "precision": figures["precision"],
                "precision interval": _from_to(right, int(counts[:, i].sum())),
                "F1": figures["f1"],
            }
        )
    return pd.DataFrame(rows)


def _from_to(right: int, n: int) -> str:
    if not n:
        return ""
    low, high = wilson(right, n)
    digits = 1 if n >= MANY else 0
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f} %"


def first_class(report: Report) -> str:
    """Return the class to ask about first: two where it fails, else the one that fails most."""
    wrong = [item for item in report.items if not item.right]
    failed = {
        label: sum(label in (item.actual, item.predicted) for item in wrong)
        for label in report.classes
    }
    two = "two" if "two" in report.classes else report.classes[0]
    return two if failed[two] or not wrong else max(failed, key=failed.get)


def show_class_table(report: Report | Measured) -> None:
    """Show recall, precision and F1 of each class."""
    share = {"format": "percent", "width": 74}
    between = {"label": "95 %", "width": 92, "alignment": "right"}
    table = class_table(report)
    st.dataframe(
        table.round(3),  # more digits than that are none that were measured
        placeholder="",
        hide_index=True,
        column_config={
            "class": st.column_config.TextColumn(width=64),
            "photos": st.column_config.NumberColumn(width=58),
            "recall": st.column_config.NumberColumn(
                help="Of the photos of this class, the share that was found", **share
            ),
            "recall interval": st.column_config.TextColumn(
                help="The recall's 95 % interval; the fewer photos, the wider",
                **between,
            ),
            "precision": st.column_config.NumberColumn(
                help="When the model says this class, the share that is right", **share
            ),
            "precision interval": st.column_config.TextColumn(
                help="The precision's 95 % interval", **between
            ),
            "F1": st.column_config.NumberColumn(
                help="The harmonic mean of recall and precision", format="%.2f", width=52
            ),
        },
    )


def show_matrix(report: Report) -> tuple[str, str] | None:
    """Show the confusion matrix; return the (actual, predicted) of the cell that was clicked."""
    with st.container(key="evaluate_matrix_scroll", horizontal=True):
        event = st.plotly_chart(
            matrix(report, dark=st.context.theme.type == "dark"),
            key="evaluate_matrix",
            on_select="rerun",
            selection_mode="points",
            width="content",
            config={"displayModeBar": False},
        )
    return clicked_cell(event.selection)


def downloads(report: Report, dataset: Dataset, case: Case | None) -> None:
    """Offer the table and the report as files.

    Args:
        case: for the reasons in the HTML report; None while they are worked out.
    """
    model = shared_model(report.model)
    stem = f"{report.model}-on-{report.dataset}-{report.split}"
    with st.container(horizontal=True):
        st.download_button(
            "Table (CSV)",
            lambda: to_csv(report, model.classes),
            f"{stem}.csv",
            "text/csv",
            key="evaluate_csv",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Report (JSON)",
            lambda: json.dumps(report.to_json(), indent=2, ensure_ascii=False),
            f"{stem}.json",
            "application/json",
            key="evaluate_json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        st.download_button(
            "Report (HTML)",
            (lambda: to_html(model, dataset, case)) if case else "",
            f"{stem}.html",
            "text/html",
            key="evaluate_html",
            icon=":material/description:",
            on_click="ignore",
            disabled=case is None,
            help="One file with figures, reasons and pictures. Your photos are in it: think before "
            "you share it.",
        )
