"""Why a class fails: worked out beside the page, shown as a list of reasons."""

import threading

import streamlit as st

from components.models import shared_model, stamp_of
from fingercount.dataset import Dataset
from fingercount.diagnosis import Case, Focus, Reason, explain, prepare
from fingercount.errors import FingercountError
from fingercount.evaluation import Report

TITLES = {
    "labels": "Wrong labels",
    "copies": "Leaks and copies",
    "variety": "Too little variety",
    "conditions": "Light, blur and place",
    "shift": "Another world than in training",
}
THREAD = "diagnosis"


class Preparation:
    """A case being worked out in a thread of its own.

    Attributes:
        case: the result, None until it is there.
        error: one line of advice where it failed.
        stage, part: what it is at, and how far, 0 to 1.
    """

    def __init__(self, model, dataset: Dataset, report: Report, glances: dict):
        self.case: Case | None = None
        self.error = ""
        self.stage, self.part = "Starting", 0.0
        work = (model, dataset, report, glances)
        # A daemon: closing the app must not wait for it.
        self.thread = threading.Thread(target=self._run, args=work, name=THREAD, daemon=True)
        self.thread.start()

    @property
    def running(self) -> bool:
        return self.case is None and not self.error

    def _run(self, model, dataset: Dataset, report: Report, glances: dict) -> None:
        try:
            case = prepare(model, dataset, report, glances=glances, progress=self._at)
            case.settle(lambda stage: self._at(stage, 0, 0))
            self._at("Testing the reasons", 0, 0)
            for label in report.classes:  # what they share is remembered
                explain(case, Focus(label))
            self.case = case
        except FingercountError as error:
            self.error = str(error)
        except Exception as error:  # a thread's error would be seen by nobody
            self.error = f"The reasons could not be worked out ({type(error).__name__}: {error})."

    def _at(self, stage: str, done: int, total: int) -> None:
        self.stage = f"{stage} {done:,} of {total:,}" if total else stage
        self.part = done / total if total else 1.0


@st.cache_resource(max_entries=4)
def _glances(root: str) -> dict:
    """Return what is known of a data set's photos by their content."""
    return {}


@st.cache_resource(max_entries=3, show_spinner=False)
def _preparation(key: tuple, _dataset: Dataset, _report: Report) -> Preparation:
    name, root, *_ = key
    return Preparation(shared_model(name), _dataset, _report, _glances(root))


def prepared(report: Report, dataset: Dataset) -> Preparation:
    """Return the case of a report, which is worked out once and anew where the photos changed."""
    standing = tuple(edit.id for edit in dataset.edits() if not edit.undone)
    sides = hash(tuple((p.path, p.split, p.session) for p in dataset.photos()))
    root = str(dataset.root.resolve())
    key = (report.model, root, stamp_of(report.model), report.split, dataset.fingerprint())
    return _preparation((*key, standing, sides), dataset, report)


def wait_for(preparation: Preparation) -> None:
    """Show how far it is, and draw the page anew when it is there."""
    if preparation.running:
        st.fragment(_progress, run_every=0.5)(preparation)
    elif preparation.error:
        st.error(preparation.error)


def _progress(preparation: Preparation) -> None:
    if not preparation.running:
        st.rerun()
    st.progress(min(1.0, preparation.part), text=f"{preparation.stage} …")


def show_reasons(reasons: list[Reason], choose) -> None:
    """Show the reasons that were found, each with what to do, then those that were not.

    Args:
        reasons: in the order they are to stand.
        choose: called with a reason's name when its photos are wanted.
    """
    found = [reason for reason in reasons if reason.found]
    if not found:
        st.markdown("**No reason stands out.** What was looked for, and not found:")
    for place, reason in enumerate(found):
        with st.container(border=True):
            st.markdown(f"**{place + 1}. {TITLES[reason.name]}** · {_weight(reason)}")
            st.markdown(reason.sentence)
            st.caption(f":material/arrow_forward: {reason.advice}")
            if reason.items:
                st.button(
                    f"Show its {len(reason.items):,} photos",
                    key=f"evaluate_reason_{reason.name}",
                    icon=":material/photo_library:",
                    on_click=choose,
                    args=(reason.name,),
                )
    absent = [reason for reason in reasons if not reason.found]
    if absent:
        names = ", ".join(TITLES[reason.name].lower() for reason in absent)
        with st.expander(f"Looked for and not found: {names}", expanded=not found):
            for reason in absent:
                st.markdown(f"**{TITLES[reason.name]}.** {reason.sentence}")


def _weight(reason: Reason) -> str:
    if reason.share >= 0.005:
        return f"about {reason.share:.0%} of these errors"
    return "costs nothing that these photos show"
