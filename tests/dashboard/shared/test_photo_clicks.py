"""What a browser's range selects."""

import pytest

PATHS = [f"two/a-{n}.jpg" for n in range(6)]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize(
    "first, last, found",
    [
        (1, 3, [1, 2, 3]),
        (4, 2, [2, 3, 4]),
        (5, 5, [5]),
    ],
)
def test_a_range_goes_either_way_and_has_both_ends(first, last, found):
    from components.shared.photo_clicks import select_range

    answer = {"from": PATHS[first], "to": PATHS[last], "on": True}
    selected = {"two/other.jpg"}
    select_range(selected, PATHS, answer)
    assert selected == {"two/other.jpg", *(PATHS[n] for n in found)}
    select_range(selected, PATHS, answer | {"on": False})
    assert selected == {"two/other.jpg"}


def test_a_range_from_a_photo_that_is_gone_is_its_end_alone():
    from components.shared.photo_clicks import select_range

    selected = set()
    select_range(selected, PATHS, {"from": "two/gone.jpg", "to": PATHS[2], "on": True})
    assert selected == {PATHS[2]}


@pytest.mark.parametrize("answer", [None, "two", {}, {"to": "two/gone.jpg", "on": True}, [1]])
def test_nonsense_selects_nothing(answer):
    from components.shared.photo_clicks import select_range

    selected = set()
    select_range(selected, PATHS, answer)
    assert not selected
