"""What Streamlit's own session (1.67) does not see to where fragments are drawn anew by themselves.

Such a fragment asks for it at any time. Where it asks just after the page was run to its end,
Streamlit starts a new runner at once, and what the old one sent last is thrown away because it is
no more the session's: the page lacks its end and keeps what should have gone. On busy cores that
happened about ten times a minute.

Its request also brings the values of all widgets as the browser has them. What a page has just set
by itself, such as the model to compare with, is not there yet, and would be taken back. (Without
any values Streamlit would tell the browser those of before, over what a person has just picked.)

And where the whole page is asked for, what a fragment was asked before and did not come to is
thrown away, a press of a button in it included.
"""

import time
from collections import deque

PAUSE = 0.005  # seconds
LONGEST = 2.0  # seconds that a fragment waits for a runner that was stopped and does not end
# Keys of the widgets that pages set by themselves while fragments are drawn anew.
SET_BY_PAGES = (
    "collect_gallery_label",
    "evaluate_class",
    "evaluate_compare_with",
    "evaluate_show",
    "live_label",
)
BOXES = "_pick_"  # in the keys of the grids' boxes
WAITING = "_fingercount_waiting"  # of a session: (since, what it was asked meanwhile), in order


class Request:
    """A client state with other values of widgets."""

    def __init__(self, client_state, widget_states):
        self._client_state = client_state
        self.widget_states = widget_states

    def __getattr__(self, name: str):
        return getattr(self._client_state, name)


def draw_whole_pages() -> None:
    """Let fragments wait for the end of the run before them, and take back nothing that pages set.

    For all viewers of this process; a second call changes nothing, and neither does any where
    Streamlit has changed inside.
    """
    try:
        from streamlit.runtime.app_session import AppSession
        from streamlit.runtime.scriptrunner_utils.script_requests import _coalesce_widget_states
    except ImportError:
        return
    stock = AppSession.request_rerun
    if hasattr(stock, "__wrapped__"):
        return

    def request_rerun(session, client_state) -> None:
        waiting = vars(session).setdefault(WAITING, deque())
        if client_state is None or not client_state.fragment_id:
            before = _not_come_to(session, waiting)
            if client_state is not None and before:
                states = client_state.widget_states
                for earlier in reversed(before):
                    states = _coalesce_widget_states(earlier, states)
                client_state = Request(client_state, states)
            stock(session, client_state)
        elif waiting or _state(session) == "STOP":
            waiting.append((time.monotonic(), client_state))
            if len(waiting) == 1:
                _later(session, stock)
        else:
            stock(session, _without_old_values(session, client_state))

    request_rerun.__wrapped__ = stock
    AppSession.request_rerun = request_rerun


def _later(session, stock) -> None:
    session._event_loop.call_later(PAUSE, _go_on, session, stock)


def _go_on(session, stock) -> None:
    """Hand on what waits, as far as the session's runner has ended or waiting took too long."""
    waiting = vars(session)[WAITING]
    try:
        while waiting:
            since, client_state = waiting[0]
            ending = _state(session) == "STOP"
            if ending and time.monotonic() - since < LONGEST:
                break
            waiting.popleft()
            stock(session, _without_old_values(session, client_state))
    finally:
        if waiting:
            _later(session, stock)


def _requests(session):
    """Return what the session's runner keeps its requests in, or None."""
    return getattr(getattr(session, "_scriptrunner", None), "_requests", None)


def _state(session) -> str:
    """Return what the session's runner was asked: "STOP" where it takes no more requests."""
    return getattr(getattr(_requests(session), "_state", None), "name", "")


def _without_old_values(session, client_state):
    """Return a fragment's request; one that it makes by itself sets no widget that pages set."""
    if not client_state.is_auto_rerun:
        return client_state
    states = type(client_state.widget_states)()
    told = client_state.widget_states.widgets
    states.widgets.extend(state for state in told if not _is_set_by_pages(state))
    if _state(session) == "RERUN":  # merged with that request, what is missing would be lost there
        pending = getattr(_requests(session)._rerun_data, "widget_states", None)
        asked = pending.widgets if pending else ()
        states.widgets.extend(state for state in asked if _is_set_by_pages(state))
    return Request(client_state, states)


def _is_set_by_pages(state) -> bool:
    return BOXES in state.id or state.id.endswith(tuple(f"-{key}" for key in SET_BY_PAGES))


def _not_come_to(session, waiting: deque) -> list:
    """Take away, and return, the widgets' values of what was asked and will not be done."""
    before = [state.widget_states for _, state in waiting if not state.is_auto_rerun]
    waiting.clear()
    requests = _requests(session)
    if _state(session) == "RERUN":
        with requests._lock:  # the runner may take it this moment; then it does it itself
            if requests._state.name == "RERUN":
                requests._state = type(requests._state).STOP
                before.insert(0, requests._rerun_data.widget_states)
    return [states for states in before if states is not None]
