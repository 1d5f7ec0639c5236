"""Values of widgets that a page sets by itself, and what the browser's requests say of them.

The browser's requests bring the values of all widgets, whatever they are about, and they may be
older than what the page has set; see docs/streamlit-fragments.md. `streamlit_patch` asks here what
of a request counts; where it is not in force, all of it does.
"""

from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

BROUGHT = "_fingercount_brought"  # of a session: the values that its last request brought
UNSEEN = "_fingercount_unseen"  # of a session: see Unseen
PRESSED, REPORTED = ("trigger_value", "chat_input_value"), "json_value"  # kinds of values

keys_set_by_pages: set[str] = set()


class Unseen(set):
    """Keys of widgets that the page has set, and the browser's requests do not show it yet."""


_unseen_of: WeakValueDictionary[str, Unseen] = WeakValueDictionary()  # each belongs to its session


def set_by_page(key: str) -> str:
    """Register a widget whose value the page sets by itself; return its key.

    What a fragment or a component asks for by itself then brings no older value for it. To be
    called where the widget is made: `st.selectbox(..., key=set_by_page("evaluate_show"))`, and its
    value is set by `set_widget`.
    """
    keys_set_by_pages.add(key)
    if key in _unseen() and key in st.session_state:
        # A run that is cut short tells the browser nothing of what it has set; this one does.
        st.session_state[key] = st.session_state[key]
    return key


def set_widget(key: str, value) -> None:
    """Set the value of a widget that is registered by `set_by_page`, before it is made."""
    unset = object()
    if st.session_state.get(key, unset) != value:
        _unseen().add(key)
    st.session_state[key] = value


def _unseen() -> Unseen:
    """Return what the browser of this run's session has not seen; of no use where none is kept."""
    context = get_script_run_ctx()
    kept = _unseen_of.get(context.session_id) if context else None
    return Unseen() if kept is None else kept


class ChangedState:
    """A browser's request with other values of widgets."""

    def __init__(self, client_state, widget_states):
        self._client_state = client_state
        self.widget_states = widget_states

    def __getattr__(self, name: str):
        return getattr(self._client_state, name)


def without_old_values(session, client_state):
    """Return a request without values of widgets that pages set, where it is not about them.

    A person who uses a widget causes a request at once. So a value that is the one of the request
    before, in a request that something else has caused, may be older than what the page has set.
    """
    brought = {state.id: state for state in client_state.widget_states.widgets}
    before = vars(session).get(BROUGHT, {})
    vars(session)[BROUGHT] = {name: state.SerializeToString() for name, state in brought.items()}
    news = {name for name, value in vars(session)[BROUGHT].items() if before.get(name) != value}
    unseen = vars(session).setdefault(UNSEEN, Unseen())
    _unseen_of[getattr(session, "id", "")] = unseen
    caused = client_state.is_auto_rerun or any(
        _is_caused_by(state, state.id in news, state.id in before)
        for state in brought.values()
        if _key(state.id) not in unseen
    )
    # What nothing else has caused is by a person who sets a widget back to what it was before the
    # page set it: that is news, too.
    unseen.difference_update(map(_key, news if caused else brought))
    if client_state.is_auto_rerun:
        news = set()
        # Its own request is about to bring it, and it would be done twice.
        brought = {name: state for name, state in brought.items() if not _is_pressed(state)}
    elif not caused:
        return client_state
    kept = [state for state in brought.values() if state.id in news or not _is_set_by_page(state)]
    if len(kept) == len(client_state.widget_states.widgets):
        return client_state
    states = type(client_state.widget_states)()
    states.widgets.extend(kept)
    return ChangedState(client_state, states)


def _is_caused_by(state, is_new: bool, was_there: bool) -> bool:
    """Return whether a widget may be what a request is made for: pressed, changed, or reporting.

    Args:
        state: what the request says of it.
        is_new: whether that is not what the request before said.
        was_there: whether the request before said anything of it. A widget that was only just drawn
            appears in the next request, whatever that is made for.
    """
    if _is_pressed(state):
        return True
    kind = state.WhichOneof("value") or ""
    return is_new and not kind.endswith(PRESSED) and (was_there or kind == REPORTED)


def _is_pressed(state) -> bool:
    """Return whether a widget, such as a button, was pressed."""
    kind = state.WhichOneof("value") or ""
    if not kind.endswith(PRESSED):
        return False
    value = getattr(state, kind)
    return bool(value.ListFields() if hasattr(value, "ListFields") else value)


def with_values_of(earlier, states):
    """Return states, and what an earlier request says of widgets that pages set and they do not.

    Streamlit merges requests by forgetting all values of the earlier one but its presses.
    """
    said = {state.id for state in states.widgets}
    merged = type(states)()
    merged.widgets.extend(states.widgets)
    merged.widgets.extend(
        state for state in earlier.widgets if state.id not in said and _is_set_by_page(state)
    )
    return merged


def _is_set_by_page(state) -> bool:
    """Return whether a page sets this widget."""
    return _key(state.id) in keys_set_by_pages


def _key(widget: str) -> str:
    """Return the key in a widget's id, which is "$$ID-<hash>-<key>"."""
    return widget.split("-", 2)[-1]
