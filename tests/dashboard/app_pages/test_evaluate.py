"""The Evaluate page: the figures, and what can be done about the photos that are wrong."""

import threading

import numpy as np
import pytest
import streamlit as st
import torch

from fingercount.data.dataset import Dataset
from fingercount.evaluation.published import summarize, write_measured
from fingercount.evaluation.report import PhotoResult, Report
from fingercount.files import write_json
from fingercount.models.backbones import weights_hash
from fingercount.models.model import Model
from fingercount.models.storage import read_card, read_tensors, write_model
from fingercount.training.settings import Settings
from fingercount.training.trainer import train
from tests.conftest import HANDS, SESSIONS, draw


@pytest.fixture(autouse=True)
def fresh():
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def stubborn(add_model):
    """A model that says "one" of everything."""
    folder = add_model("hands", HANDS)
    tensors = read_tensors(folder)
    tensors["fc.weight"] *= 0
    tensors["fc.bias"] = always("one")
    return write_model(folder, tensors, read_card(folder), replace=True)


def always(label):
    """The last layer's bias of a model that always says the same."""
    return 3.0 * torch.eye(len(HANDS))[HANDS.index(label)]


@pytest.fixture
def mine(folders):
    """Five photos of two and three of one, in two sessions."""
    dataset = Dataset.create(folders[0] / "mine")
    for i in range(5):
        dataset.add(draw("two", i), "two", SESSIONS[i % 2])
    for i in range(3):
        dataset.add(draw("one", i), "one", SESSIONS[0])
    return dataset


def words(app):
    return " ".join(str(element.value) for element in [*app.markdown, *app.caption])


def shows(app):
    return app.selectbox(key="evaluate_show").options


def worked_out(app):
    """Wait for the reasons, as the page does by itself in a browser, and draw it again."""
    for thread in threading.enumerate():
        if thread.name == "background work":
            thread.join(60)
    return app.run()


def picks(app, key="evaluate_photos"):
    return [box for box in app.checkbox if box.key.startswith(f"{key}_pick_")]


def test_without_a_model_it_leads_to_train(open_page, folders):
    (folders[0] / "mine").mkdir()
    app = open_page("evaluate")
    assert "no model yet" in app.info[0].value
    assert app.get("page_link")[0].proto.page.endswith("train")


def test_without_photos_it_leads_to_collect(open_page, add_model):
    add_model("hands", HANDS)
    app = open_page("evaluate")
    assert "no photos yet" in app.info[0].value
    assert app.get("page_link")[0].proto.page.endswith("collect")


@pytest.fixture
def measured(stubborn):
    """The figures that the model brings with it."""
    item = PhotoResult("p.jpg", "two", "one", "one", (0.0, 0.9, 0.1, 0.0, 0.0, 0.0, 0.0), "s")
    report = Report("hands", "walls", "all", list(HANDS), [item] * 4)
    one = summarize(report, "Plain walls", "Two people, never seen.")
    write_measured(stubborn / "report.json", weights_hash(read_tensors(stubborn)), [one])
    return one


def test_without_photos_it_shows_what_the_model_was_measured_to_do(open_page, measured):
    app = open_page("evaluate")
    (shown,) = app.expander
    assert "was measured" in shown.label and shown.proto.expanded
    assert app.tabs[0].label == "Plain walls: 0.0%"
    assert "0 of 4 photos" in words(app) and "Two people, never seen." in words(app)


def test_ones_own_figures_come_first(open_page, measured, mine):
    app = open_page("evaluate")
    assert not app.expander[-1].proto.expanded and "Plain walls" in app.tabs[0].label
    (measured_path,) = mine.root.parent.parent.rglob("report.json")
    measured_path.write_text("{torn")
    st.cache_data.clear()
    app = open_page("evaluate")
    assert not app.exception and not app.tabs


def test_an_empty_dataset_is_advice(open_page, add_model, folders):
    add_model("hands", HANDS)
    (folders[0] / "mine").mkdir()
    assert "has no photos" in open_page("evaluate").error[0].value


def test_a_damaged_model_is_advice(open_page, add_model, mine):
    (add_model("hands", HANDS) / "weights.safetensors").write_bytes(b"none")
    assert "missing or damaged" in open_page("evaluate").error[0].value


def test_accuracy_stands_with_n_sessions_and_interval(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert (
        "**37.5%** right: 3 of 8 photos from 2 sessions. 95 % interval: 13.7% to 69.4%."
        in words(app)
    )
    assert "The model has seen none of the 2 sessions in training." in words(app)
    rows = app.dataframe[0].value.set_index("class")
    assert rows.loc["one", ["photos", "recall", "precision"]].tolist() == [3, 1, 3 / 8]
    assert rows.loc["two", "recall"] == 0 and np.isnan(rows.loc["two", "precision"])
    assert app.selectbox(key="evaluate_split_mine").value == "all"


def test_the_stored_test_side_is_what_it_starts_with(open_page, stubborn, folders):
    dataset = Dataset.create(folders[0] / "held")
    for i in range(20):
        for label in ("one", "two"):
            dataset.add(draw(label, i), label, SESSIONS[0])
    dataset.ensure_split()
    app = open_page("evaluate")
    assert app.selectbox(key="evaluate_split_held").value == "test"
    assert "4 of 8 photos from 1 session" in words(app)
    app.selectbox(key="evaluate_split_held").set_value("all").run()
    assert "20 of 40 photos" in words(app)


def test_misclassified_photos_are_in_sight_on_arrival(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert app.session_state["evaluate_class"] == "two"
    assert "**All wrong answers: 5**" in words(app)
    assert "others, called two: 0" in shows(app)
    assert {box.label for box in picks(app)} == {"two, called one"}
    app.session_state["evaluate_class"] = "one"
    app.run()
    app.selectbox(key="evaluate_show").set_value("missed").run()
    assert "**one, called something else: 0**" in words(app)
    app.selectbox(key="evaluate_show").set_value("mistaken").run()
    assert "**others, called one: 5**" in words(app) and len(picks(app)) == 5


def test_relabelling_and_undo_change_the_figures(open_page, stubborn, mine):
    app = open_page("evaluate")
    picks(app)[0].check().run()
    picks(app)[1].check().run()
    app.selectbox(key="evaluate_photos_relabel_to").set_value("one").run()
    app.button(key="evaluate_photos_relabel").click().run()
    assert mine.counts() == {"one": 5, "two": 3}
    assert "5 of 8 photos" in words(app) and "All wrong answers: 3" in words(app)
    app.button(key="evaluate_photos_undo").click().run()
    assert mine.counts() == {"one": 3, "two": 5}
    assert "3 of 8 photos" in words(app)


def test_deleting_and_undo(open_page, stubborn, mine):
    app = open_page("evaluate")
    app.button(key="evaluate_photos_select_all").click().run()
    assert app.button(key="evaluate_photos_delete").label == "Delete 5"
    app.button(key="evaluate_photos_delete").click().run()
    assert mine.counts() == {"one": 3, "two": 0}
    assert "**100.0%** right: 3 of 3" in words(app)
    assert not app.exception
    app.button(key="evaluate_photos_undo").click().run()
    assert mine.counts() == {"one": 3, "two": 5}


def test_the_model_is_asked_once_about_each_photo(open_page, stubborn, mine, monkeypatch):
    asked, predict = [], Model.predict_views

    def counting(model, views, reference=False):
        views = list(views)
        asked.extend(views)
        return predict(model, views, reference)

    monkeypatch.setattr(Model, "predict_views", counting)
    app = open_page("evaluate")
    assert len(asked) == 8
    mine.relabel([mine.photos(label="two")[0]], "one")
    app.run()
    assert len(asked) == 8 and "4 of 8 photos" in words(app)
    mine.add(draw("two", 77), "two", SESSIONS[0])
    app.run()
    assert len(asked) == 9


def test_a_model_trained_again_under_its_name_is_asked_again(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert "3 of 8 photos" in words(app)
    tensors, card = read_tensors(stubborn), read_card(stubborn)
    tensors["fc.bias"] = always("two")
    write_model(stubborn, tensors, card, replace=True)
    app.run()
    assert "5 of 8 photos" in words(app)


def test_labels_that_the_model_does_not_know_count_as_wrong(open_page, stubborn, mine):
    mine.add(draw("six"), "six", SESSIONS[0])
    app = open_page("evaluate")
    assert "The model does not know six" in words(app)
    assert app.dataframe[0].value["class"].tolist() == [*HANDS, "six"]


def test_both_downloads_are_offered(open_page, stubborn, mine):
    app = open_page("evaluate")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Table (CSV)", "Report (JSON)", "Report (HTML)"]


def test_the_class_is_described_in_words(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert "Of 5 photos of two, 5 were called one." in words(app)
    app.session_state["evaluate_class"] = "one"
    assert "it is right 3 of 8 (too few for a percentage)" in words(app.run())


def test_reasons_come_beside_the_page_and_show_their_photos(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert not app.exception and picks(app), "the page is there before its reasons"
    worked_out(app)
    assert "Looked for and not found" in " ".join(e.label for e in app.expander)
    text = words(app)
    assert "Too little variety." in text and "Different from the training photos." in text


def test_a_reason_opens_in_the_grid(open_page, folders, stubborn, make_photos):
    """Two was learned from one session, one from four; the model misses every two."""
    sessions = [f"2026020{n}-101010" for n in range(1, 5)]
    make_photos(folders[0] / "mine" / "train", labels=("one",), sessions=sessions)
    make_photos(folders[0] / "mine" / "train", labels=("two",), sessions=sessions[:1])
    make_photos(folders[0] / "mine" / "test", labels=("one", "two"), n=6)
    dataset = Dataset(folders[0] / "mine")
    hashes = dataset.hashes()
    learned = {hashes[photo.path]: "train" for photo in dataset.photos(split="train")}
    write_json(stubborn / "seen.json", learned)
    app = worked_out(open_page("evaluate"))
    assert "two was learned from 1 session, the other labels from 4" in words(app)
    app.button(key="evaluate_reason_variety").click().run()
    assert app.selectbox(key="evaluate_show").value == "reason:variety"
    assert len(picks(app)) == 6 and "session not among those of two" in words(app)


def test_marking_as_fine_is_among_the_changes_and_can_be_undone(open_page, stubborn, mine):
    app = open_page("evaluate")
    picks(app)[0].check().run()
    app.button(key="evaluate_photos_fine").click().run()
    assert len(mine.fine()) == 1 and "marked as fine: 1 photo" in words(app)
    undo = next(b for b in app.button if (b.key or "").startswith("evaluate_undo_"))
    undo.click().run()
    assert mine.fine() == set() and not app.exception


def test_any_change_can_be_undone_by_itself(open_page, stubborn, mine):
    first, second = mine.photos(label="two")[:2]
    older = mine.relabel([first], "one")
    mine.delete([second])
    app = open_page("evaluate")
    assert "relabelled 1 photo, two to one" in words(app) and "deleted 1 photo" in words(app)
    app.button(key=f"evaluate_undo_{older.id}").click().run()
    assert mine.counts() == {"one": 3, "two": 4}


def test_one_selected_photo_is_looked_at_closely(open_page, stubborn, mine):
    app = open_page("evaluate")
    assert "A closer look" not in words(app)
    picks(app)[0].check().run()
    text = words(worked_out(app))
    assert "A closer look: two, called one" in text
    assert "What speaks for **one**, its answer" in text
    assert "What speaks for **two**, the right label" in text
    assert "photos of this data set of **two** most like it" in text


@pytest.mark.parametrize("order", ["sure", "unsure", "loss", "name"])
def test_the_grid_can_be_sorted(open_page, stubborn, mine, order):
    app = open_page("evaluate")
    app.selectbox(key="evaluate_order").set_value(order).run()
    assert len(picks(app)) == 5 and not app.exception


def test_two_models_are_compared_on_the_same_photos(open_page, stubborn, mine, add_model):
    folder = add_model("better", HANDS)
    tensors = read_tensors(folder)
    tensors["fc.weight"] *= 0
    tensors["fc.bias"] = always("two")
    write_model(folder, tensors, {**read_card(folder), "created": "2099-01-01"}, replace=True)
    app = open_page("evaluate")
    app.selectbox(key="evaluate_compare_with").set_value("better").run()
    assert not app.exception, app.exception
    assert "better is neither better nor worse by more than chance, on 8 photos" in words(app)
    table = app.dataframe[1].value
    assert table["newly right"].tolist() == [5, 0, 5]
    assert table["newly wrong"].tolist() == [3, 3, 0]
    app.selectbox(key="evaluate_show").set_value("newly right").run()
    assert len(picks(app)) == 5


def test_retraining_uses_the_models_own_settings(open_page, folders, add_model):
    add_model("hands", HANDS)
    dataset = Dataset.create(folders[0] / "mine")
    for session in SESSIONS:
        for label in ("one", "two"):
            for i in range(8):
                dataset.add(draw(label, i + 10 * SESSIONS.index(session)), label, session)
    settings = Settings.make(epochs=3, copies=0, lr=1e-3)
    *_, done = train(dataset, "mine-1", settings)
    dataset.delete([dataset.photos(label="one", split="train")[0]])
    app = open_page("evaluate", evaluate_model="mine-1")
    app.button(key="evaluate_retrain").click().run()
    assert jobs_of(app).wait(60)
    app.run().run()
    assert read_card(folders[1] / "mine-2")["settings"] == done.card["settings"]
    assert app.selectbox(key="evaluate_compare_with").value == "mine-2"
    assert "on 16 photos" in words(app) and not app.exception


def jobs_of(app):
    from components.train.jobs import latest_job

    return latest_job()


def test_a_long_measurement_shows_photos_meanwhile(open_page, stubborn, mine, monkeypatch):
    from components.evaluate import report

    shown = []
    monkeypatch.setattr(report, "LONG", 3)
    monkeypatch.setattr(report, "show_photo", lambda dataset, path: shown.append(path))
    app = open_page("evaluate")
    assert not app.exception and "right: 3 of" in words(app)
    assert sorted(shown) == sorted(photo.path for photo in mine.photos()), "each once"
