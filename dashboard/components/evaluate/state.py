"""What a viewer asks about on Evaluate: one state, and what each event makes of it.

The values of widgets (the class, the order, the model to compare with) stay with the widgets. Here
is what else must last: the matrix and the map say only what is selected now, and a picker forgets
its value when its options change.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import streamlit as st

KEY = "evaluate_state"
Cell = tuple[str, str]  # (actual, predicted)


class Subject(NamedTuple):
    """What is measured: the names of a model, a data set and one of its splits."""

    model: str
    dataset: str
    split: str


class Question(NamedTuple):
    """A cell that is asked about, and the matrix that it was clicked in.

    Attributes:
        subject, photos: whose matrix, and a stamp of the photos that it counts.
        cell: (actual, predicted).
    """

    subject: Subject
    photos: tuple
    cell: Cell


@dataclass(frozen=True)
class EvaluateState:
    """What is asked about and shown.

    Attributes:
        question: the cell that is asked about; None where a class is.
        selected: the cell that is selected in the matrix.
        lasso: paths of the photos that are picked on the map.
        source: key of the photos that the grid shall show; kept while it has none of them.
        awaited: name of the model that is being trained to be compared.
    """

    question: Question | None = None
    selected: Cell | None = None
    lasso: tuple[str, ...] = ()
    source: str | None = None
    awaited: str | None = None

    def cell(self, subject: Subject, classes: list[str]) -> Cell | None:
        """Return the cell that is asked about, if it is one of this subject's matrix."""
        if self.question is None or self.question.subject != subject:
            return None
        return self.question.cell if set(self.question.cell) <= set(classes) else None


class MatrixDrawn(NamedTuple):
    """The matrix was drawn. `photos`: a stamp of those it counts. `selected`: a cell or None."""

    subject: Subject
    photos: tuple
    selected: Cell | None


class MapDrawn(NamedTuple):
    """The map was drawn, or is closed: then nothing is picked on it."""

    picked: tuple[str, ...]


class ClassAsked(NamedTuple):
    """A class was picked, or all of it was asked for in place of a cell."""


class ReasonOpened(NamedTuple):
    """A reason's photos were asked for."""

    name: str


class SourcePicked(NamedTuple):
    """What the grid shows was picked."""

    key: str


class RetrainingStarted(NamedTuple):
    """A training was started, whose model is to be compared."""

    model: str


class RetrainingFinished(NamedTuple):
    """That model is there."""


Event = (
    MatrixDrawn
    | MapDrawn
    | ClassAsked
    | ReasonOpened
    | SourcePicked
    | RetrainingStarted
    | RetrainingFinished
)


def next_state(state: EvaluateState, event: Event) -> EvaluateState:
    """Return the state after an event."""
    match event:
        case MatrixDrawn():
            clicked = event.selected is not None and event.selected != state.selected
            return replace(
                state,
                question=_next_question(state, event),
                selected=event.selected,
                source="cell" if clicked else state.source,
            )
        case MapDrawn(picked):
            drawn = picked and picked != state.lasso
            return replace(state, lasso=picked, source="lasso" if drawn else state.source)
        case ClassAsked():
            return replace(state, question=None, source="missed")
        case ReasonOpened(name):
            return replace(state, source=f"reason:{name}")
        case SourcePicked(key):
            return replace(state, source=key)
        case RetrainingStarted(model):
            return replace(state, awaited=model)
        case RetrainingFinished():
            return replace(state, awaited=None)


def _next_question(state: EvaluateState, drawn: MatrixDrawn) -> Question | None:
    """Return which cell is asked about once the matrix is drawn.

    A matrix of other photos is another one to the browser, which comes without a selection. So a
    selection that is gone lets go of the question only where the photos are the same.
    """
    subject, photos, selected = drawn
    question, before = state.question, state.selected
    if selected:
        still = question and (question.subject, question.cell) == (subject, selected)
        return Question(subject, photos, selected) if selected != before or still else question
    let_go = before and question and (question.subject, question.photos) == (subject, photos)
    return None if let_go else question


def current_state() -> EvaluateState:
    """Return this viewer's state."""
    return st.session_state.get(KEY, EvaluateState())


def dispatch(event: Event) -> EvaluateState:
    """Let an event happen to this viewer's state; return the state after it."""
    state = st.session_state[KEY] = next_state(current_state(), event)
    return state
