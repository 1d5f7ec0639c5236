"""What a browser asks of a session, and what it is sent, for the tests of Streamlit's patch."""

import asyncio
import time

from streamlit.proto.ClientState_pb2 import ClientState


async def end_of(session) -> None:
    """Wait until a session does nothing any more."""
    deadline = time.monotonic() + 30
    while session._scriptrunner is not None and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert session._scriptrunner is None


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


def press(key="button", fragment="a", **options):
    state = ClientState(fragment_id=fragment, **options)
    state.widget_states.widgets.add(id=key, trigger_value=True)
    return state


def pressed(state):
    return [widget.id for widget in state.widget_states.widgets if widget.trigger_value]


def choice(value, auto=True):
    state = ClientState(fragment_id="a", is_auto_rerun=auto)
    for key in ("evaluate_compare_with", "collect_label", "collect_pick_two-1/1-1.jpg"):
        state.widget_states.widgets.add(id=f"$$ID-0-{key}", string_value=value)
    return state


def values(states):
    return {state.id.removeprefix("$$ID-0-"): state.string_value for state in states.widgets}
