"""Who gets in, from the variables that the app is started with."""

import pytest

from fingercount.errors import FingercountError


@pytest.fixture
def start(open_page):
    """The module; `open_page` makes `components` importable."""
    from components.server import start

    return start


def test_tokens_and_names_are_read(start):
    said = {start.TOKEN: "t", start.VIEWER_TOKEN: "v", start.NAME_HEADER: "X-User"}
    door = start.entrance({**said, start.EDITORS: "anna, ben ,"})
    assert (door.token, door.viewer_token, door.name_header) == ("t", "v", "X-User")
    assert door.editors == {"anna", "ben"}
    empty = start.entrance(dict.fromkeys([*said, start.EDITORS], ""))
    assert empty == start.entrance({}) and empty.token is None and empty.editors is None


@pytest.mark.parametrize(
    "said",
    [{"VIEWER_TOKEN": "v"}, {"TOKEN": "t", "VIEWER_TOKEN": "t"}, {"EDITORS": "anna"}],
    ids=["no token beside", "the same token", "no header"],
)
def test_viewers_never_come_in_as_editors_by_a_slip(start, said):
    with pytest.raises(FingercountError, match=r"FINGERCOUNT_\w+"):
        start.entrance({getattr(start, name): value for name, value in said.items()})
