"""Deleted models come back until the bin is emptied."""

import pytest

from fingercount.errors import FingercountError
from fingercount.models.bin import deleted_models, empty_model_bin, restore_model
from fingercount.models.registry import choose_live_model, delete_model, list_models, live_model
from fingercount.paths import models_dir
from tests.models.folders import add_head


@pytest.fixture
def mine(hands):
    add_head()


def contents():
    place = models_dir() / "mine"
    return {file.name: file.read_bytes() for file in place.iterdir()}


def test_a_deleted_model_comes_back_as_it_was_and_runs_live_again(mine):
    before = contents()
    choose_live_model("mine")
    delete_model("mine")
    assert list_models() == ["hands"] and live_model() == "hands"
    (deleted,) = deleted_models()
    assert deleted.name == "mine" and deleted.size == sum(map(len, before.values()))
    assert restore_model(deleted.id) == "mine"
    assert contents() == before and live_model() == "mine" and deleted_models() == []


def test_the_last_one_deleted_comes_first_and_a_taken_name_is_refused(mine):
    delete_model("mine")
    add_head(threshold=0.9)
    newer = contents()
    with pytest.raises(FingercountError, match="exists by now"):
        restore_model(deleted_models()[0].id)
    assert contents() == newer and len(deleted_models()) == 1
    delete_model("mine")
    first, second = deleted_models()
    assert first.id > second.id
    restore_model(first.id)
    assert contents() == newer


def test_emptied_it_is_gone_for_good(mine):
    delete_model("mine")
    id = deleted_models()[0].id
    empty_model_bin()
    assert deleted_models() == []
    assert [folder.name for folder in models_dir().iterdir()] == ["hands"]
    with pytest.raises(FingercountError, match="no longer in the bin"):
        restore_model(id)
    empty_model_bin()
    assert list_models() == ["hands"]


def test_a_bin_that_is_a_link_is_left_alone(mine, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "20260101-000000-001" / "mine"
    elsewhere.mkdir(parents=True)
    (elsewhere / "card.json").write_text("{}")
    (models_dir() / ".bin").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert deleted_models() == []
    empty_model_bin()
    assert (elsewhere / "card.json").exists()
    with pytest.raises(FingercountError, match="is a link"):
        delete_model("mine")
    assert list_models() == ["hands", "mine"]
