"""The Live page without a camera: which model runs, and what a snapshot offers."""

import numpy as np
from streamlit.testing.v1 import AppTest

from fingercount.dataset import Dataset
from fingercount.models import choose_live_model
from fingercount.runtime import Reading


def test_without_a_model_it_says_what_to_do(open_page):
    app = open_page("live")
    assert "no model yet" in app.caption[0].value
    assert not app.button


def test_the_shipped_model_is_the_default_and_the_chosen_one_comes_first(open_page, add_model):
    add_model("mine")
    add_model("hands")
    assert open_page("live").selectbox(key="live_model").value == "hands"
    choose_live_model("mine")
    app = open_page("live")
    assert app.selectbox(key="live_model").value == "mine"
    assert app.button(key="live_snap").disabled and not app.button(key="live_start").disabled


def test_a_model_newly_chosen_to_run_live_becomes_the_pick(open_page, add_model):
    add_model("hands")
    add_model("mine")
    app = open_page("live")
    app.selectbox(key="live_model").set_value("mine").run()
    assert app.selectbox(key="live_model").value == "mine"
    choose_live_model("mine")
    choose_live_model("hands")
    assert app.run().selectbox(key="live_model").value == "mine", "nothing new was chosen"
    choose_live_model("mine")
    app.run()
    choose_live_model("hands")
    assert app.run().selectbox(key="live_model").value == "hands"


def test_a_model_that_cannot_be_loaded_blocks_with_advice(open_page, add_model):
    (add_model("hands") / "weights.safetensors").write_bytes(b"no weights")
    app = open_page("live")
    assert "missing or damaged" in app.error[0].value


def with_snapshot(app: AppTest, answer: str) -> AppTest:
    from components.snapshot import Snapshot

    reading = Reading(answer, {"two": 0.7, "one": 0.2, "none": 0.1})
    app.session_state["live_snapshot"] = Snapshot(np.zeros((64, 64, 3), np.uint8), reading, "hands")
    if answer in reading.probabilities:
        app.session_state["live_label"] = answer
    return app.run()


def test_a_snapshot_is_kept_under_its_label_in_a_session_of_its_own(open_page, add_model, folders):
    add_model("hands")
    app = with_snapshot(open_page("live"), "two")
    app.button(key="live_keep").click().run()
    photos = Dataset(folders[0] / "hands").photos()
    assert [photo.label for photo in photos] == ["two"]
    assert photos[0].session == app.session_state["live_sitting"].session
    assert app.session_state["live_snapshot"] is None


def test_an_unsure_snapshot_suggests_no_label(open_page, add_model, folders):
    add_model("hands")
    app = with_snapshot(open_page("live"), "not sure")
    assert app.button(key="live_keep").disabled
    app.button(key="live_discard").click().run()
    assert app.session_state["live_snapshot"] is None
    assert not list(folders[0].iterdir())
