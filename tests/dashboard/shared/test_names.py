"""What models are called on pages."""

import pytest

from fingercount.models.registry import list_models


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_the_model_that_ships_is_built_in_and_others_keep_their_names(open_page, add_model):
    from components.shared.names import shown_name

    add_model("hands")
    add_model("mine")
    assert [shown_name(name) for name in list_models()] == ["built-in", "mine"]
    box = open_page("live").selectbox(key="live_model")
    assert box.options == ["built-in", "mine"] and box.value == "hands"


def test_the_first_data_set_is_called_my_hand(open_page, add_model):
    add_model("hands")
    assert open_page("collect").selectbox(key="collect_dataset").value == "my hand"
