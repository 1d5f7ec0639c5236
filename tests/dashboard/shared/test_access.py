"""What a viewer sees: Live and what others did, and no button that changes something."""

import pytest
import streamlit as st

from fingercount.data.dataset import Dataset
from fingercount.data.review_queue import Tray
from fingercount.models.registry import list_models
from tests.conftest import SESSIONS, draw

VIEWER = {"fingercount_role": "viewer", "fingercount_name": "eve"}
ANNA = {"fingercount_role": "editor", "fingercount_name": "anna%20%C3%A9"}
# All buttons that a viewer may see. A new one is either added here, or asks `may_change`.
MAY_SEE = {
    "home": set(),
    "evaluate": {"evaluate_ask_class"}
    | {f"evaluate_photos_{what}" for what in ("select_page", "select_all", "select_none", "look")}
    | {f"evaluate_photos_{what}" for what in ("previous", "next", "large_select")},
    "live": {f"live_{what}" for what in ("start", "stop", "snap", "snapshot_close", "square_reset")}
    | {"parity_start"},
}


@pytest.fixture
def mine(folders, add_model):
    """Photos, an edit, the tray and two models: all that has buttons to change it."""
    st.cache_resource.clear()
    st.cache_data.clear()
    add_model("hands")
    add_model("own")
    dataset = Dataset.create(folders[0] / "mine")
    for i in range(4):
        dataset.add(draw("two", i), ("one", "two")[i % 2], SESSIONS[0])
    dataset.mark_fine([dataset.photos()[0]])
    dataset.delete([dataset.photos()[0]])
    said = {"answer": "one", "confidence": 0.6, "model": "hands"}
    Tray().add(draw("two"), "two", session="20260102-101500", **said)
    return dataset


OPEN = ("live_cost_open", "live_parity_open", "evaluate_changes_open")


@pytest.mark.parametrize("page", MAY_SEE)
def test_a_viewer_sees_no_button_that_changes_something(open_page, mine, page):
    address = {"model": "own", "dataset": "mine"}
    app = open_page(page, address, user=VIEWER, **dict.fromkeys(OPEN, True))
    seen = {button.key for button in app.button}
    assert seen <= MAY_SEE[page], seen
    assert any("You may look" in caption.value for caption in app.caption)
    if page == "evaluate":
        app.button(key="evaluate_photos_look").click().run()
        assert "evaluate_photos_next" in (seen := {button.key for button in app.button})
        assert seen <= MAY_SEE[page], seen
    editor = open_page(page, address, user=ANNA, **dict.fromkeys(OPEN, True))
    more = {button.key for button in editor.button} - MAY_SEE[page]
    assert more
    assert not any("You may look" in caption.value for caption in editor.caption)


@pytest.mark.parametrize("page", ["collect", "train"])
def test_the_pages_that_change_something_are_not_there_for_a_viewer(open_page, mine, page):
    with pytest.raises(Exception, match=r"[Pp]age"):
        open_page(page, user=VIEWER)
    assert open_page(page, user=ANNA).title[0].value == page.capitalize()


def test_a_viewers_snapshot_is_classified_and_kept_nowhere(open_page, mine):
    import numpy as np
    from components.live.snapshot import Snapshot

    from fingercount.live.recognizer import Reading

    app = open_page("live", user=VIEWER)
    reading = Reading("two", {"two": 0.7, "one": 0.3})
    app.session_state["live_snapshot"] = [Snapshot(np.zeros((64, 64, 3), np.uint8), reading)]
    app.run()
    waiting = len(Tray().entries())
    keys = {button.key for button in app.button}
    assert "live_snapshot_close" in keys and "live_keep" not in keys
    app.button(key="live_snapshot_close").click().run()
    assert app.session_state["live_snapshot"] is None and len(Tray().entries()) == waiting


def test_a_press_of_a_button_that_a_viewer_does_not_see_does_nothing(open_page, mine):
    """A program may send what no browser would: the press of a button of somebody else's page."""
    app = open_page("evaluate", {"model": "own", "dataset": "mine"}, user=ANNA)
    undo = app.button(key="evaluate_photos_undo")
    app.user = VIEWER
    undo.click().run()
    assert not any(edit.undone for edit in mine.edits()) and list_models() == ["hands", "own"]


def test_the_history_says_who(open_page, mine):
    app = open_page("evaluate", {"dataset": "mine"}, user=ANNA, evaluate_changes_open=True)
    app.button(key="evaluate_photos_undo").click().run()
    newest, _ = mine.edits()
    assert newest.undone and newest.undone_by == "anna é" and newest.by is None
    assert any("undone, by anna é" in caption.value for caption in app.caption)


def test_where_viewers_are_and_nothing_is_said_nobody_may_change(open_page, mine, monkeypatch):
    assert open_page("collect").title[0].value == "Collect"
    monkeypatch.setenv("FINGERCOUNT_EDITORS", "anna")
    app = open_page("home", user={})
    assert any("You may look" in caption.value for caption in app.caption)
