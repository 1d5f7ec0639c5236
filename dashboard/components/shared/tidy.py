"""What is done once, when the app starts."""

import streamlit as st

from fingercount.checks.stored import tidy


@st.cache_resource(show_spinner=False)
def tidy_once() -> int:
    """Bring back and remove what programs that were killed left; return how much that was."""
    return tidy()
