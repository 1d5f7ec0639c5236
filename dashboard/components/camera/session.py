"""Which session the photos taken now belong to; it outlives a reload by standing in the address."""

import re
import threading
from datetime import datetime, timedelta

import streamlit as st

from fingercount.data.dataset import new_session_name
from fingercount.live.capture_session import CaptureSession, continue_session

SESSION = re.compile(r"\d{8}-\d{6}")
FORMAT = "%Y%m%d-%H%M%S"


class Names:
    """Hands out session names, each to one viewer: two may begin in the same second."""

    def __init__(self):
        self._last = datetime.min
        self._lock = threading.Lock()

    def new(self) -> str:
        """Return the name of a session that begins now, or as soon as one is free."""
        with self._lock:
            now = datetime.strptime(new_session_name(), FORMAT)
            self._last = max(now, self._last + timedelta(seconds=1))
            return self._last.strftime(FORMAT)


@st.cache_resource
def names() -> Names:
    """Return the one source of names of this app, for all viewers."""
    return Names()


def from_address(session: str | None, dataset: str, person: str) -> CaptureSession | None:
    """Return the session that a reloaded page was in, or None where the address names none."""
    if not session or not SESSION.fullmatch(session):
        return None
    return CaptureSession(dataset, person.strip(), session)


def current_session(key: str, dataset: str, person: str) -> CaptureSession:
    """Return this viewer's session.

    Args:
        key: the page's prefix.
        dataset, person: whose photos are taken now; a change begins a new session.
    """
    memory, parameter = f"{key}_session", f"{key}_session"
    before = st.session_state.get(memory)
    if before is None:
        before = from_address(st.query_params.get(parameter), dataset, person)
    session = continue_session(before, dataset, person, names().new)
    st.session_state[memory] = session
    st.query_params[parameter] = session.session
    return session


def end_session(key: str) -> None:
    """Let the next photo begin a new session."""
    st.session_state[f"{key}_session"] = None
    st.query_params.pop(f"{key}_session", None)
