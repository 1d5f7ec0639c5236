"""Work beside the page: its result, its error in words, and its early end."""

import threading

import pytest

from fingercount.errors import FingercountError


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_what_is_quick_is_there_at_once():
    from components.shared.background import Work

    work = Work(lambda tell: 7, "The map").soon()
    assert work.result == 7 and not work.running and not work.error


def test_it_tells_how_far_it_is():
    from components.shared.background import Work

    go, told = threading.Event(), threading.Event()

    def make(tell):
        tell("Photo", 500, 2000)
        told.set()
        go.wait(10)
        return 1

    work = Work(make, "The map")
    told.wait(10)
    assert work.running and (work.stage, work.part) == ("Photo 500 of 2,000", 0.25)
    go.set()
    work.thread.join(10)
    assert not work.running


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FingercountError("Free some space."), "Free some space."),
        (ValueError("x"), "The map could"),
    ],
)
def test_an_error_is_told(error, told):
    from components.shared.background import Work

    def make(tell):
        raise error

    assert Work(make, "The map").soon().error.startswith(told)


def test_work_that_nobody_waits_for_ends_where_it_next_tells():
    from components.shared.background import Work

    go = threading.Event()

    def make(tell):
        go.wait(10)
        tell("Next", 1, 2)
        pytest.fail("went on")

    work = Work(make, "The map")
    work.cancel()
    go.set()
    work.thread.join(10)
    assert not work.running and work.result is None
