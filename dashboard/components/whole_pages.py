"""What Streamlit's own session (1.67) does not see to where fragments are drawn anew by themselves.

Such a fragment asks for it at any time. Where it asks just after the page was run to its end,
Streamlit starts a new runner at once, and what the old one sent last is thrown away because it is
no more the session's: the page lacks its end and keeps what should have gone. On busy cores that
happened a dozen times a minute.

Its request also brings the values of all widgets as the browser has them. What a page has just set
by itself, such as the model to compare with, is not there yet, and would be taken back.
"""

from collections import deque

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

PAUSE = 0.005  # seconds
WAITING = "_fingercount_waiting"  # of a session: what it was asked meanwhile, in order


class Tick:
    """A fragment's own request, without the widgets' values: whoever changes one asks himself."""

    widget_states = None

    def __init__(self, client_state):
        self._client_state = client_state

    def __getattr__(self, name: str):
        return getattr(self._client_state, name)


def draw_whole_pages() -> None:
    """Let fragments wait until what the run before them sent was handed on, and set no widgets.

    For all viewers of this process; a second call changes nothing, and neither does any where
    Streamlit has changed inside.
    """
    stock = AppSession.request_rerun
    if hasattr(stock, "__wrapped__"):
        return

    def request_rerun(session, client_state) -> None:
        waiting = vars(session).setdefault(WAITING, deque())
        if client_state is not None and client_state.is_auto_rerun:
            client_state = Tick(client_state)
        of_fragment = client_state is not None and client_state.fragment_id
        if not waiting and not (of_fragment and _is_ending(session)):
            stock(session, client_state)
            return
        # Whatever comes later waits, too: it may hold newer values of widgets.
        waiting.append(client_state)
        if len(waiting) == 1:
            _later(session, stock)

    request_rerun.__wrapped__ = stock
    AppSession.request_rerun = request_rerun


def _later(session, stock) -> None:
    session._event_loop.call_later(PAUSE, _go_on, session, stock)


def _go_on(session, stock) -> None:
    waiting = vars(session)[WAITING]
    try:
        while waiting and not _is_ending(session):
            stock(session, waiting.popleft())
    finally:
        if waiting:
            _later(session, stock)


def _is_ending(session) -> bool:
    """Return whether the session's runner takes no more requests, but is not yet done with."""
    runner = getattr(session, "_scriptrunner", None)
    requests = getattr(runner, "_requests", None)
    return getattr(requests, "_state", None) is ScriptRequestType.STOP
