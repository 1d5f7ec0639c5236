"""Which session the photos taken now belong to; it outlives a reload by standing in the address."""

import re

import streamlit as st

from fingercount.capture import Sitting, continue_sitting
from fingercount.dataset import new_session_name

SESSION = re.compile(r"\d{8}-\d{6}(-\w{1,8})?")


def from_address(session: str | None, dataset: str, person: str) -> Sitting | None:
    """Return the sitting that a reloaded page was in, or None where the address names none."""
    if not session or not SESSION.fullmatch(session):
        return None
    return Sitting(dataset, person.strip(), session)


def current_sitting(key: str, dataset: str, person: str, new: bool) -> Sitting:
    """Return this viewer's sitting.

    Args:
        key: the page's prefix.
        dataset, person: whose photos are taken now; a change begins a new sitting.
        new: whether *New session* was pressed.
    """
    memory, parameter = f"{key}_sitting", f"{key}_session"
    before = st.session_state.get(memory)
    if before is None and not new:
        before = from_address(st.query_params.get(parameter), dataset, person)
    sitting = continue_sitting(None if new else before, dataset, person, new_session_name)
    st.session_state[memory] = sitting
    st.query_params[parameter] = sitting.session
    return sitting
