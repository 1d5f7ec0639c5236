"""A page is drawn to its end, whenever a fragment asks for its rerun."""

import asyncio
import importlib
import threading
import time

import pytest
import streamlit
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
)

from tests.dashboard.shared.asking import end_of, press, pressed, texts


async def draw_and_tick(make_session) -> list[str]:
    """Draw the page; let the fragment ask just after its end; return the texts that are sent.

    This loop does not get to what the runner has sent until the request came, as on a busy core.
    """
    session = make_session()
    session.request_rerun(ClientState())
    runner = session._scriptrunner
    runner._script_thread.join(30)
    (fragment,) = session._fragment_storage._fragments
    session.request_rerun(ClientState(fragment_id=fragment, is_auto_rerun=True))
    sent, deadline = [], time.monotonic() + 30
    while "tick 2" not in sent and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
        sent += texts(session.flush_browser_queue())
    while session._scriptrunner is not None and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    session.shutdown()
    return sent


def test_what_was_drawn_before_a_tick_arrives(session, path):
    from components.shared.streamlit_patch import patch_fragment_reruns

    patch_fragment_reruns()
    sent = asyncio.run(draw_and_tick(session))
    # FINISHED_SUCCESSFULLY, 0, is what clears away the old.
    shown = [words for words in sent if words in ("tick 1", "the end", "ended 0", "tick 2")]
    assert shown == ["tick 1", "the end", "ended 0", "tick 2"]


async def tick_while_drawing(make_session) -> list[str]:
    """Draw the page twice, the second time asking for its fragment meanwhile; return the texts.

    What the second time sends is fetched only when all is over, as on a busy core.
    """
    session = make_session()
    state = session._session_state
    session.request_rerun(ClientState())
    await end_of(session)
    session.flush_browser_queue()
    (fragment,) = session._fragment_storage._fragments
    began, go_on = state["began"], state["go_on"] = threading.Event(), threading.Event()
    session.request_rerun(ClientState())
    assert await asyncio.to_thread(began.wait, 30)
    session.request_rerun(ClientState(fragment_id=fragment))
    go_on.set()
    await end_of(session)
    sent = texts(session.flush_browser_queue())
    session.shutdown()
    return sent


def test_a_fragment_that_reruns_after_the_page_leaves_what_the_page_drew_of_it(session, path):
    """Without that part the page's end would clear it away in the browser, and what was ticked."""
    from components.shared.streamlit_patch import patch_fragment_reruns

    patch_fragment_reruns()
    assert asyncio.run(tick_while_drawing(session)) == [
        *("tick 2", "the end", "ended 0"),
        *("tick 3", "ended 3"),
    ]


def go_on(session):
    """Let the time pass after which a session looks again."""
    _, look_again, *arguments = session._event_loop.call_later.call_args.args
    look_again(*arguments)


def test_what_is_asked_meanwhile_keeps_its_order(asked, ending):
    first, second = press("first"), press("second")
    for state in (first, second):
        AppSession.request_rerun(ending, state)
    go_on(ending)
    assert asked == [] and len(ending._event_loop.call_later.call_args_list) == 2
    ending._scriptrunner = None
    go_on(ending)
    assert asked == [first, second]


def test_a_whole_page_waits_for_nothing_and_brings_the_presses_before_it(asked, ending):
    AppSession.request_rerun(ending, press("waits"))
    AppSession.request_rerun(ending, press("by itself", is_auto_rerun=True))
    AppSession.request_rerun(ending, press("now", fragment=""))
    (whole,) = asked
    assert sorted(pressed(whole)) == ["now", "waits"]
    ending._scriptrunner = None
    go_on(ending)
    assert len(asked) == 1, "what was brought along is not asked again"


def test_a_press_that_a_runner_has_not_come_to_goes_along(asked, ending):
    requests = ending._scriptrunner._requests = ScriptRequests()
    requests.request_rerun(RerunData(widget_states=press("pending").widget_states))
    AppSession.request_rerun(ending, press("now", fragment=""))
    assert sorted(pressed(asked[0])) == ["now", "pending"]


def test_nobody_waits_for_ever(asked, ending, monkeypatch):
    from components.shared import streamlit_patch

    AppSession.request_rerun(ending, press())
    monkeypatch.setattr(streamlit_patch, "LONGEST", 0)
    go_on(ending)
    assert len(asked) == 1


def test_a_tick_of_a_page_that_was_left_is_not_done(asked, ending):
    ending._scriptrunner = None
    AppSession.request_rerun(ending, press(fragment="", page_script_hash="live"))
    AppSession.request_rerun(ending, press(is_auto_rerun=True, page_script_hash="live"))
    AppSession.request_rerun(ending, press(fragment="", page_script_hash="train"))
    AppSession.request_rerun(ending, press(is_auto_rerun=True, page_script_hash="live"))
    AppSession.request_rerun(ending, press(is_auto_rerun=True, page_script_hash="train"))
    done = [(state.page_script_hash, state.fragment_id) for state in asked]
    assert done == [("live", ""), ("live", "a"), ("train", ""), ("train", "a")]


def test_a_second_call_changes_nothing(session, path):
    from components.shared.streamlit_patch import patch_fragment_reruns

    assert patch_fragment_reruns()
    patched = AppSession.request_rerun
    assert patch_fragment_reruns() and AppSession.request_rerun is patched


def test_a_reloaded_module_takes_the_place_of_its_patch(session, path):
    """Streamlit forgets edited modules; what is registered with the new one must count."""
    import components.shared.streamlit_patch as before

    stock = AppSession.request_rerun
    before.patch_fragment_reruns()
    importlib.reload(before).patch_fragment_reruns()
    assert AppSession.request_rerun.__wrapped__ is stock


@pytest.mark.parametrize("version", ["1.66.9", "1.68.0", "2.67.0", "next"])
def test_another_streamlit_is_left_as_it_is_and_the_log_says_so(
    version, session, path, monkeypatch, caplog
):
    from components.shared.streamlit_patch import patch_fragment_reruns

    monkeypatch.setattr(streamlit, "__version__", version)
    stock = AppSession.request_rerun
    assert not patch_fragment_reruns() and not patch_fragment_reruns()
    assert AppSession.request_rerun is stock
    (said,) = caplog.records
    assert f"tried with 1.67 up to but not including 1.68, and this is {version}" in said.message


@pytest.mark.parametrize("version", ["1.67.0", "1.67.3.dev2", "1.67.1rc1"])
def test_versions_that_it_was_tried_with(path, version):
    from components.shared.streamlit_patch import _why_not

    assert _why_not(version) == ""


def test_a_streamlit_that_has_changed_inside_is_left_as_it_is(session, path, monkeypatch, caplog):
    from components.shared.streamlit_patch import patch_fragment_reruns
    from streamlit.runtime.scriptrunner_utils import script_requests

    monkeypatch.delattr(script_requests, "_coalesce_widget_states")
    assert not patch_fragment_reruns()
    assert "has changed inside" in caplog.text


def test_this_streamlit_is_patched(path):
    from components.shared.streamlit_patch import _why_not

    advice = "try the apps of docs/streamlit-fragments.md with it, then widen TRIED"
    assert _why_not(streamlit.__version__) == "", advice
