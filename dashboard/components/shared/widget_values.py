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
    """Keys of widgets that the page has set, where the browser's requests do not show it yet."""


_unseen_of: WeakValueDictionary[str, Unseen] = WeakValueDictionary()  # each belongs to its session


def set_by_page(key: str) -> str:
    """Register a widget whose value the page sets by itself; return its key.

    What a fragment or a component asks for by itself then brings no older value for it. To be
    called where the widget is made: `st.selectbox(..., key=set_by_page("evaluate_show"))`. Its
    first value may be a plain assignment, a later one is set by `set_widget`.
    """
    keys_set_by_pages.add(key)
    if key in _unseen() and key in st.session_state:
        # A run that is cut short tells the browser nothing of what it has set; this one does.
        st.session_state[key] = st.session_state[key]
    return key


def set_widget(key: str, value) -> None:
    """Set the value of a widget that is registered by `set_by_page`, before this run makes it."""
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
    """Return a request without values of widgets that may be older than what the page has set.

    An automatic one says nothing new of them, and nothing of presses: each press has a request of
    its own, which is about to come. Where a press or a component's report causes a request, what
    the page has set counts until the browser shows another value than before. Any other request is
    a person's, who may have set such a widget back to what it was.
    """
    states = client_state.widget_states.widgets
    before = vars(session).get(BROUGHT, {})
    brought = vars(session)[BROUGHT] = {state.id: state.SerializeToString() for state in states}
    news = {name for name, value in brought.items() if before.get(name) != value}
    unseen = vars(session).setdefault(UNSEEN, Unseen())
    _unseen_of[session.id] = unseen
    auto = client_state.is_auto_rerun
    caused = auto or any(
        _is_pressed(state) or (state.id in news and state.WhichOneof("value") == REPORTED)
        for state in states
    )
    unseen.difference_update(map(_key, news if caused else brought))

    def is_old(state) -> bool:
        if auto:
            return _is_pressed(state) or _is_set_by_page(state)
        return _key(state.id) in unseen

    kept = [state for state in states if not is_old(state)]
    if len(kept) == len(states):
        return client_state
    fewer = type(client_state.widget_states)()
    fewer.widgets.extend(kept)
    return ChangedState(client_state, fewer)


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
