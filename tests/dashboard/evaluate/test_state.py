"""What each event makes of what is asked about on Evaluate."""

from dataclasses import replace

import pytest

CELL, OTHER = ("two", "three"), ("one", "one")
CLASSES = ["one", "two", "three"]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.fixture
def run():
    """Return a function that lets events happen to a state, by default a new viewer's."""
    from components.evaluate.state import EvaluateState, next_state

    def after(*events, state=None):
        state = state or EvaluateState()
        for event in events:
            state = next_state(state, event)
        return state

    return after


def matrix(selected, photos="first", split="test"):
    from components.evaluate.state import MatrixDrawn, Subject

    return MatrixDrawn(Subject("hands", "mine", split), (photos,), selected)


def asked(state, split="test", classes=CLASSES):
    return state.cell(matrix(None, split=split).subject, classes)


def test_a_new_viewer_asks_about_no_cell(run):
    state = run(matrix(None))
    assert asked(state) is None and state.source is None


def test_a_click_asks_about_the_cell_and_shows_its_photos(run):
    state = run(matrix(CELL))
    assert asked(state) == CELL and state.source == "cell"
    assert asked(run(matrix(OTHER), state=state)) == OTHER


def test_a_second_click_on_the_cell_lets_it_go(run):
    assert asked(run(matrix(CELL), matrix(None))) is None


def test_a_changed_photo_draws_another_matrix_and_keeps_the_cell(run):
    """The new matrix comes without a selection, and stays without one."""
    changed = matrix(None, photos="fixed")
    state = run(matrix(CELL), changed)
    assert asked(state) == CELL
    assert asked(run(changed, state=state)) == CELL


def test_a_matrix_that_stays_as_it_is_through_a_change_lets_its_cell_go(run):
    """Photos that it does not count were changed: its selection is still there."""
    kept = run(matrix(CELL), matrix(CELL, photos="fixed"))
    assert asked(kept) == CELL
    assert asked(run(matrix(None, photos="fixed"), state=kept)) is None


def test_another_split_has_no_cell_until_one_comes_back(run):
    state = run(matrix(CELL), matrix(None, split="val"))
    assert asked(state, "val") is None and asked(state) == CELL


def test_a_cell_of_a_class_that_is_gone_is_not_asked_about(run):
    assert asked(run(matrix(CELL)), classes=["one", "two"]) is None


def test_a_class_takes_the_place_of_the_cell_that_stays_selected(run):
    from components.evaluate.state import ClassAsked

    state = run(matrix(CELL), ClassAsked(), matrix(CELL))
    assert asked(state) is None and state.source == "missed"


def test_what_is_drawn_again_does_not_change_what_is_shown(run):
    from components.evaluate.state import MapDrawn, SourcePicked

    lasso = MapDrawn(("two/1.jpg",))
    state = run(matrix(CELL), lasso, SourcePicked("wrong"))
    assert run(matrix(CELL), lasso, state=state) == state


def test_a_lasso_shows_its_photos_and_an_empty_one_changes_nothing_but_itself(run):
    from components.evaluate.state import MapDrawn, ReasonOpened

    state = run(ReasonOpened("labels"), MapDrawn(("two/1.jpg",)))
    assert state.source == "lasso" and state.lasso == ("two/1.jpg",)
    state = run(ReasonOpened("labels"), MapDrawn(()), state=state)
    assert state.source == "reason:labels" and state.lasso == ()


def test_a_lasso_does_not_touch_the_cell(run):
    from components.evaluate.state import MapDrawn

    assert asked(run(matrix(CELL), MapDrawn(("two/1.jpg",)))) == CELL


def test_a_training_is_awaited_until_its_model_is_there(run):
    from components.evaluate.state import RetrainingFinished, RetrainingStarted

    state = run(matrix(CELL))
    waiting = run(RetrainingStarted("mine-2"), state=state)
    assert waiting == replace(state, awaited="mine-2")
    assert run(RetrainingFinished(), state=waiting) == state


def test_a_state_is_not_changed_in_place(run):
    before = run(matrix(CELL))
    run(matrix(OTHER), state=before)
    assert asked(before) == CELL
