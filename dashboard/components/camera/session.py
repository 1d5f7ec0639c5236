"""Which session the photos taken now belong to; it outlives a reload by standing in the address."""

import re
import threading
from datetime import datetime, timedelta

import streamlit as st

from fingercount.data.dataset import new_session_name
from fingercount.live.viewfinder import Sitting, continue_sitting

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


def from_address(session: str | None, dataset: str, person: str) -> Sitting | None:
    """Return the sitting that a reloaded page was in, or None where the address names none."""
    if not session or not SESSION.fullmatch(session):
        return None
    return Sitting(dataset, person.strip(), session)


def current_sitting(key: str, dataset: str, person: str) -> Sitting:
    """Return this viewer's sitting.

    Args:
        key: the page's prefix.
        dataset, person: whose photos are taken now; a change begins a new sitting.
    """
    memory, parameter = f"{key}_sitting", f"{key}_session"
    before = st.session_state.get(memory)
    if before is None:
        before = from_address(st.query_params.get(parameter), dataset, person)
    sitting = continue_sitting(before, dataset, person, names().new)
    st.session_state[memory] = sitting
    st.query_params[parameter] = sitting.session
    return sitting


def end_sitting(key: str) -> None:
    """Let the next photo begin a new session."""
    st.session_state[f"{key}_sitting"] = None
    st.query_params.pop(f"{key}_session", None)
