"""What a page has set, what a person picks and what a component reports do not undo each other."""

import asyncio
import time

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from tests.dashboard.shared.asking import choice, press, pressed, texts, values


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
