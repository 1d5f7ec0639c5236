"""The labels as buttons, each with its number of photos and its key."""

from collections.abc import Mapping

import streamlit as st
from components.shared.keyboard import keys_of
from components.shared.plain import plain
from components.shared.state import SUGGESTED

from fingercount.errors import FingercountError
from fingercount.labels import clean_label, label_in_words, sort_labels

MOST = 40  # labels that are buttons; further ones are in a list


def pick_label(key: str, counts: Mapping[str, int]) -> str | None:
    """Show the labels to pick one; return it, or None where nothing is picked.

    Args:
        key: the page's prefix; the pick is in the address, and so outlives a reload.
        counts: {label: photos} of the data set; the usual labels are offered besides.
    """
    memory = f"{key}_label"

    def choose(label: str) -> None:
        st.session_state[memory] = label

    label = _clean(st.session_state.get(memory) or st.query_params.get(memory))
    labels = sort_labels([*counts, *SUGGESTED, *([label] if label else [])])
    shortcuts = {name: shortcut for shortcut, name in keys_of(labels).items()}
    chips = labels[:MOST]
    with st.container(horizontal=True, gap="xsmall", key=f"{key}_chips"):
        for name in chips:
            st.button(
                f"{plain(label_in_words(name))} · {counts.get(name, 0):,}",
                key=f"{key}_chip_{name}",
                type="primary" if name == label else "secondary",
                shortcut=shortcuts.get(name),
                on_click=choose,
                args=(name,),
            )
        with st.popover("New", icon=":material/add:"):
            _further(key, labels[MOST:], choose)
    if label:
        st.session_state[memory] = st.query_params[memory] = label
    return label


def _further(key: str, others: list[str], choose) -> None:
    typed, listed = f"{key}_new_label", f"{key}_other_label"

    def take(name: str) -> None:
        choose(st.session_state[name])
        st.session_state[name] = None

    st.text_input(
        "A label of your own",
        placeholder="thumb, fist, peace …",
        value=None,
        key=typed,
        on_change=take,
        args=(typed,),
    )
    if others:
        st.selectbox(
            "Further labels",
            others,
            index=None,
            key=listed,
            format_func=plain,
            on_change=take,
            args=(listed,),
        )


def _clean(typed: str | None) -> str | None:
    try:
        return clean_label(typed) if typed else None
    except FingercountError as error:
        st.error(plain(error))
        return None
