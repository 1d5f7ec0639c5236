"""Which errors Evaluate asks about."""

import pytest

from fingercount.diagnosis import Focus


@pytest.mark.parametrize(
    "cell, expected",
    [
        pytest.param(None, Focus("two"), id="no cell: the class"),
        pytest.param(("one", "three"), Focus("one", "three"), id="a cell: its errors"),
        pytest.param(("one", "one"), Focus("one"), id="right answers: their class"),
    ],
)
def test_focus_on(open_page, cell, expected):
    from components.evaluate.focus import focus_on

    assert focus_on(cell, "two") == expected
