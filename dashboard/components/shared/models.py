"""Models in memory once, for all viewers, and the pick of one."""

import contextlib
import threading

import streamlit as st
from components.shared.names import shown_name
from components.shared.plain import plain
from components.shared.widget_values import set_by_page, set_widget
from streamlit.runtime.scriptrunner import add_script_run_ctx

from fingercount.errors import FingercountError
from fingercount.models.card import Card, read_card
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.registry import find_model, list_models, live_model


@st.cache_resource(max_entries=4, show_spinner=False)
def _loaded(name: str, stamp: tuple[int, ...]) -> Model:
    return load_model(name)


def shared_model(name: str) -> Model:
    """Return a model, in memory once for all viewers; one that was trained again is loaded again.

    Raises:
        FingercountError: where it cannot be loaded.
    """
    with st.spinner("Loading the model …"):
        return _loaded(name, stamp_of(name))


class LateModel:
    """A model that is loaded meanwhile, by a thread of its own; nobody waits for it."""

    def __init__(self, name: str):
        self.model: Model | None = None
        self._name = name
        thread = threading.Thread(target=self._load, name="background work", daemon=True)
        add_script_run_ctx(thread)  # so that it may ask for what all viewers share
        thread.start()

    def _load(self) -> None:
        with contextlib.suppress(FingercountError):  # whoever opens it by name is told
            self.model = _loaded(self._name, stamp_of(self._name))


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


def read_cards() -> dict[str, Card]:
    """Return {model: card}, the shipped one first; say which cannot be read."""
    cards = {}
    for name in list_models():
        try:
            cards[name] = read_card(find_model(name))
        except FingercountError as error:
            st.warning(plain(error))
    return cards


def turn_to_model(name: str) -> None:
    """Let Evaluate and Live begin with a model the next time they are drawn."""
    for key in ("evaluate_model", "live_model"):
        set_widget(key, name)
    st.session_state["live_model_followed"] = live_model()


def pick_model(key: str, names: list[str], *, follows: bool = False, width=360) -> str:
    """Show a model picker; it starts at the one in the address, else at the one that runs live.

    Args:
        key: the widget's key, prefixed by the page.
        names: the models there are.
        follows: whether it turns to another model as soon as that one is chosen to run live.
        width: of the picker, in pixels or "stretch".
    """
    live, followed = live_model(), f"{key}_followed"
    wanted = st.session_state.get(key)
    if wanted is None:  # a new visit, or a page loaded again: the address is all that is left
        wanted = st.query_params.get("model")
    elif follows and st.session_state.get(followed) != live:
        wanted = live
    st.session_state[followed] = live
    set_widget(key, wanted if wanted in names else live)
    name = st.selectbox(
        "Model",
        names,
        format_func=shown_name,
        key=set_by_page(key),
        persist_state="session",
        width=width,
    )
    st.query_params["model"] = name
    return name
