"""The table of models: what a row says, whatever its card lacks."""

import pytest


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_a_row_says_how_it_was_trained_and_what_it_reached():
    from components.train.model_table import row_of

    card = {
        "settings": {"mode": "head", "lr": 0.003, "epochs": 60},
        "backbone": {"name": "hands"},
        "data": {"name": "mine", "split": "within", "photos": {"train": 30, "val": 9, "test": 10}},
        "metrics": {
            "test": {
                "accuracy": 0.9,
                "n": 10,
                "sessions": 2,
                "interval": [0.596, 0.982],
                "backbone_seen": 7,
            }
        },
        "created": "2026-01-02T10:15:00+00:00",
    }
    row = row_of("mine-1", card, live=True)
    assert row["live"] and row["model"] == "mine-1"
    assert (row["test accuracy"], row["test photos"], row["sessions"]) == (0.9, 10, "2")
    assert row["95 % interval"] == "60% to 98%"
    assert "same session" in row["caution"] and "trained on 7 of them" in row["caution"]
    assert (row["dataset"], row["trained on"], row["backbone"]) == ("mine", 30, "hands")
    assert (row["mode"], row["learning rate"], row["epochs"]) == ("head", 0.003, 60)
    assert row["date"] == "2026-01-02 10:15"


@pytest.mark.parametrize(
    "card",
    [{}, {"settings": {}, "data": {}, "metrics": {}, "backbone": None}],
    ids=["bare", "a-checkpoint's"],
)
def test_what_is_not_known_is_left_empty(card):
    from components.train.model_table import row_of

    row = row_of("original", card, live=False)
    assert row["test accuracy"] is None and row["95 % interval"] == ""


def test_the_table_leaves_out_what_cannot_be_read(add_model):
    from components.shared.models import read_cards
    from components.train.model_table import table

    add_model("hands")
    (add_model("torn") / "card.json").write_text("{")
    frame = table(read_cards(), {})
    assert frame["model"].tolist() == ["hands"] and frame["live"].tolist() == [True]


def test_the_result_of_a_training_in_one_sentence():
    from components.train.progress import summary

    from fingercount.training.events import Finished
    from fingercount.training.jobs import Job
    from fingercount.training.settings import Settings

    figures = {"accuracy": 0.9, "n": 10, "sessions": 1, "interval": [0.596, 0.982]}
    data = {"sentence": "Held out for the test: 10 photos from 1 session."}
    for side, words in (
        ("test", "never seen"),
        ("val", "its best epoch was chosen"),
        ("train", "says little"),
    ):
        job = Job("mine", "mine-1", Settings(), seconds=3.2)
        job.finished = Finished("mine-1", {"metrics": {side: figures}, "data": data})
        said = summary(job)
        assert words in said and "90% right" in said and "60% to 98%" in said
        assert said.endswith(data["sentence"])


def test_a_figure_of_other_labels_is_grey_and_says_so():
    from components.shared.figures import greyed
    from components.train.model_table import MEASURED, table

    figures = {"accuracy": 0.9, "n": 10, "sessions": 2, "interval": [0.596, 0.982]}
    cards = {name: {"metrics": {"test": figures}} for name in ("old", "new")}
    changed = {"old": "labels", "new": ""}
    frame = table(cards, changed)
    assert frame["caution"].tolist() == ["before labels were corrected", ""]
    html = greyed(frame, changed, MEASURED).to_html()
    assert html.count("color:") == 1 and "row0_col2" in html.split("</style>")[0]
    assert "row1" not in html.split("</style>")[0]
