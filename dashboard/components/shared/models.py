"""Models in memory once, for all viewers, and the pick of one."""

import streamlit as st
from components.shared.streamlit_patch import set_by_page

from fingercount.errors import FingercountError
from fingercount.models.model import Model, load_model
from fingercount.models.registry import find_model, live_model


@st.cache_resource(max_entries=4, show_spinner="Loading the model …")
def _loaded(name: str, stamp: tuple[int, ...]) -> Model:
    return load_model(name)


def shared_model(name: str) -> Model:
    """Return a model, in memory once for all viewers; one that was trained again is loaded again.

    Raises:
        FingercountError: where it cannot be loaded.
    """
    return _loaded(name, stamp_of(name))


def stamp_of(name: str) -> tuple[int, ...]:
    """Return the times of a model's files: others where it was trained again.

    Raises:
        FingercountError: where it is not there (any more).
    """
    folder = find_model(name)
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
        return tuple(file.stat().st_mtime_ns for file in files)
    except OSError as error:  # another window deletes or replaces it
        raise FingercountError(f"The model {name} has just changed; choose it again.") from error


def turn_to_model(name: str) -> None:
    """Let Evaluate and Live begin with a model the next time they are drawn."""
    st.session_state["evaluate_model"] = st.session_state["live_model"] = name
    st.session_state["live_model_followed"] = live_model()


def pick_model(key: str, names: list[str]) -> str:
    """Show a model picker; it starts at the model that runs live, and follows a new choice."""
    live, followed = live_model(), f"{key}_followed"
    if st.session_state.get(followed) != live or st.session_state.get(key) not in names:
        st.session_state[followed] = st.session_state[key] = live
    return st.selectbox("Model", names, key=set_by_page(key), persist_state="session", width=360)
