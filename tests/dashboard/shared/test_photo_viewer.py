"""Which photo comes after another in the larger view."""

import pytest

PATHS = ["a", "b", "c"]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize("shown, step, found", [("a", 1, "b"), ("c", 1, "a"), ("a", -1, "c")])
def test_it_goes_round(shown, step, found):
    from components.shared.photo_viewer import neighbour

    assert neighbour(PATHS, shown, step) == found


@pytest.mark.parametrize("shown, found", [("a", "b"), ("b", "c"), ("c", "b")])
def test_after_deleting_the_next_is_shown_or_the_last_that_is_left(shown, found):
    from components.shared.photo_viewer import after_deleting

    assert after_deleting(PATHS, shown) == found


def test_after_deleting_the_only_one_there_is_none():
    from components.shared.photo_viewer import after_deleting

    assert after_deleting(["a"], "a") is None
