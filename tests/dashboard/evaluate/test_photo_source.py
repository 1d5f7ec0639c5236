"""Which photos stand in Evaluate's grid: what a person wanted outlasts a change of the photos."""

import pytest
from streamlit.testing.v1 import AppTest

KEY = "evaluate_show"


@pytest.fixture
def picker(open_page):
    """The picker alone; session state says which sources there are, and how many photos each."""

    def script():
        import streamlit as st
        from components.evaluate.photo_source import Source, pick

        there = st.session_state["there"]
        st.caption(pick([Source(key, key.title(), ["a"] * n) for key, n in there.items()]).key)

    app = AppTest.from_function(script, default_timeout=60)
    app.session_state["there"] = {"missed": 0, "labels": 3}
    return app.run()


def shown(app):
    assert not app.exception
    return app.caption[0].value


def test_what_was_wanted_comes_back_with_its_photos(picker):
    assert shown(picker) == "missed"
    picker.selectbox(key=KEY).set_value("labels").run()
    assert shown(picker) == "labels"
    picker.session_state["there"] = {"missed": 1}
    assert shown(picker.run()) == "missed"
    picker.session_state["there"] = {"missed": 0, "labels": 2}
    assert shown(picker.run()) == "labels"


def test_an_option_called_otherwise_by_now_is_no_choice(picker):
    """The browser knows an option by its words, and the words hold a count that has changed."""
    picker.selectbox(key=KEY).set_value("labels").run()
    picker.session_state["there"] = {"missed": 0, "labels": 2}
    picker.run()
    box = picker.selectbox(key=KEY)
    box.options = ["Missed: 0", "Labels: 3"]  # as they were called
    box.set_value("Labels: 3").run()
    assert shown(picker) == "labels"


def test_wrong_answers_come_by_how_often_they_are_confused(picker):
    from components.evaluate.photo_source import Source, first_shown, worst_first

    from fingercount.evaluation.report import PhotoResult

    def said(path, actual, predicted):
        return PhotoResult(path, actual, predicted, predicted, (0.6, 0.4), "s")

    items = [
        said("a", "one", "two"),
        said("b", "two", "one"),
        said("c", "two", "two"),
        said("d", "two", "one"),
        said("e", "one", "three"),
    ]
    assert worst_first(items) == ["b", "d", "e", "a"]
    found = [Source("missed", "", []), Source("wrong", "", ["a"])]
    assert first_shown(found) == "wrong"
    found = [Source("missed", "", []), Source("wrong", "", []), Source("all", "", ["a"])]
    assert first_shown(found) == "all", "nothing is wrong"
    assert first_shown(found[:2]) == "missed"
