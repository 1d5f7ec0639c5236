"""Work beside the page: its result, its error in words, and its early end."""

import threading

import pytest

from fingercount.errors import FingercountError


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_what_is_quick_is_there_at_once():
    from components.shared.background import Work

    work = Work(lambda progress: 7, "The map").soon()
    assert work.result == 7 and not work.running and not work.error


def test_it_says_how_far_it_is():
    from components.shared.background import Work

    go, said = threading.Event(), threading.Event()

    def make(progress):
        progress("Photo", 500, 2000)
        said.set()
        go.wait(10)
        return 1

    work = Work(make, "The map")
    said.wait(10)
    assert work.running and (work.stage, work.part) == ("Photo 500 of 2,000", 0.25)
    go.set()
    work.thread.join(10)
    assert not work.running


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FingercountError("Free some space."), "Free some space."),
        (ValueError("x"), "The map could"),
    ],
)
def test_an_error_is_said(error, message):
    from components.shared.background import Work

    def make(progress):
        raise error

    assert Work(make, "The map").soon().error.startswith(message)


def test_work_that_nobody_waits_for_ends_where_it_next_says_how_far_it_is():
    from components.shared.background import Work

    go = threading.Event()

    def make(progress):
        go.wait(10)
        progress("Next", 1, 2)
        pytest.fail("went on")

    work = Work(make, "The map")
    work.cancel()
    go.set()
    work.thread.join(10)
    assert not work.running and work.result is None


def test_it_is_done_by_whoever_began_it():
    from components.shared.background import Work

    from fingercount import access

    eve = access.User("eve", may_change=False)
    with access.acting_as(eve):
        work = Work(lambda progress: access.current_user(), "The map")
    assert work.soon().result == eve and access.current_user() == access.User()
