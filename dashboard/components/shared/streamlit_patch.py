"""A patch of `AppSession.request_rerun`, for pages that ask for reruns by themselves.

Streamlit does five things to pages with fragments that rerun and components that report;
docs/streamlit-fragments.md shows the first four with a small app each:

1. The end of a page gets lost. A fragment that asks for its rerun just after the page was run gets
   a new script runner, and what the old runner sent last is dropped.
2. A value that the page set for a widget is taken back. A fragment's automatic rerun brings the
   values of all widgets as the browser has them, and the browser may not have the new one yet.
   (Without any values, Streamlit would give the browser those of before, over what a person has
   just picked.)
3. A press of a button in a fragment gets lost, where the whole page is asked for before the
   fragment was rerun.
4. As 2, by a component that reports something while the page's new value is on its way.
5. A fragment of the page that was just left asks for its rerun, and takes the address back there.

The patch uses Streamlit's internals, so it applies only to versions that it was tried with.
"""

import functools
import logging
import re
import time
from collections import deque
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

TRIED = ((1, 67), (1, 68))  # Streamlit's versions: from the first on, before the second
PAUSE = 0.005  # seconds
LONGEST = 2.0  # seconds that a fragment waits for a runner that was stopped and does not end
PAGE = "_fingercount_page"  # of a session: the page that was last asked for as a whole
WAITING = "_fingercount_waiting"  # of a session: (since, client state) of each request, in order
BROUGHT = "_fingercount_brought"  # of a session: the values that its last request brought

UNSEEN = "_fingercount_unseen"  # of a session: see Unseen
PRESSED, REPORTED = ("trigger_value", "chat_input_value"), "json_value"  # kinds of values


class Unseen(set):
    """Keys of widgets that the page has set, and the browser's requests do not show it yet."""


log = logging.getLogger(__name__)
_keys_set_by_pages: set[str] = set()
_unseen_of: WeakValueDictionary[str, Unseen] = WeakValueDictionary()  # each belongs to its session


def set_by_page(key: str) -> str:
    """Register a widget whose value the page sets by itself; return its key.

    What a fragment or a component asks for by itself then brings no older value for it. To be
    called where the widget is made: `st.selectbox(..., key=set_by_page("evaluate_show"))`, and its
    value is set by `set_widget`.
    """
    _keys_set_by_pages.add(key)
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


def patch_fragment_reruns() -> bool:
    """Patch Streamlit for all viewers of this process; return whether it is patched.

    A second call changes nothing. Where the patch does not apply, the log says why, once.
    """
    problem = _why_not(st.__version__)
    if problem:
        _warn_once(problem)
        return False
    session_class, coalesce = _internals()
    current = session_class.request_rerun
    if getattr(current, "keys", None) is not _keys_set_by_pages:  # Streamlit reloads edited modules
        stock = getattr(current, "__wrapped__", current)
        session_class.request_rerun = _patched(stock, coalesce)
    return True


def _why_not(version: str) -> str:
    """Return why the patch does not apply to a version of Streamlit; "" where it does."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    first, end = TRIED
    if not numbers or not first <= tuple(map(int, numbers.groups())) < end:
        tried = " up to but not including ".join(f"{major}.{minor}" for major, minor in TRIED)
        return f"it was tried with {tried}, and this is {version}"
    try:
        _internals()
    except (ImportError, AttributeError) as error:
        return f"{version} has changed inside ({error})"
    return ""


def _internals() -> tuple:
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.scriptrunner_utils.script_requests import _coalesce_widget_states

    _ = AppSession.request_rerun
    return AppSession, _coalesce_widget_states


@functools.cache
def _warn_once(problem: str) -> None:
    log.warning(
        "Streamlit's fragment reruns are not patched: %s. Where a fragment reruns by itself, the "
        "end of a page may be missing now and then (see docs/streamlit-fragments.md).",
        problem,
    )


class ChangedState:
    """A browser's request with other values of widgets."""

    def __init__(self, client_state, widget_states):
        self._client_state = client_state
        self.widget_states = widget_states

    def __getattr__(self, name: str):
        return getattr(self._client_state, name)


def _patched(stock, coalesce):
    """Return what takes the place of `AppSession.request_rerun`.

    Args:
        stock: Streamlit's own.
        coalesce: merges older values of widgets into newer ones; presses are kept.
    """

    def request_rerun(session, client_state) -> None:
        waiting = vars(session).setdefault(WAITING, deque())
        if client_state is None:
            _take_undone(session, waiting)
            stock(session, None)
        elif not client_state.fragment_id:
            vars(session)[PAGE] = client_state.page_script_hash
            client_state = _without_old_values(session, client_state)
            for earlier in reversed(_take_undone(session, waiting)):
                states = _with_values_of(earlier, client_state.widget_states)
                client_state = ChangedState(client_state, coalesce(earlier, states))
            stock(session, client_state)
        elif _is_of_a_page_left(session, client_state):
            return
        else:
            client_state = _without_old_values(session, client_state)
            if waiting or _runner_state(session) == "STOP":
                waiting.append((time.monotonic(), client_state))
                if len(waiting) == 1:
                    _look_later(session, stock)
            else:
                stock(session, _with_pending_values(session, client_state))

    request_rerun.__wrapped__ = stock
    request_rerun.keys = _keys_set_by_pages
    return request_rerun


def _is_of_a_page_left(session, client_state) -> bool:
    """Return whether a fragment asks by itself, and its page is not the one asked for last."""
    asked, own = vars(session).get(PAGE), client_state.page_script_hash
    return bool(client_state.is_auto_rerun and asked and own and asked != own)


def _look_later(session, stock) -> None:
    session._event_loop.call_later(PAUSE, _hand_on, session, stock)


def _hand_on(session, stock) -> None:
    """Hand on the requests that wait, once the session's runner has ended or they waited long."""
    waiting = vars(session)[WAITING]
    try:
        while waiting:
            since, client_state = waiting[0]
            ending = _runner_state(session) == "STOP"
            if ending and time.monotonic() - since < LONGEST:
                break
            waiting.popleft()
            stock(session, _with_pending_values(session, client_state))
    finally:
        if waiting:
            _look_later(session, stock)


def _requests(session):
    """Return what the session's runner keeps its requests in, or None."""
    return getattr(getattr(session, "_scriptrunner", None), "_requests", None)


def _runner_state(session) -> str:
    """Return what the session's runner was asked: "STOP" where it takes no more requests."""
    return getattr(getattr(_requests(session), "_state", None), "name", "")


def _without_old_values(session, client_state):
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
    elif not caused:
        return client_state
    kept = [state for state in brought.values() if state.id in news or not _is_set_by_page(state)]
    if len(kept) == len(brought):
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
    kind = state.WhichOneof("value") or ""
    if kind.endswith(PRESSED):
        value = getattr(state, kind)
        return bool(value.ListFields() if hasattr(value, "ListFields") else value)
    return is_new and (was_there or kind == REPORTED)


def _with_pending_values(session, client_state):
    """Return a request with the values that it would take from the one that its runner has yet."""
    if _runner_state(session) != "RERUN":
        return client_state
    pending = getattr(_requests(session)._rerun_data, "widget_states", None)
    if not pending:
        return client_state
    return ChangedState(client_state, _with_values_of(pending, client_state.widget_states))


def _with_values_of(earlier, states):
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
    return _key(state.id) in _keys_set_by_pages


def _key(widget: str) -> str:
    """Return the key in a widget's id, which is "$$ID-<hash>-<key>"."""
    return widget.split("-", 2)[-1]


def _take_undone(session, waiting: deque) -> list:
    """Take away the requests that will not be done; return the values of widgets they brought."""
    undone = [state.widget_states for _, state in waiting if not state.is_auto_rerun]
    waiting.clear()
    requests = _requests(session)
    if _runner_state(session) == "RERUN":
        with requests._lock:  # the runner may take it this moment; then it does it itself
            if requests._state.name == "RERUN":
                requests._state = type(requests._state).STOP
                undone.insert(0, requests._rerun_data.widget_states)
    return [states for states in undone if states is not None]
