"""A press is done, whatever ends its run: the next request comes at any moment."""

import asyncio
import threading

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.state import SessionState

from tests.dashboard.shared.asking import end_of

PAGE = """
import streamlit as st

def count():
    st.session_state["began"].set()
    st.session_state["go_on"].wait(30)
    st.query_params["counted"] = "1"  # a message to the browser, at which a run may end
    st.session_state["n"] += 1

st.session_state.setdefault("n", 0)
st.button("Count", key="count", on_click=count)
st.text("the end")
"""


@pytest.fixture
def counting(session, tmp_path, path):
    """Return a function that makes a session on a page with a button that counts."""
    from components.shared.streamlit_patch import patch_fragment_reruns

    patch_fragment_reruns()
    (tmp_path / "page.py").write_text(PAGE)
    return session


def press_count(session) -> ClientState:
    """Return the request of a press on the button, under the id that it has by now."""
    state = ClientState()
    (name,) = (wid for wid in session._session_state._new_widget_state if wid.endswith("-count"))
    state.widget_states.widgets.add(id=name, trigger_value=True)
    return state


async def press_and_ask(make_session, hold) -> int:
    """Press, ask for the page again in the middle of it, and return how often it was counted.

    Args:
        make_session: makes the session.
        hold: called with the session and what is in it, before the press; returns what to wait
            for until the next request is sent.
    """
    session = make_session()
    state = session._session_state
    state["began"], state["go_on"] = threading.Event(), threading.Event()
    session.request_rerun(ClientState())
    await end_of(session)
    reached = hold(session, state)
    session.request_rerun(press_count(session))
    assert await asyncio.to_thread(reached.wait, 30)
    runner = session._scriptrunner
    session.request_rerun(ClientState())
    state["go_on"].set()
    runner._script_thread.join(30)
    await end_of(session)
    counted = state["n"]
    session.shutdown()
    return counted


def test_a_request_in_the_middle_of_a_callback_leaves_it_to_its_end(counting):
    assert asyncio.run(press_and_ask(counting, lambda session, state: state["began"])) == 1


def test_a_request_just_before_the_callback_leaves_it_to_come(counting):
    def hold(session, state):
        """Let the run wait where it has taken the press and not called back yet."""
        taken = threading.Event()

        class Watcher:
            def on_script_run(self):
                if not state["go_on"].is_set():
                    taken.set()
                    state["go_on"].wait(30)

            def close(self): ...

        session._local_sources_watcher = Watcher()
        return taken

    assert asyncio.run(press_and_ask(counting, hold)) == 1


def test_the_next_request_forgets_no_press_whose_callback_is_still_to_come(counting, monkeypatch):
    taken, next_one, stock = threading.Event(), threading.Event(), SessionState._call_callbacks

    def call_late(state, **options):
        if taken.is_set():
            next_one.set()
        elif any(name.endswith("-count") and state[name] for name in state._new_widget_state):
            taken.set()
            next_one.wait(0.5)  # it gets no further before this one is done
        stock(state, **options)

    monkeypatch.setattr(SessionState, "_call_callbacks", call_late)
    assert asyncio.run(press_and_ask(counting, lambda session, state: taken)) == 1
