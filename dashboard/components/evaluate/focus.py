"""Which errors are asked about: those of a class, or those of one cell of the matrix."""

import streamlit as st
from components.evaluate.report import first_class
from components.evaluate.state import (
    Cell,
    ClassAsked,
    MatrixDrawn,
    Subject,
    current_state,
    dispatch,
)
from components.shared.charts import outline_css
from components.shared.plain import plain
from components.shared.widget_values import set_by_page, set_widget

from fingercount.diagnosis import Focus, cell_sentence, class_sentence
from fingercount.evaluation.report import Report

KEY = "evaluate_class"


def subject_of(report: Report) -> Subject:
    """Return what a report is about."""
    return Subject(report.model, report.dataset, report.split)


def take_click(report: Report, stamp: tuple, selected: Cell | None) -> None:
    """Ask about the cell that was clicked in a report's matrix, and pick its class.

    Args:
        stamp: of the photos, see `predictions.stamp_of_photos`.
        selected: the cell that is selected in the matrix.
    """
    before = current_state().selected
    dispatch(MatrixDrawn(subject_of(report), stamp, selected))
    if selected and selected != before and selected[0] in report.classes:
        set_widget(KEY, selected[0])


def outline(report: Report) -> None:
    """Outline the cell of a report's matrix that is asked about, if one is."""
    cell = current_state().cell(subject_of(report), report.classes)
    if cell:
        row, column = map(report.classes.index, cell)
        st.html(outline_css(row, column, len(report.classes), "evaluate_matrix"))


def pick_focus(report: Report) -> Focus:
    """Show the picker of a class and, in words, how it or the clicked cell fails; return which."""

    def ask_class() -> None:
        dispatch(ClassAsked())

    label = st.pills(
        "Class",
        report.classes,
        default=first_class(report),
        format_func=plain,
        required=True,
        key=set_by_page(KEY),
        on_change=ask_class,
    )
    cell = current_state().cell(subject_of(report), report.classes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(cell_sentence(report, *cell) if cell else class_sentence(report, label)))
        if cell:
            st.button(f"All of {plain(label)}", key="evaluate_ask_class", on_click=ask_class)
    return focus_on(cell, label)


def focus_on(cell: Cell | None, label: str) -> Focus:
    """Return the errors that a cell means, or a class where there is none.

    A cell on the diagonal has no errors; it means its class.
    """
    if cell is None:
        return Focus(label)
    actual, predicted = cell
    return Focus(actual) if actual == predicted else Focus(actual, predicted)
