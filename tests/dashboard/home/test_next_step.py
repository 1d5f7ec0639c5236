"""The next sensible step, for each state that a project can be in."""

import pytest

from fingercount.data.session_count import SessionCount


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


FULL = {"one": 30, "two": 30}


@pytest.mark.parametrize(
    "counts, models, sessions, page, words",
    [
        pytest.param({}, ["hands"], 0, "live", "counts them right away", id="fresh"),
        pytest.param({"sample": FULL}, ["hands"], 0, "live", "right away", id="only-the-sample"),
        pytest.param({}, [], 0, "collect", "two labels or more", id="fresh-without-a-model"),
        pytest.param({"mine": {}}, ["hands"], 0, "live", "right away", id="empty-dataset"),
        pytest.param({"mine": {"one": 0}}, ["hands"], 0, "live", "right away", id="empty-label"),
        pytest.param({"mine": {"one": 30}}, ["hands"], 1, "collect", "two labels", id="one-class"),
        pytest.param(
            {"mine": {"one": 30, "two": 0}}, ["hands"], 1, "collect", "two labels", id="one-filled"
        ),
        pytest.param(
            {"mine": {"one": 30, "two": 19}}, ["hands"], 1, "collect", "few photos of two", id="few"
        ),
        pytest.param({"mine": FULL}, ["hands"], 1, "train", "enough photos to learn", id="enough"),
        pytest.param(
            {"mine": FULL}, ["hands", "mine-1"], 1, "collect", "another day", id="trained"
        ),
        pytest.param(
            {"mine": FULL}, ["hands", "mine-1"], 3, "evaluate", "gets wrong", id="more-sessions"
        ),
        pytest.param(
            {"mine": FULL, "little": {"one": 1}}, ["hands"], 1, "train", "mine", id="the-largest"
        ),
    ],
)
def test_next_step(counts, models, sessions, page, words):
    from components.home.next_step import next_step

    known = {"mine": SessionCount(60, sessions), "little": SessionCount(60, 9)}
    step = next_step(counts, models, known)
    assert step.page == f"app_pages/{page}.py"
    assert words in step.text


def test_a_viewer_is_sent_to_no_page_that_changes_something():
    from components.home.next_step import next_step

    assert next_step({}, [], {}, may_change=False).page == "app_pages/live.py"


FIGURES = {"accuracy": 0.9, "n": 40, "sessions": 1, "interval": [0.77, 0.96]}


@pytest.mark.parametrize(
    "card, words",
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"metrics": {}}, "", id="not-measured"),
        pytest.param(
            {"metrics": {"test": FIGURES, "train": FIGURES}},
            "90.0% of 40 held-out photos from 1 session (95 % interval 77% to 96%)",
            id="held-out",
        ),
        pytest.param(
            {"metrics": {"test": FIGURES}, "data": {"split": "within"}},
            "same session: expect less on another day",
            id="within-a-session",
        ),
        pytest.param(
            {"metrics": {"test": {**FIGURES, "backbone_seen": 30}}},
            "its backbone was trained on 30 of them",
            id="seen-by-the-backbone",
        ),
        pytest.param({"metrics": {"train": FIGURES}}, "40 training photos", id="only-training"),
    ],
)
def test_a_result_is_shown_with_what_it_rests_on(card, words):
    from components.home.next_step import result_of

    assert words in result_of(card)
    assert bool(result_of(card)) == bool(words)
