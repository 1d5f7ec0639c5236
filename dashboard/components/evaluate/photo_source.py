"""Which photos stand in Evaluate's grid, and in which order."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from components.evaluate.focus import subject_of
from components.evaluate.reasons import TITLES
from components.evaluate.state import SourcePicked, current_state, dispatch
from components.shared.widget_values import set_by_page, set_widget

from fingercount.data.snapshot import Snapshot
from fingercount.diagnosis import Focus, Reason
from fingercount.evaluation.comparison import Comparison
from fingercount.evaluation.report import PhotoResult, Report

KEY = "evaluate_show"
ORDERS = {
    "telling": "The most telling first",
    "sure": "Most confident first",
    "unsure": "Least confident first",
    "loss": "Highest loss first",
    "name": "By name",
}


@dataclass(frozen=True)
class Source:
    """Photos that can be shown.

    Attributes:
        key, title: how it is picked.
        paths: relative to the data set, the most telling first.
        words: {path: what else stands below it}.
    """

    key: str
    title: str
    paths: list[str]
    words: dict[str, str] = field(default_factory=dict)


def sources(
    report: Report,
    label: str,
    cell: tuple[str, str] | None,
    reasons: list[Reason],
    lasso: list[str],
    changes: dict[str, list[PhotoResult]],
    titles: dict[str, str],
    there: set[str],
) -> list[Source]:
    """Return what can be shown for a class: its errors, a cell, reasons, a lasso, a comparison.

    Args:
        there: paths of the photos that there are; reasons and lasso may be of before a change.
    """
    by_sureness = sorted(report.items, key=lambda item: -item.confidence)

    def some(key: str, title: str, wanted) -> Source:
        return Source(key, title, [item.path for item in by_sureness if wanted(item)])

    found = [
        some(
            "missed",
            f"{label}, called something else",
            lambda i: i.actual == label and not i.right,
        ),
        some("mistaken", f"others, called {label}", lambda i: i.predicted == label != i.actual),
    ]
    if cell:
        title = f"{cell[0]}, called {cell[1]}"
        found.insert(0, some("cell", title, lambda i: (i.actual, i.predicted) == cell))
    for reason in reasons:
        words = {item.path: item.note for item in reason.items if item.path in there}
        if reason.items:
            title = f"{titles[reason.name]}, {label}"
            found.append(Source(f"reason:{reason.name}", title, list(words), words))
    if lasso:
        lasso = [path for path in lasso if path in there]
        found.insert(0, Source("lasso", "Picked on the map", lasso))
    for key, items in changes.items():
        found.append(Source(f"newly {key}", f"Newly {key}", [item.path for item in items]))
    found.append(some("label", f"All evaluated photos of {label}", lambda i: i.actual == label))
    found.append(Source("wrong", "All wrong answers", worst_first(by_sureness)))
    found.append(some("all", "All evaluated photos", lambda i: True))
    return found


def worst_first(items: Sequence[PhotoResult]) -> list[str]:
    """Return the paths of the wrong answers, those of the most frequent confusion first.

    Args:
        items: of which those that are confused alike keep their order.
    """
    wrong = [item for item in items if not item.right]
    often = Counter((item.actual, item.predicted) for item in wrong)
    return [
        item.path
        for item in sorted(
            wrong,
            key=lambda i: (-often[i.actual, i.predicted], i.actual, i.predicted),
        )
    ]


def pick_source(
    report: Report,
    focus: Focus,
    reasons: list[Reason],
    comparison: Comparison | None,
    snapshot: Snapshot,
) -> tuple[Source, str]:
    """Show the pickers of what the grid shows and in which order; return both.

    Args:
        snapshot: the photos that there are.
    """
    state = current_state()
    cell = state.cell(subject_of(report), report.classes)
    changes = {"right": comparison.gained, "wrong": comparison.lost} if comparison else {}
    there = {photo.path for photo in snapshot.photos}
    columns = st.columns([3, 2])
    with columns[0]:
        found = sources(
            report, focus.actual, cell, reasons, list(state.lasso), changes, TITLES, there
        )
        source = pick(found)
    with columns[1]:
        return source, pick_order()


def pick(found: list[Source]) -> Source:
    """Show the picker of what the grid shows; return what was picked."""
    by_key = {source.key: source for source in found}
    # What is wanted is kept where it is not there: with the next photo it may be back.
    wanted = current_state().source
    # The picker forgets its value when its options change, so it is set each time.
    set_widget(KEY, wanted if wanted in by_key else first_shown(found))

    def turn() -> None:
        # A click may come with an option that was called otherwise, as counts stand in the names.
        if st.session_state[KEY] in by_key:
            dispatch(SourcePicked(st.session_state[KEY]))

    chosen = st.selectbox(
        "Show",
        list(by_key),
        format_func=lambda key: f"{by_key[key].title}: {len(by_key[key].paths):,}",
        key=set_by_page(KEY),
        on_change=turn,
        label_visibility="collapsed",  # its value says it, and the photos below get into sight
    )
    return by_key[chosen]


def first_shown(found: list[Source]) -> str:
    """Return what is shown to a person who has not asked yet: what is wrong, else all photos."""
    filled = {source.key for source in found if source.paths}
    return next((key for key in ("wrong", "all") if key in filled), found[0].key)


def pick_order() -> str:
    """Show the picker of the order; return its key."""
    return st.selectbox(
        "Order",
        list(ORDERS),
        format_func=ORDERS.get,
        key="evaluate_order",
        label_visibility="collapsed",
    )


def ordered(
    source: Source, items: dict[str, PhotoResult], classes: list[str], order: str
) -> list[str]:
    """Return a source's paths in an order; photos that were not evaluated come last."""
    if order == "telling":
        return source.paths
    if order == "name":
        return sorted(source.paths)

    def value(path: str) -> float:
        item = items.get(path)
        if item is None:
            return math.inf
        if order == "loss":
            return -loss(item, classes)
        return -item.confidence if order == "sure" else item.confidence

    return sorted(source.paths, key=value)


def loss(item: PhotoResult, classes: list[str]) -> float:
    """Return the cross-entropy of a photo in nats: high where it is confident and wrong."""
    if item.actual not in classes:
        return math.inf
    return -math.log(max(item.probabilities[classes.index(item.actual)], 1e-12))
