"""What a viewer picked, remembered across pages."""

import math
import time
from collections.abc import Callable

import streamlit as st
from components.shared.plain import plain
from components.shared.widget_values import set_by_page

from fingercount.data.dataset import SAMPLE, Dataset, list_datasets, open_dataset
from fingercount.errors import FingercountError
from fingercount.labels import NONE, WORDS

FIRST_DATASET = "my hand"
SUGGESTED = (*WORDS[:6], NONE)
LASTS = 20.0  # seconds; a press that waited longer does not count any more


def session_object(key: str, make):
    """Return this viewer's object of that name, made the first time it is asked for."""
    if key not in st.session_state:
        st.session_state[key] = make()
    return st.session_state[key]


def sticky_button(label: str, *, key: str, seize=lambda: True, **options):
    """Show a button; return what it was pressed about, once, with all other widgets up to date.

    A press of `st.button` is lost when another rerun, such as a camera's, interrupts the script
    before it comes to the button; and a callback sees the values of the run before, such as the
    label that was picked until a moment ago.

    Args:
        seize: called at the press; returns what must not change until it is acted upon.

    Returns:
        What `seize` returned, or None where it was not pressed.
    """
    memory = f"{key}_pressed"

    def note() -> None:
        st.session_state[memory] = (time.monotonic(), seize())

    st.button(label, key=key, on_click=note, **options)
    when, about = st.session_state.pop(memory, (-math.inf, None))
    return about if time.monotonic() - when < LASTS else None


def change_and_rerun(change: Callable[[], object]) -> None:
    """Do what was asked for, and draw the page anew; where it fails, say why."""
    try:
        change()
    except FingercountError as error:
        st.error(plain(error))
    else:
        st.rerun()


def pick_dataset(key: str, new: bool = False, label: str = "Dataset", width="stretch") -> str:
    """Show a dataset picker that starts at the one last picked on any page; return the name.

    Args:
        key: the widget's key, prefixed by the page.
        new: whether a name can be typed that does not exist yet.
        width: of the picker, in pixels or "stretch".
    """
    names = list_datasets()
    if not names or (new and names == [SAMPLE]):  # one's own photos do not go among the sample's
        names = [FIRST_DATASET, *names]
    # In the address it outlives a reload.
    chosen = st.session_state.get("dataset") or st.query_params.get("dataset")
    if chosen and chosen not in names and new:
        names = [*names, chosen]

    def remember() -> None:
        st.session_state["dataset"] = st.session_state[key]

    name = st.selectbox(
        label,
        names,
        index=names.index(chosen) if chosen in names else 0,
        accept_new_options=new,
        key=set_by_page(key),
        width=width,
        on_change=remember,  # alone: a page may have several pickers
        help="A folder of photos. Type a name to start a new one." if new else None,
    )
    if not st.session_state.get("dataset"):
        remember()
    # What is remembered may not be there yet, or be gone: then this page shows another one.
    in_address = st.session_state["dataset"] if st.session_state["dataset"] in names else name
    if in_address:
        st.query_params["dataset"] = in_address
    return name or FIRST_DATASET


def chosen_dataset(key: str) -> Dataset:
    """Show the picker and return the data set; where it cannot be opened, say why and stop."""
    name = pick_dataset(key)
    try:
        dataset = open_dataset(name)
        dataset.counts()  # a folder in it may not be readable
        return dataset
    except FingercountError as error:
        st.error(plain(error))
        st.stop()
