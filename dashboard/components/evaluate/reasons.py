"""Why a class fails: worked out beside the page, shown as a list of reasons."""

import threading

import streamlit as st
from components.evaluate.state import ReasonOpened, dispatch
from components.shared.background import Work
from components.shared.models import shared_model, stamp_of
from components.shared.plain import plain

from fingercount.data.dataset import Dataset
from fingercount.data.session_count import SessionCount
from fingercount.data.snapshot import Snapshot
from fingercount.diagnosis import Case, Focus, Reason, explain, prepare
from fingercount.evaluation.report import Report
from fingercount.text import plural

TITLES = {
    "labels": "Wrong labels",
    "copies": "Leaks and copies",
    "variety": "Too little variety",
    "conditions": "Light, blur and place",
    "shift": "Different from the training photos",
}

_STARTING = threading.Lock()  # two viewers, or two runs of one page, start the same work once
KEPT = 3  # cases; one of 10,000 photos takes about 100 MB


@st.cache_resource(max_entries=4)
def _photo_stats(root: str) -> dict:
    """Return what is known of a data set's photos by their content."""
    return {}


@st.cache_resource
def _works() -> dict[tuple, Work]:
    """Return what was or is worked out, the newest last, shared by all viewers."""
    return {}


def prepared(
    report: Report, dataset: Dataset, snapshot: Snapshot, stamp: tuple, *, begin: bool = True
) -> tuple[Work | None, Case | None]:
    """Return the work on a report's case, and the newest case that there is.

    It is worked out once, and again where the photos changed. Until then the case before is shown,
    so that nothing jumps while a person works.

    Args:
        snapshot: the photos that the report is about.
        stamp: of the snapshot, see `predictions.stamp_of_photos`.
        begin: whether to begin with it; else the work is None where it was not begun yet, so that
            a page can show its photos first, for which the machine is then free.
    """
    standing = tuple(edit.id for edit in dataset.edits() if not edit.undone)
    root = str(dataset.root.resolve())
    about = (report.model, stamp_of(report.model), root, report.split)
    key = (*about, stamp, standing)
    works = _works()
    with _STARTING:
        work = works.get(key)
        if work is None and begin:
            for other, old in list(works.items()):
                if other[: len(about)] == about and old.running:  # on photos as they are no more
                    old.cancel()
                    works.pop(other)
            done = [other for other, old in works.items() if not old.running]
            for other in done[: max(0, len(works) + 1 - KEPT)]:
                works.pop(other)
            work = works[key] = _start(report, dataset, snapshot, root)
    if work:
        work.soon()
    before = [w.result for k, w in list(works.items()) if k[: len(about)] == about and w.result]
    return work, (work and work.result) or (before[-1] if before else None)


def _start(report: Report, dataset: Dataset, snapshot: Snapshot, root: str) -> Work:
    model, stats = shared_model(report.model), _photo_stats(root)

    def work_out(progress) -> Case:
        case = prepare(model, dataset, report, snapshot=snapshot, stats=stats, progress=progress)
        case.precompute(lambda stage, done, total: progress(stage, 0, 0))
        progress("Testing the reasons", 0, 0)
        for label in report.classes:  # what they share is remembered
            explain(case, Focus(label))
        return case

    return Work(work_out, "The reasons")


def tested(case: Case | None) -> str:
    """Return what the reasons were tested on, in words."""
    if case is None:
        return ""
    return f"Tested on {SessionCount.of(case.photos).photos_in_words()}."


def reasons_for(case: Case | None, focus: Focus) -> list[Reason]:
    """Return the reasons for some errors, those that explain most first.

    None of a case that is not there yet, or that is of before a label came.
    """
    return explain(case, focus) if case and set(focus.labels) <= set(case.report.classes) else []


def show_reasons(reasons: list[Reason]) -> None:
    """Show the reasons that were found, each with what to do, then those that were not."""
    found = [reason for reason in reasons if reason.found]
    if not found:
        st.markdown("**No reason stands out.**")
    for place, reason in enumerate(found):
        with st.container(border=True):
            st.markdown(f"**{place + 1}. {TITLES[reason.name]}** · {plain(reason.weight)}")
            st.markdown(plain(reason.sentence))
            st.caption(f":material/arrow_forward: {plain(reason.advice)}")
            if reason.items:
                st.button(
                    f"Show its {plural(len(reason.items), 'photo')}",
                    key=f"evaluate_reason_{reason.name}",
                    icon=":material/photo_library:",
                    on_click=_open,
                    args=(reason.name,),
                )
    absent = [reason for reason in reasons if not reason.found]
    if absent:
        names = ", ".join(TITLES[reason.name].lower() for reason in absent)
        with st.expander(f"Looked for and not found: {names}", expanded=not found):
            for reason in absent:
                st.markdown(f"**{TITLES[reason.name]}.** {plain(reason.sentence)}")


def _open(reason: str) -> None:
    """Let the grid show a reason's photos."""
    dispatch(ReasonOpened(reason))
