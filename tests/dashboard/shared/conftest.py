"""Sessions that the tests of Streamlit's patch ask: real ones, and one that is ending."""

import inspect
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state import SafeSessionState

PAGE = """
import streamlit as st

@st.fragment(run_every=100)
def tick():
    st.session_state["ticks"] = st.session_state.get("ticks", 0) + 1
    st.text(f"tick {st.session_state['ticks']}")

tick()
if "began" in st.session_state:  # a test wants to ask something in the middle of the page
    st.session_state["began"].set()
    st.session_state["go_on"].wait(30)
st.text("the end")
"""


@pytest.fixture
def path(open_page):
    """Make `components` importable."""


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Return a function that makes a session of Streamlit's own on a page with a fragment."""
    monkeypatch.setattr(Runtime, "_instance", MagicMock())
    # Pages that other tests opened may have patched it before.
    for owner, name in (
        (AppSession, "request_rerun"),
        (AppSession, "_clear_queue"),
        (SafeSessionState, "on_script_will_rerun"),
        (SafeSessionState, "on_script_finished"),
    ):
        monkeypatch.setattr(owner, name, inspect.unwrap(getattr(owner, name)))
    page = tmp_path / "page.py"
    page.write_text(PAGE)
    data = ScriptData(str(page), is_hello=False)
    return lambda: AppSession(data, MagicMock(), ScriptCache(), lambda: None, {})


@pytest.fixture
def asked(path, monkeypatch):
    """What Streamlit is asked in the end."""
    from components.shared import streamlit_patch, widget_values

    handed_on = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda session, s: handed_on.append(s))
    streamlit_patch.patch_fragment_reruns()
    widget_values.set_by_page("evaluate_compare_with")
    widget_values.set_by_page("collect_pick_two-1/1-1.jpg")
    return handed_on


@pytest.fixture
def ending():
    """A session whose runner was stopped and has not ended yet."""
    session = MagicMock(spec=[])
    session.id = "one"
    session._event_loop = MagicMock()
    session._scriptrunner = MagicMock()
    session._scriptrunner._requests._state = ScriptRequestType.STOP
    return session
