"""The camera stays on from one page to the next, where both have one."""

import streamlit as st

NOW, BEFORE = "page_now", "page_before"
RUNNING = "camera_running"  # the page whose camera is on


def turn_to_page(title: str) -> None:
    """Note which page is shown; to be called with every run, before the page."""
    if st.session_state.get(NOW) != title:
        st.session_state[BEFORE] = st.session_state.get(NOW)
        st.session_state[NOW] = title


def note_running(on: bool) -> None:
    """Note whether the camera of the page that is shown is on."""
    if on:
        st.session_state[RUNNING] = st.session_state.get(NOW)
    elif st.session_state.get(RUNNING) == st.session_state.get(NOW):
        st.session_state[RUNNING] = None


def is_handed_over() -> bool:
    """Return, once, whether the page before this one was left with its camera on.

    Only straight from one to the other: a camera that comes on by itself, long after, would be a
    surprise.
    """
    running, now = st.session_state.get(RUNNING), st.session_state.get(NOW)
    if running is None or running == now:
        return False
    st.session_state[RUNNING] = None
    return running == st.session_state.get(BEFORE)
