"""A patch of how Streamlit takes requests, for pages that ask for reruns by themselves.

Streamlit does eight things to pages with fragments that rerun and components that report;
docs/streamlit-fragments.md shows the first seven with a small app each:

1. The end of a page gets lost. A fragment that asks for its rerun just after the page was run gets
   a new script runner, and what the old runner sent last is dropped.
2. A value that the page set for a widget is taken back. A fragment's automatic rerun brings the
   values of all widgets as the browser has them, and the browser may not have the new one yet.
   (Without any values, Streamlit would give the browser those of before, over what a person has
   just picked.)
3. A press of a button in a fragment gets lost, where the whole page is asked for before the
   fragment was rerun.
4. As 2, by a component that reports something while the page's new value is on its way.
5. A press is done twice, where a fragment's automatic rerun comes between it and its own request.
6. A press is lost, where the next request ends its run before the button's callback is done.
7. A box that was ticked is not ticked any more, where its fragment reruns just after the page.
8. A fragment of the page that was just left asks for its rerun, and takes the address back there.

`AppSession.request_rerun` is patched, for 6 two methods of `SafeSessionState`, and for 7
`AppSession._clear_queue`. All are Streamlit's internals, so the patch applies only to versions that
it was tried with.
"""

import functools
import inspect
import logging
import re
import threading
import time
from collections import deque
from weakref import WeakValueDictionary

import streamlit as st
from components.shared.widget_values import (
    ChangedState,
    keys_set_by_pages,
    with_values_of,
    without_old_values,
)

TRIED = ((1, 67), (1, 68))  # Streamlit's versions: from the first on, before the second
PAUSE = 0.005  # seconds
LONGEST = 2.0  # seconds that a fragment waits for a runner that was stopped and does not end
PAGE = "_fingercount_page"  # of a session: the page that was last asked for as a whole
WAITING = "_fingercount_waiting"  # of a session: (since, client state) of each request, in order

_turns: WeakValueDictionary[str, threading.RLock] = WeakValueDictionary()
_making_turns = threading.Lock()

log = logging.getLogger(__name__)


def patch_fragment_reruns() -> bool:
    """Patch Streamlit for all viewers of this process; return whether it is patched.

    A second call changes nothing. Where the patch does not apply, the log says why, once.
    """
    problem = _why_not(st.__version__)
    if problem:
        _warn_once(problem)
        return False
    session_class, state_class, coalesce = _internals()
    current = session_class.request_rerun
    if getattr(current, "keys", None) is not keys_set_by_pages:  # Streamlit reloads edited modules
        for owner, name, patched in (
            (session_class, "request_rerun", functools.partial(_in_order, coalesce=coalesce)),
            (state_class, "on_script_will_rerun", _to_the_end),
            (state_class, "on_script_finished", _in_turn),
            (session_class, "_clear_queue", _keep_what_was_drawn),
        ):
            setattr(owner, name, patched(inspect.unwrap(getattr(owner, name))))
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
    from streamlit.runtime.scriptrunner import ScriptRunner
    from streamlit.runtime.scriptrunner_utils.script_requests import _coalesce_widget_states
    from streamlit.runtime.state import SafeSessionState

    _ = AppSession.request_rerun, AppSession._clear_queue, ScriptRunner._set_execing_flag
    _ = SafeSessionState.on_script_will_rerun, SafeSessionState.on_script_finished
    return AppSession, SafeSessionState, _coalesce_widget_states


@functools.cache
def _warn_once(problem: str) -> None:
    log.warning(
        "Streamlit's fragment reruns are not patched: %s. Now and then a press may do nothing, or "
        "a part of a page may be missing (see docs/streamlit-fragments.md).",
        problem,
    )


def _in_order(stock, coalesce):
    """Return what takes the place of `AppSession.request_rerun`.

    Args:
        stock: Streamlit's own.
        coalesce: merges older values of widgets into newer ones; presses are kept.
    """

    @functools.wraps(stock)
    def request_rerun(session, client_state) -> None:
        waiting = vars(session).setdefault(WAITING, deque())
        if client_state is None:
            _take_undone(session, waiting)
            stock(session, None)
        elif not client_state.fragment_id:
            vars(session)[PAGE] = client_state.page_script_hash
            client_state = without_old_values(session, client_state)
            for earlier in reversed(_take_undone(session, waiting)):
                states = with_values_of(earlier, client_state.widget_states)
                client_state = ChangedState(client_state, coalesce(earlier, states))
            stock(session, client_state)
        elif _is_of_a_page_left(session, client_state):
            return
        else:
            client_state = without_old_values(session, client_state)
            if waiting or _runner_state(session) == "STOP":
                waiting.append((time.monotonic(), client_state))
                if len(waiting) == 1:
                    _look_later(session, stock)
            else:
                stock(session, _with_pending_values(session, client_state))

    request_rerun.keys = keys_set_by_pages
    return request_rerun


def _to_the_end(stock):
    """Return what takes the place of `SafeSessionState.on_script_will_rerun`.

    It takes a request's values and calls the callbacks. A press is in one request only, so what
    would end the run, or forget the press, has to wait until that is done.
    """

    @functools.wraps(stock)
    def on_script_will_rerun(state, *args, **options) -> None:
        runner = _runner_of(state)
        with _turn_of(runner):
            runner._execing = False  # so long it looks for no other request
            try:
                stock(state, *args, **options)
            finally:
                runner._execing = True

    return on_script_will_rerun


def _in_turn(stock):
    """Return what takes the place of `SafeSessionState.on_script_finished`.

    It forgets all presses, also that of a run which has begun meanwhile.
    """

    @functools.wraps(stock)
    def on_script_finished(state, *args, **options) -> None:
        with _turn_of(_runner_of(state)):
            stock(state, *args, **options)

    return on_script_finished


def _keep_what_was_drawn(stock):
    """Return what takes the place of `AppSession._clear_queue`.

    At a fragment's rerun it would drop what the page has just drawn of the fragment, but not the
    news that the page has ended. The browser would clear that part away, and its values with it.
    """

    @functools.wraps(stock)
    def clear_queue(session, fragment_ids_this_run=None) -> None:
        if fragment_ids_this_run is None:
            stock(session, None)
        else:  # what comes now must not take the place of what was drawn before the page's end
            session._browser_queue._delta_index_map = {}

    return clear_queue


def _runner_of(state):
    """Return the runner that a `SafeSessionState` was made for."""
    return state._yield_callback.__self__


def _turn_of(runner) -> threading.RLock:
    """Return the lock of a runner's session; two of its runs may be under way at a time."""
    with _making_turns:
        turn = _turns.get(runner._session_id) or threading.RLock()
        _turns[runner._session_id] = runner._fingercount_turn = turn  # the runner keeps it alive
    return turn


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


def _with_pending_values(session, client_state):
    """Return a request with the values that it would take from the one that its runner has yet."""
    if _runner_state(session) != "RERUN":
        return client_state
    pending = getattr(_requests(session)._rerun_data, "widget_states", None)
    if not pending:
        return client_state
    return ChangedState(client_state, with_values_of(pending, client_state.widget_states))


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
