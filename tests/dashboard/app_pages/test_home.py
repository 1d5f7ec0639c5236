"""Home: what is here, and one next step."""

import pytest
import streamlit as st

from fingercount.data.dataset import Dataset
from fingercount.data.importing.importer import import_photos
from fingercount.models.storage import read_tensors, write_model
from tests.conftest import SESSIONS, draw


@pytest.fixture(autouse=True)
def fresh():
    st.cache_resource.clear()


def words(app):
    return " ".join(str(element.value) for element in [*app.markdown, *app.caption])


def links(app):
    """The pages that the page itself leads to, in order."""
    return [link.proto.page.rpartition("/")[2] for link in app.get("page_link")]


def fill(root, labels, n, sessions=SESSIONS[:1]):
    dataset = Dataset.create(root)
    for session in sessions:
        for label in labels:
            for i in range(n):
                dataset.add(draw(label, i, size=16), label, session)
    return dataset


def test_an_empty_project_is_shown_live_first(open_page, add_model):
    add_model("hands")
    app = open_page("home")
    assert "**Next:** Hold up your fingers" in words(app)
    assert links(app)[0].startswith("live")
    assert app.dataframe[0].value["model"].tolist() == ["hands"]
    assert app.button(key="home_fetch").label == "Download it"


def test_without_photos_and_models_it_still_says_what_to_do(open_page):
    app = open_page("home")
    assert "Photograph your hand" in words(app) and "None yet. Train one" in words(app)
    assert links(app)[0].startswith("collect")


def test_the_photos_and_the_last_result_are_shown(open_page, add_model, folders):
    hands = add_model("hands")
    fill(folders[0] / "mine", ("one", "two"), 20)
    figures = {"accuracy": 0.75, "n": 8, "sessions": 1, "interval": [0.41, 0.93]}
    card = {"kind": "full", "classes": ["two", "one", "none"], "preprocess": {"size": 32}}
    card["metrics"] = {"test": figures}
    write_model(folders[1] / "mine-1", read_tensors(hands), card)
    app = open_page("home")
    datasets, models = (frame.value for frame in app.dataframe)
    assert datasets.to_dict("records") == [
        {"dataset": "mine", "photos": 40, "sessions": "1", "labels": "one 20, two 20"}
    ]
    assert models["model"].tolist() == ["hands", "mine-1"]
    assert models["live"].tolist() == [True, False]
    assert len(app.get("image")) == 2 and "**mine** · 40 photos from 1 session" in words(app)
    assert "mine-1 is right on 75.0% of 8 held-out photos from 1 session" in words(app)
    assert "One more session" in words(app) and links(app)[0].startswith("collect")


@pytest.mark.parametrize(
    "labels, n, page",
    [
        pytest.param(("one",), 3, "collect", id="one-class"),
        pytest.param(("one", "two"), 3, "collect", id="few"),
        pytest.param(("one", "two"), 20, "train", id="enough"),
    ],
)
def test_the_next_step_follows_the_photos(open_page, add_model, folders, labels, n, page):
    add_model("hands")
    fill(folders[0] / "mine", labels, n)
    assert links(open_page("home"))[0].startswith(page)


def test_guessed_sessions_are_told_as_unknown(open_page, add_model, folders, make_photos):
    add_model("hands")
    import_photos(make_photos(labels=("one", "two"), n=2, sessions=[None]), folders[0] / "mine")
    (row,) = open_page("home").dataframe[0].value.to_dict("records")
    assert (row["photos"], row["sessions"]) == (4, "unknown")


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(open_page, add_model, folders):
    add_model("hands")
    (add_model("torn") / "card.json").write_text("{")
    fill(folders[0] / "mine", ("one",), 1)
    (folders[0] / "torn").mkdir()
    (folders[0] / "torn" / "dataset.json").write_text("{")
    app = open_page("home")
    said = " ".join(warning.value for warning in app.warning)
    assert "torn/card.json cannot be read" in said
    assert "torn/dataset.json cannot be understood" in said
    datasets, models = (frame.value for frame in app.dataframe)
    assert datasets["dataset"].tolist() == ["mine"] and models["model"].tolist() == ["hands"]


def test_the_folders_of_photos_and_models_are_shown(open_page, folders):
    assert f"Photos are in `{folders[0]}`, models in `{folders[1]}`." in words(open_page("home"))


def test_installed_it_shows_what_ships(open_page, installed, tmp_path):
    app = open_page("home")
    assert f"Photos are in `{tmp_path / 'home' / 'data'}`" in words(app)
    datasets, models = (frame.value for frame in app.dataframe)
    assert (datasets["dataset"].tolist(), models["model"].tolist()) == (["sample"], ["hands"])
