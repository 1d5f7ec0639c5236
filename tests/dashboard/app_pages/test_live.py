"""The Live page without a camera: which model runs, and what a snapshot offers."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fingercount.data.dataset import Dataset
from fingercount.data.review_queue import Tray
from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.live.recognizer import Reading
from fingercount.models.registry import choose_live_model, delete_model
from fingercount.models.storage import read_card
from tests.conftest import draw


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


def snap(app: AppTest, monkeypatch, halves=(90, 90)) -> AppTest:
    """Press Snapshot, with a camera that shows a picture of two greys."""
    from components.camera import camera

    photo = np.repeat(np.uint8(halves), 32)[None, :, None] * np.ones((64, 1, 3), np.uint8)
    monkeypatch.setattr(camera, "show_camera", lambda key, view, **_: camera.Camera(False, photo))
    app.run()
    return app.button(key="live_snap").click().run()


def test_a_snapshot_waits_in_the_tray_where_its_label_can_be_changed(
    open_page, add_model, folders, monkeypatch
):
    add_model("hands")
    app = snap(open_page("live"), monkeypatch)
    assert not app.exception
    (entry,) = Tray().entries()
    assert entry.label in ("one", "two", "none") and entry.model == "hands"
    app.selectbox(key=f"live_tray_label_{entry.id}").set_value("five").run()
    assert [entry.label for entry in Tray().entries()] == ["five"]
    app.button(key="live_snapshot_close").click().run()
    assert app.session_state["live_snapshot"] is None
    app.button(key=f"live_tray_keep_{entry.id}").click().run()
    (dataset,) = [Dataset(path) for path in folders[0].iterdir() if not path.name.startswith(".")]
    assert [photo.label for photo in dataset.photos()] == ["five"]


def test_two_hands_have_squares_and_sliders_of_their_own(open_page, add_model):
    add_model("hands")
    app = open_page("live")
    view = app.session_state["live_view"]
    assert view.pair is None and len(app.slider(key="camera_square_x").label) > 0
    app.toggle(key="camera_square_two").set_value(True).run()
    assert view.pair == TwoSquares()
    app.slider(key="camera_square_pair_size").set_value(0.6).run()
    app.slider(key="camera_square_pair_y").set_value(0.3).run()
    assert view.pair == TwoSquares(y=0.3, size=0.6) and view.square == Square(size=0.85)
    assert any("each green square" in caption.value for caption in app.caption)
    app.button(key="live_square_reset").click().run()
    assert view.pair == TwoSquares(), "what is reset is where they are, not how many"
    app.switch_page("app_pages/collect.py").run()
    assert app.session_state["collect_view"].pair is None, "photos are of one hand"
    app.switch_page("app_pages/live.py").run()
    assert app.toggle(key="camera_square_two").value is True
    app.toggle(key="camera_square_two").set_value(False).run()
    assert app.session_state["live_view"].pair is None


def test_a_snapshot_of_two_squares_is_two_photos(open_page, add_model, monkeypatch):
    add_model("hands")
    app = open_page("live")
    app.session_state["live_view"].pair = TwoSquares()  # the camera, which would set it, is not
    app = snap(app, monkeypatch, halves=(60, 180))
    assert not app.exception
    entries = Tray().entries()
    assert sorted(int(Tray().image(entry).mean()) for entry in entries) == [60, 180]
    assert len({entry.session for entry in entries}) == 1
    assert any("Both photos wait" in caption.value for caption in app.caption)


def test_an_unsure_snapshot_gets_the_likeliest_label(open_page):
    from components.live.snapshot import suggested_label

    reading = Reading("not sure", {"two": 0.3, "one": 0.4, "none": 0.3})
    assert suggested_label(reading) == "one"
    assert suggested_label(Reading("two", {"two": 0.8, "one": 0.2})) == "two"


def test_without_a_camera_there_is_nothing_to_correct(open_page, add_model):
    add_model("hands", classes=("one", "two", "seven"))
    app = open_page("live")
    names = ["zero", "one", "two", "three", "four", "five", "seven", "none"]
    keys = [app.button(key=f"live_is_{name}") for name in names]
    assert all(key.disabled for key in keys)
    table = next(text.value for text in app.markdown if "| `7` |" in text.value)
    assert "`n` | it is really no hand" in table and "`y` | snapshot" in table


def put_in_tray(n: int) -> Tray:
    tray = Tray()
    for seed in range(n):
        said = {"answer": "one", "confidence": 0.6, "model": "hands"}
        tray.add(draw("two", seed), "two", session="20260102-101500", **said)
    return tray


def test_the_tray_is_kept_one_by_one_and_all(open_page, add_model, folders):
    add_model("hands")
    tray = put_in_tray(3)
    app = open_page("live")
    assert "Review tray (3)" in [title.value for title in app.subheader]
    first = tray.entries()[0]
    app.button(key=f"live_tray_keep_{first.id}").click().run()
    dataset = Dataset(folders[0] / "my hand")
    assert len(dataset.photos()) == 1 and len(tray.entries()) == 2
    app.button(key="live_tray_keep").click().run()
    assert [photo.label for photo in dataset.photos()] == ["two"] * 3
    assert len(dataset.sessions()) == 1
    assert not any("Review tray" in title.value for title in app.subheader)


def test_the_tray_is_thrown_away(open_page, add_model):
    add_model("hands")
    tray = put_in_tray(2)
    app = open_page("live")
    app.button(key=f"live_tray_discard_{tray.entries()[1].id}").click().run()
    assert len(tray.entries()) == 1
    app.button(key="live_tray_discard").click().run()
    assert tray.entries() == []


def test_the_sliders_reach_the_viewer_and_the_threshold_can_be_kept(
    open_page, add_model, folders, make_photos
):
    add_model("hands")
    folder = add_model("mine")
    choose_live_model("mine")
    make_photos(folders[0] / "set", labels=("one", "two", "none"))
    app = open_page("live", live_cost_open=True)
    app.slider(key="live_threshold_mine").set_value(0.8).run()
    app.slider(key="live_hold").set_value(1.0).run()
    settings = app.session_state["live_view"].settings
    assert (settings.threshold, settings.hold) == (0.8, 1.0)
    words = [text.value for text in app.markdown]
    assert any("80%" in text and "of 8 photos with a hand" in text for text in words), words
    app.button(key="live_keep_threshold").click().run()
    assert read_card(folder)["threshold"] == 0.8


def test_the_cost_follows_what_is_relabelled(open_page, add_model, folders, make_photos):
    add_model("hands")
    dataset = Dataset(make_photos(folders[0] / "set", labels=("one", "two", "none")))
    app = open_page("live", live_cost_open=True)
    assert any("of 8 photos with a hand" in text.value for text in app.markdown)
    dataset.relabel(dataset.photos("two"), "none")
    words = [text.value for text in app.run().markdown]
    assert any("of 4 photos with a hand" in text for text in words), words


def test_a_model_deleted_while_it_ran_is_named(open_page, add_model):
    add_model("hands")
    add_model("mine")
    choose_live_model("mine")
    app = open_page("live")
    delete_model("mine")
    app.run()
    assert "mine was deleted while it ran; built-in counts now" in app.warning[0].value


@pytest.mark.parametrize(
    "answer, sets",
    [
        pytest.param({"x": 0.301, "y": 1.7, "size": 0.01}, {"x": 0.3, "y": 1.0, "size": 0.1}),
        pytest.param({"x": "left", "y": float("nan"), "mirror": 3}, {}),
        pytest.param({"mirror": False, "stamp": 1}, {"mirror": False}),
        pytest.param(
            {"two": True, "pair_y": -1, "pair_size": 0.777},
            {"two": True, "pair_y": 0.0, "pair_size": 0.78},
        ),
        pytest.param(None, {}),
    ],
    ids=["clipped", "nonsense", "mirror", "two", "nothing"],
)
def test_what_a_browser_says_of_the_square_is_made_to_fit(open_page, add_model, answer, sets):
    add_model("hands")
    open_page("live")
    from components.camera.roi_editor import dragged

    assert dragged(answer) == sets


def test_one_of_several_pickers_decides_where_the_next_page_begins(open_page, add_model, folders):
    for name in ("guests", "hands"):
        Dataset.create(folders[0] / name)
    add_model("hands")
    put_in_tray(1)
    app = open_page("live")
    for name in ("hands", "guests"):
        app.selectbox(key="live_tray_dataset").set_value(name).run()
    app.switch_page("app_pages/collect.py").run()
    assert app.selectbox(key="collect_dataset").value == "guests"


@pytest.mark.parametrize("name", ["live", "evaluate"])
def test_the_model_outlives_a_reload_in_the_address(open_page, add_model, make_photos, name):
    make_photos("data/mine", labels=("one", "two"), n=2)
    add_model("hands")
    add_model("mine")
    choose_live_model("hands")
    app = open_page(name)
    assert app.query_params["model"] == "hands"
    app.selectbox(key=f"{name}_model").set_value("mine").run()
    assert app.query_params["model"] == "mine"
    assert open_page(name, {"model": "mine"}).selectbox(key=f"{name}_model").value == "mine"
    assert open_page(name, {"model": "gone"}).selectbox(key=f"{name}_model").value == "hands"
