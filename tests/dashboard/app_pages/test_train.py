"""The Train page: a training in the background, from its settings to a row in the table."""

import zlib

import pytest
import streamlit as st

from fingercount.data.dataset import Dataset
from fingercount.models.bin import deleted_models
from fingercount.models.registry import delete_model, list_models
from fingercount.models.storage import read_card
from fingercount.training.settings import Settings
from tests.conftest import HANDS, SESSIONS, draw


@pytest.fixture(autouse=True)
def fresh():
    """Forget the trainings of the tests before."""
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def mine(folders, add_model):
    """Eight photos of one and two in each of three sessions, and the shipped model."""
    add_model("hands", HANDS)
    dataset = Dataset.create(folders[0] / "mine")
    for session in SESSIONS:
        for label in ("one", "two"):
            for i in range(8):
                dataset.add(draw(label, len(session) + i), label, session)
    return dataset


def words(app):
    return " ".join(str(e.value) for e in [*app.caption, *app.markdown, *app.info, *app.success])


def start(app, name="mine-1"):
    app.slider(key="train_epochs_head").set_value(5)
    app.slider(key="train_copies").set_value(0)
    app.text_input(key="train_name").set_value(name)
    return app.button(key="train_start").click().run()


def finish():
    from components.train.jobs import latest_job

    assert latest_job().wait(60)
    return latest_job()


def test_without_photos_it_leads_to_collect(open_page, add_model):
    add_model("hands", HANDS)
    app = open_page("train")
    assert "no photos yet" in app.info[0].value
    assert app.get("page_link")[0].proto.page.endswith("collect")
    assert app.dataframe[0].value["model"].tolist() == ["hands"]
    assert "train_start" not in [button.key for button in app.button]


def test_one_class_cannot_be_trained_and_says_why(open_page, folders, add_model):
    add_model("hands", HANDS)
    Dataset.create(folders[0] / "mine").add(draw("one"), "one", SESSIONS[0])
    app = open_page("train")
    assert "photos of one only" in app.error[0].value
    assert app.button(key="train_start").disabled


def test_what_will_mislead_is_said_before(open_page, folders, add_model):
    add_model("hands", HANDS)
    dataset = Dataset.create(folders[0] / "mine")
    for label in ("one", "two"):
        dataset.add(draw(label), label, SESSIONS[0])
    app = open_page("train")
    said = " ".join(warning.value for warning in app.warning)
    assert "Few photos of one (1), two (1)" in said and "Only 1 session" in said
    assert not app.button(key="train_start").disabled


def test_a_training_ends_as_a_model_in_the_table(open_page, mine):
    app = start(open_page("train"))
    assert not app.error
    job = finish()
    app.run()
    assert job.state == "finished" and "mine-1 is ready after" in app.success[0].value
    assert "Held out for the test: 16 photos from 1 session" in app.success[0].value
    table = app.dataframe[0].value.set_index("model")
    assert list(table.index) == ["hands", "mine-1"]
    row = table.loc["mine-1"]
    assert (row["epochs"], row["backbone"], row["mode"]) == (5, "hands", "head")
    assert row["test photos"] == 16
    assert not app.exception


def test_it_survives_switching_pages_and_another_viewer_sees_it(open_page, mine):
    app = start(open_page("train"))
    app.switch_page("app_pages/home.py").run()
    finish()
    assert "mine-1 is ready" in open_page("train").success[0].value


def test_the_sliders_reach_the_training(open_page, mine, folders):
    app = open_page("train")
    app.slider(key="train_rotation").set_value(40.0)
    app.select_slider(key="train_lr_head").set_value(1e-2)
    app.select_slider(key="train_batch_head").set_value(16)
    app.slider(key="train_decay").set_value(0.2)
    start(app)
    finish()
    settings = read_card(folders[1] / "mine-1")["settings"]
    assert settings["augment"]["rotation"] == 40 and settings["copies"] == 0
    assert (settings["lr"], settings["batch_size"], settings["epochs"]) == (1e-2, 16, 5)
    assert settings["weight_decay"] == 0.2


def test_the_whole_network_has_its_own_defaults(open_page, mine):
    app = open_page("train")
    app.session_state["train_mode"] = "finetune"
    app.run()
    assert app.select_slider(key="train_lr_finetune").value == 2e-4
    assert app.slider(key="train_epochs_finetune").value == 8
    assert "train_copies" not in [slider.key for slider in app.slider]


def test_moving_a_slider_previews_that_transform_on_eight_photos(open_page, mine):
    app = open_page("train", train_transforms_open=True)
    assert app.session_state["train_preview"] == "all together"
    app.slider(key="train_brightness").set_value(0.8).run()
    assert app.session_state["train_preview"] == "brightness"
    assert len(app.get("image")) == 8


@pytest.mark.parametrize("name", ["hands", "../out", "a/b", " "])
def test_a_name_that_cannot_be_is_an_error_and_starts_nothing(open_page, mine, name):
    from components.train.jobs import latest_job

    app = start(open_page("train"), name)
    assert len(app.error) == 1 and latest_job() is None
    assert list_models() == ["hands"]


def test_cancelling_leaves_nothing(open_page, mine, folders):
    from components.train.jobs import jobs, latest_job

    from fingercount.training.settings import Settings

    app = open_page("train")
    jobs().start(mine, "mine-1", Settings(epochs=1000))
    app.run()
    app.button(key="train_cancel").click().run()
    finish()
    app.run()
    assert latest_job().state == "cancelled"
    assert "Cancelled. No model was saved." in words(app)
    assert [path.name for path in folders[1].iterdir()] == ["hands"]


def test_a_training_that_fails_says_why(open_page, mine, folders):
    (folders[1] / "hands" / "weights.safetensors").write_bytes(b"no weights")
    app = start(open_page("train"))
    assert finish().state == "failed"
    app.run()
    assert "missing or damaged" in app.error[0].value


def test_reset_sets_everything_to_what_a_training_begins_with(open_page, mine):
    app = open_page("train")
    app.select_slider(key="train_lr_head").set_value(0.01)
    app.slider(key="train_rotation").set_value(40.0).run()
    assert "learning rate 0.01, 60 epochs (changed)" in words(app)
    app.button(key="train_reset").click().run()
    assert app.select_slider(key="train_lr_head").value == 3e-3
    assert app.slider(key="train_rotation").value == 15
    assert "lr" not in app.query_params and "rotation" not in app.query_params
    assert "60 epochs." in words(app) and not app.warning


def test_many_values_are_tried_in_one_press_and_the_best_can_be_used(open_page, mine):
    from components.train.sweep import _latest

    app = open_page("train", train_sweep_open=True)
    app.slider(key="train_epochs_head").set_value(2)
    app.slider(key="train_copies").set_value(0)
    app.button(key="train_sweep").click().run()
    _latest()["sweep"].work.thread.join(60)
    app.run()
    tried = _latest()["sweep"].tried
    assert len(tried) == 12 and all(one.n == 16 for one in tried)
    assert "Best: a learning rate of" in words(app) and len(app.get("plotly_chart")) == 1
    app.button(key="train_sweep_use").click().run()
    assert app.select_slider(key="train_lr_head").value != 3e-3 or "Use 0.003" in words(app)
    assert list_models() == ["hands"] and not app.exception


def test_running_a_model_live_is_said_and_live_is_one_press_away(open_page, add_model):
    add_model("hands")
    add_model("mine")
    rows = zlib.crc32("\n".join(list_models()).encode())
    app = open_page("train", **{f"train_runs_{rows}": {"selection": {"rows": [1], "columns": []}}})
    app.button(key="train_use").click().run()
    assert "mine runs live now." in words(app)
    assert app.get("page_link")[-1].proto.page.endswith("live")


def test_the_proposed_name_is_free(open_page, mine, folders):
    (folders[1] / "mine-1").mkdir()
    assert open_page("train").text_input(key="train_name").value == "mine-2"


def test_a_selection_never_means_another_model(open_page, add_model):
    add_model("hands")
    for name in ("aa", "bb", "cc"):
        add_model(name)
    rows = zlib.crc32("\n".join(list_models()).encode())
    app = open_page("train", **{f"train_runs_{rows}": {"selection": {"rows": [2], "columns": []}}})
    assert not app.button(key="train_delete").disabled
    app.button(key="train_delete").click().run()
    assert list_models() == ["hands", "aa", "cc"]
    assert app.button(key="train_delete").disabled, "what follows is not selected"


def test_a_deleted_model_comes_back_until_the_bin_is_emptied(open_page, add_model):
    add_model("hands")
    add_model("my_hand")
    rows = zlib.crc32("\n".join(list_models()).encode())
    app = open_page("train", **{f"train_runs_{rows}": {"selection": {"rows": [1], "columns": []}}})
    app.button(key="train_delete").click().run()
    assert list_models() == ["hands"]
    app.button(key="train_undo_delete").click().run()
    assert list_models() == ["hands", "my_hand"]
    assert "train_undo_delete" not in [button.key for button in app.button]
    delete_model("my_hand")
    app.run()
    assert "1 deleted model, " in words(app)
    app.button(key="train_empty_bin").click().run()
    assert list_models() == ["hands"] and deleted_models() == []
    assert not app.exception


def test_the_links_of_a_training_lead_to_its_model(open_page, mine):
    app = start(open_page("train"))
    finish()
    app.run()
    app.button(key="train_to_evaluate").click().run()
    assert (
        app.title[0].value == "Evaluate" and app.selectbox(key="evaluate_model").value == "mine-1"
    )
    app.switch_page("app_pages/live.py").run()
    assert app.selectbox(key="live_model").value == "mine-1"


def test_the_proposed_name_follows_the_photos_and_a_typed_one_stays(open_page, mine, folders):
    Dataset.create(folders[0] / "other").add(draw("one", 1), "one", SESSIONS[0])
    app = open_page("train")
    assert app.text_input(key="train_name").value == "mine-1"
    app.selectbox(key="train_dataset").set_value("other").run()
    assert app.text_input(key="train_name").value == "other-1"
    app.text_input(key="train_name").set_value("typed").run()
    app.selectbox(key="train_dataset").set_value("mine").run()
    assert app.text_input(key="train_name").value == "typed"


def test_settings_outlive_a_reload_in_the_address(open_page, mine):
    app = open_page("train")
    assert "lr" not in app.query_params
    app.select_slider(key="train_lr_head").set_value(0.01)
    app.slider(key="train_epochs_head").set_value(30).run()
    assert app.query_params["lr"] == "0.01" and app.query_params["epochs"] == "30"
    again = open_page("train", query={"lr": "0.01", "epochs": "30", "copies": "many", "blur": "9"})
    assert again.select_slider(key="train_lr_head").value == 0.01
    assert again.slider(key="train_epochs_head").value == 30
    assert again.slider(key="train_copies").value == Settings().copies, (
        "what cannot be set is left out"
    )
    assert not again.exception


def test_a_figure_of_other_labels_offers_to_measure_again(open_page, mine, folders):
    app = start(open_page("train"))
    finish()
    app.run()
    assert "train_measure_again" not in [button.key for button in app.button]
    before = read_card(folders[1] / "mine-1")["metrics"]["test"]
    mine.relabel(mine.photos("one", split="test"), "two")
    app.run()
    table = app.dataframe[0].value.set_index("model")
    assert table.loc["mine-1", "caution"].startswith("before labels were corrected")
    app.button(key="train_measure_again").click().run()
    after = read_card(folders[1] / "mine-1")["metrics"]["test"]
    assert after["n"] == before["n"] and after["fingerprint"] != before["fingerprint"]
    app.run()
    assert "train_measure_again" not in [button.key for button in app.button]
    assert app.dataframe[0].value.set_index("model").loc["mine-1", "caution"] == ""
    assert not app.exception
