"""The button that is held, and the strip of what was taken last."""

import numpy as np
import pytest

from fingercount.live.burst import RECENT, Burst


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_what_a_browser_says_is_checked():
    from components.collect.recorder import Hold, hold_of

    assert hold_of({"n": 5, "down": True}) == Hold(5, True)
    assert hold_of({"n": 5, "down": False, "held": 1.5}) == Hold(5, False, 1.5)
    for nonsense in (
        None,
        "x",
        {},
        {"n": "1"},
        {"n": 1, "held": float("nan")},
        {"n": 1, "held": -1},
    ):
        assert hold_of(nonsense) is None


def test_a_press_is_one_recording_and_its_end_is_none():
    from components.collect.recorder import Hold, wish_of

    down, up = Hold(7, True), Hold(7, False, 0.2)
    assert wish_of(down, None, None) == down
    assert wish_of(up, down, 7) == up, "let go before it began: a tap"
    assert wish_of(up, None, 5) == up, "only its end was heard: a tap"
    assert wish_of(up, None, 7) is None, "its recording has ended by itself"


@pytest.mark.parametrize("n", [1, 3, RECENT + 5])
def test_the_strip_shows_the_newest_first(n):
    from components.collect.recording_progress import SIDE, strip

    crops = [np.full((240, 240, 3), 10 * i, np.uint8) for i in range(n)]
    sheet = strip(crops)
    assert sheet.shape == (SIDE, SIDE * RECENT, 4)
    assert sheet[5, 5, 0] == 10 * (n - 1)
    assert (sheet[:, :, 3].max(axis=0) > 0).sum() == SIDE * min(n, RECENT)


def test_what_was_found_is_told_in_a_line():
    from components.collect.recording_progress import left_out_words

    burst = Burst(lambda crop: None)
    assert left_out_words(burst) == ""
    burst.left_out = 3
    burst.faults.update(["blurred", "blurred"])
    assert left_out_words(burst) == "3 not saved, nearly the same as the one before · 2 blurred"
    burst.stop()


def test_the_camera_goes_along_from_page_to_page_only_straight():
    import streamlit as st
    from components.camera.hand_over import is_handed_over, note_running, turn_to_page

    def visit(title, running=None):
        turn_to_page(title)
        handed = is_handed_over()
        if running is not None:
            note_running(running)
        return handed

    st.session_state.clear()
    assert not visit("Collect", running=True)
    assert not visit("Collect", running=True)
    assert visit("Live", running=True)
    assert not visit("Live", running=True), "once"
    visit("Train")
    assert not visit("Live", running=False), "not by a detour"
    visit("Collect", running=True)
    visit("Collect", running=False)
    assert not visit("Live", running=False), "not where it was stopped"
