"""A page is drawn to its end, whenever a fragment asks for its rerun."""

import asyncio
import importlib
import inspect
import time
from unittest.mock import MagicMock

import pytest
import streamlit
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

PAGE = """
import streamlit as st

@st.fragment(run_every=100)
def tick():
    st.session_state["ticks"] = st.session_state.get("ticks", 0) + 1
    st.text(f"tick {st.session_state['ticks']}")

tick()
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
    monkeypatch.setattr(AppSession, "request_rerun", inspect.unwrap(AppSession.request_rerun))
    page = tmp_path / "page.py"
    page.write_text(PAGE)
    data = ScriptData(str(page), is_hello=False)
    return lambda: AppSession(data, MagicMock(), ScriptCache(), lambda: None, {})


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


def texts(messages) -> list[str]:
    """Return what the messages show, and the words for how a run ended."""
    said = []
    for message in messages:
        if message.HasField("delta"):
            body = message.delta.new_element.text.body
            said += [body] if body else []
        elif message.WhichOneof("type") == "script_finished":
            said.append(f"ended {message.script_finished}")
    return said


def test_what_was_drawn_before_a_tick_arrives(session, path):
    from components.shared.streamlit_patch import patch_fragment_reruns

    patch_fragment_reruns()
    sent = asyncio.run(draw_and_tick(session))
    # FINISHED_SUCCESSFULLY, 0, is what clears away the old. "tick 1" may be spared: 2 follows.
    shown = [words for words in sent if words in ("the end", "ended 0", "tick 2")]
    assert shown == ["the end", "ended 0", "tick 2"]


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
    session._event_loop = MagicMock()
    session._scriptrunner = MagicMock()
    session._scriptrunner._requests._state = ScriptRequestType.STOP
    return session


def go_on(session):
    """Let the time pass after which a session looks again."""
    _, look_again, *arguments = session._event_loop.call_later.call_args.args
    look_again(*arguments)


def press(key="button", fragment="a", **options):
    state = ClientState(fragment_id=fragment, **options)
    state.widget_states.widgets.add(id=key, trigger_value=True)
    return state


def pressed(state):
    return [widget.id for widget in state.widget_states.widgets if widget.trigger_value]


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


def choice(value, auto=True):
    state = ClientState(fragment_id="a", is_auto_rerun=auto)
    for key in ("evaluate_compare_with", "collect_label", "collect_pick_two-1/1-1.jpg"):
        state.widget_states.widgets.add(id=f"$$ID-0-{key}", string_value=value)
    return state


def values(states):
    return {state.id.removeprefix("$$ID-0-"): state.string_value for state in states.widgets}


def test_a_tick_does_not_take_back_what_a_page_has_set(asked, ending):
    """The browser may not have it yet; of other widgets it knows best."""
    ending._scriptrunner = None
    for auto in (True, False):
        AppSession.request_rerun(ending, choice("old", auto))
    tick, click = asked
    assert values(tick.widget_states) == {"collect_label": "old"} and tick.fragment_id == "a"
    assert len(values(click.widget_states)) == 3


def report(value, reported, fragment=""):
    """What a component asks for: something new of its own, and the others as they stand."""
    state = ClientState(fragment_id=fragment)
    state.widget_states.widgets.add(id="component", json_value=reported)
    state.widget_states.widgets.add(id="$$ID-0-evaluate_compare_with", string_value=value)
    return state


@pytest.mark.parametrize("fragment", ["", "a"])
def test_a_component_that_reports_does_not_take_back_what_a_page_has_set(asked, ending, fragment):
    from components.shared import widget_values

    ending._scriptrunner = None
    AppSession.request_rerun(ending, report("old", "1", fragment))
    vars(ending)[widget_values.UNSEEN].add("evaluate_compare_with")  # the page sets it to "new"
    for value, reported in (("old", "2"), ("old", "3"), ("new", "3"), ("new", "4")):
        AppSession.request_rerun(ending, report(value, reported, fragment))
    said = [values(state.widget_states).get("evaluate_compare_with") for state in asked]
    assert said == ["old", None, None, "new", "new"]
    assert [len(state.widget_states.widgets) for state in asked] == [2, 1, 1, 2, 2]


def test_a_press_is_left_to_its_own_request(asked, ending):
    """A tick that comes between the press and its request would bring it as well."""
    ending._scriptrunner = None
    AppSession.request_rerun(ending, press(is_auto_rerun=True))
    AppSession.request_rerun(ending, press())
    assert [pressed(state) for state in asked] == [[], ["button"]]


def test_a_press_leaves_what_a_page_has_set(asked, ending):
    from components.shared import widget_values

    ending._scriptrunner = None
    widget_values.set_by_page("first")
    AppSession.request_rerun(ending, boxes(first=False, other=True))
    vars(ending)[widget_values.UNSEEN].add("first")
    state = boxes(first=False, other=True)
    state.widget_states.widgets.add(id="button", trigger_value=True)
    AppSession.request_rerun(ending, state)
    assert {state.id for state in asked[-1].widget_states.widgets} == {"$$ID-0-other", "button"}
    assert vars(ending)[widget_values.UNSEEN] == {"first"}


def boxes(fragment="a", **ticked):
    """A request that brings boxes which pages set, and others, as they stand in the browser."""
    state = ClientState(fragment_id=fragment)
    for name, value in ticked.items():
        state.widget_states.widgets.add(id=f"$$ID-0-{name}", bool_value=value)
    return state


@pytest.mark.parametrize("also", [{}, {"drawn": True}, {"other": False}])
def test_what_a_person_sets_back_counts(asked, ending, also):
    """A range of photos is picked by the page, and one of them is taken out of it again.

    Whatever else the browser shows anew: a box that was drawn, a word that says a number.
    """
    from components.shared import widget_values

    ending._scriptrunner = None
    for name in ("first", "second"):
        widget_values.set_by_page(name)
    AppSession.request_rerun(ending, boxes(first=False, second=False, other=True))
    vars(ending)[widget_values.UNSEEN].update(("first", "second"))  # the page ticks both
    now = {"first": True, "second": False, "other": True} | also
    AppSession.request_rerun(ending, boxes(**now))
    assert {state.id[7:]: state.bool_value for state in asked[-1].widget_states.widgets} == now
    assert not vars(ending)[widget_values.UNSEEN]


def test_what_a_person_has_picked_comes_with_the_press_after_it(asked, ending):
    """The request that brought it first may be stopped before it was applied."""
    ending._scriptrunner = None
    AppSession.request_rerun(ending, report("old", "1"))
    for reported in ("1", "2"):
        AppSession.request_rerun(ending, report("picked", reported))
    said = [values(state.widget_states)["evaluate_compare_with"] for state in asked]
    assert said == ["old", "picked", "picked"]


@pytest.mark.parametrize("fragment", ["", "a"])
def test_what_a_person_has_just_picked_outlives_the_request_after_it(asked, ending, fragment):
    requests = ending._scriptrunner._requests = ScriptRequests()
    AppSession.request_rerun(ending, report("old", "1", fragment))
    AppSession.request_rerun(ending, report("picked", "1", fragment))
    requests.request_rerun(RerunData(widget_states=asked[-1].widget_states))  # not yet begun
    AppSession.request_rerun(ending, report("picked", "2", fragment))
    assert values(asked[-1].widget_states)["evaluate_compare_with"] == "picked"


SETTING = """
import time
import streamlit as st
from components.shared.widget_values import set_by_page, set_widget

if st.button("Set", key="set"):
    set_widget("letter", "b")
st.button("Another", key="another")
if st.session_state.get("set"):
    time.sleep(30)  # until it is cut short
st.selectbox("Letter", ["a", "b"], key=set_by_page("letter"))
st.text(f"the letter is {st.session_state.letter}")
"""


async def set_and_report(make_session) -> tuple[list[str], list[str]]:
    """Let a page set a letter, and something else ask meanwhile; return texts, and what is set."""
    session, sent, deadline = make_session(), [], time.monotonic() + 30

    async def draw_until(words):
        said = []
        while words not in said and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
            sent.extend(new := session.flush_browser_queue())
            said += texts(new)

    session.request_rerun(ClientState())
    await draw_until("the letter is a")
    named = {
        getattr(element, kind).label: getattr(element, kind).id
        for element in (message.delta.new_element for message in sent if message.HasField("delta"))
        for kind in ("button", "selectbox")
        if element.HasField(kind)
    }
    sent.clear()
    for pressed_one in ("Set", "Another"):
        state = ClientState()
        state.widget_states.widgets.add(id=named["Letter"], string_value="a")
        state.widget_states.widgets.add(id=named[pressed_one], trigger_value=True)
        session.request_rerun(state)
        while pressed_one == "Set" and not sent and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
            sent.extend(session.flush_browser_queue())
        await asyncio.sleep(0.2)
    await draw_until("ended 0")
    session.shutdown()
    boxes = [m.delta.new_element.selectbox for m in sent if m.HasField("delta")]
    return texts(sent), [box.raw_value for box in boxes if box.set_value]


def test_the_browser_is_told_what_a_run_that_was_cut_short_has_set(session, path, tmp_path):
    from components.shared.streamlit_patch import patch_fragment_reruns

    patch_fragment_reruns()
    (tmp_path / "page.py").write_text(SETTING)
    said, told = asyncio.run(set_and_report(session))
    assert [words for words in said if words.startswith("the letter")] == ["the letter is b"]
    assert told == ["b"]


def test_a_tick_does_not_wipe_what_is_asked_before_it(asked, ending):
    requests = ending._scriptrunner._requests = ScriptRequests()
    requests.request_rerun(RerunData(widget_states=choice("new").widget_states))
    AppSession.request_rerun(ending, choice("old"))
    assert values(asked[0].widget_states)["evaluate_compare_with"] == "new"


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
