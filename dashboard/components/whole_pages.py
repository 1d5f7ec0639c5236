"""What Streamlit's own session (1.67) does not see to where fragments are drawn anew by themselves.

Such a fragment asks for it at any time. Where it asks just after the page was run to its end,
Streamlit starts a new runner at once, and what the old one sent last is thrown away because it is
no more the session's: the page lacks its end and keeps what should have gone. On busy cores that
happened a dozen times a minute.

Its request also brings the values of all widgets as the browser has them. What a page has just set
by itself, such as the model to compare with, is not there yet, and would be taken back.

And where the whole page is asked for, what a fragment was asked before and did not come to is
thrown away, a press of a button in it included.
"""

import time
from collections import deque

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

PAUSE = 0.005  # seconds
LONGEST = 2.0  # seconds that a fragment waits for a runner that was stopped and does not end
WAITING = "_fingercount_waiting"  # of a session: (since, what it was asked meanwhile), in order


class Request:
    """A client state with other values of widgets."""

    def __init__(self, client_state, widget_states):
        self._client_state = client_state
        self.widget_states = widget_states

    def __getattr__(self, name: str):
        return getattr(self._client_state, name)


def draw_whole_pages() -> None:
    """Let fragments wait until what the run before them sent was handed on, and set no widgets.

    For all viewers of this process; a second call changes nothing, and neither does any where
    Streamlit has changed inside.
    """
    stock = AppSession.request_rerun
    if hasattr(stock, "__wrapped__") or not hasattr(script_requests, "_coalesce_widget_states"):
        return

    def request_rerun(session, client_state) -> None:
        waiting = vars(session).setdefault(WAITING, deque())
        if client_state is None or not client_state.fragment_id:
            stock(session, _with_what_came_before(session, client_state, waiting))
        elif waiting or _state(session) is ScriptRequestType.STOP:
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
            ending = _state(session) is ScriptRequestType.STOP
            if ending and time.monotonic() - since < LONGEST:
                break
            waiting.popleft()
            stock(session, _without_old_values(session, client_state))
    finally:
        if waiting:
            _later(session, stock)


def _state(session):
    """Return what the session's runner was asked; STOP where it takes no more requests."""
    requests = getattr(getattr(session, "_scriptrunner", None), "_requests", None)
    return getattr(requests, "_state", None)


def _without_old_values(session, client_state):
    """Return a fragment's request; one that it makes by itself brings no values of widgets."""
    if not client_state.is_auto_rerun:
        return client_state
    # Merged with a request that is there already, empty values would wipe that one's.
    pending = _state(session) is ScriptRequestType.RERUN
    return Request(client_state, None if pending else WidgetStates())


def _with_what_came_before(session, client_state, waiting: deque):
    """Return a whole page's request with the presses in fragments that were not come to yet."""
    if client_state is None:
        return client_state
    before = [state.widget_states for _, state in waiting if not state.is_auto_rerun]
    waiting.clear()
    if _state(session) is ScriptRequestType.RERUN:
        before.insert(0, session._scriptrunner._requests._rerun_data.widget_states)
    states = client_state.widget_states
    for earlier in reversed(before):
        states = script_requests._coalesce_widget_states(earlier, states)
    return Request(client_state, states) if before else client_state
