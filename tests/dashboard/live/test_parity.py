"""The check on a page: pressed, worked out beside it, shown as a table."""

import threading

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fingercount.checks.parity import Parity, Way
from fingercount.export.to_onnx import answerer
from fingercount.models.loading import load_model
from tests.conftest import draw


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def page():
    from components.live.parity import show_parity
    from components.shared.models import shared_model

    from fingercount.data.dataset import open_dataset

    show_parity(shared_model("hands"), open_dataset("mine"))


@pytest.fixture
def app(add_model, folders, make_photos):
    add_model("hands")
    make_photos("data/mine", labels=("one", "two"), n=3)
    return AppTest.from_function(page, default_timeout=60).run()


def finish():
    for thread in threading.enumerate():
        if thread.name == "background work":
            thread.join(60)


def test_nothing_is_compared_before_it_is_asked_for(app):
    assert not app.exception and not app.dataframe and not app.error
    assert not app.button(key="parity_start").disabled


def test_a_press_compares_and_the_result_stays(app):
    app.button(key="parity_start").click().run()
    finish()
    for _ in range(2):
        app.run()
        assert not app.exception and not app.error
        shown = app.dataframe[0].value
        assert list(shown["way"]) == ["live", "camera", "mjpeg", "onnx"]
        assert shown["answers changed"][0] == "0 of 6" and shown["largest"][0] < 1e-5
        assert "compared with what evaluation says" in app.markdown[0].value


def test_other_photos_ask_for_another_check(app, folders):
    app.button(key="parity_start").click().run()
    finish()
    next((folders[0] / "mine" / "one").iterdir()).unlink()
    assert not app.run().dataframe


def test_what_fails_is_advice(app, folders):
    next((folders[0] / "mine" / "one").iterdir()).write_bytes(b"no photo")
    app.run().button(key="parity_start").click().run()
    finish()
    assert "is not a photo" in app.run().error[0].value
    assert not app.button(key="parity_start").disabled, "fix it and press again"


def test_the_download_is_the_export(app):
    from components.live.parity import exported

    model = load_model("hands")
    said = answerer(exported("hands"), model.classes)(draw("two"))
    assert said == pytest.approx(model.predict([draw("two")])[0], abs=1e-5)


def test_the_table_has_a_row_for_each_way():
    from components.live.parity import table

    ways = [Way("live", 0.0, 0.0, 0, "a"), Way("camera", 0.12, 0.01, 1, "b")]
    shown = table(Parity("hands", "fast", "mine", "all", 10, ways))
    assert list(shown["answers changed"]) == ["0 of 10", "1 of 10"]
    assert np.allclose(shown["largest"], [0, 0.12]) and list(shown["differs most"]) == ["a", "b"]
