"""The models on disk."""

from pathlib import Path

import pytest

from fingercount.errors import FingercountError
from fingercount.models.backbones import shared_backbone
from fingercount.models.loading import load_model
from fingercount.models.registry import (
    choose_live_model,
    delete_model,
    find_model,
    free_name,
    is_shipped_model,
    keep_threshold,
    list_models,
    live_model,
    new_model_folder,
)
from fingercount.models.storage import read_card, read_tensors, write_model
from fingercount.paths import models_dir
from tests.conftest import files_below
from tests.models.folders import add_head


def test_a_model_is_found_by_name_and_by_path(hands, tmp_path, monkeypatch):
    elsewhere = write_model(tmp_path / "else" / "where", read_tensors(hands), read_card(hands))
    assert load_model("hands").name == "hands"
    assert load_model(elsewhere).name == load_model(str(elsewhere)).name == "where"
    monkeypatch.chdir(elsewhere)
    assert load_model(".").name == "where"


@pytest.mark.parametrize("name", ["nobody", "", "../fingercount_models", "hands/card.json"])
def test_a_model_that_is_not_there_names_those_that_are(hands, name):
    with pytest.raises(FingercountError, match="there are: hands"):
        find_model(name)


def test_models_are_listed_with_the_shipped_one_first(hands):
    for name in ("zebra", "ant", ".hidden"):
        write_model(models_dir() / name, {}, {"kind": "head", "classes": ["a", "b"]})
    (models_dir() / "empty").mkdir()
    assert list_models() == ["hands", "ant", "zebra"]


def test_no_models_folder_is_no_models():
    assert list_models() == [] and live_model() is None


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".mine", "con", "x" * 65])
def test_a_new_model_stays_in_models(hands, name):
    with pytest.raises(FingercountError):
        new_model_folder(name)


def test_the_next_free_name(hands):
    assert free_name("hands") == "hands-1"
    (models_dir() / "hands-1").mkdir()
    assert free_name("hands") == "hands-2"


def test_deleting_takes_the_whole_folder(hands):
    add_head()
    delete_model("mine")
    assert sorted(folder.name for folder in models_dir().iterdir()) == [".bin", "hands"]


def test_a_folder_that_is_in_use_is_not_deleted(hands, monkeypatch):
    add_head()

    def refused(self, target):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(FingercountError, match="Access is denied"):
        delete_model("mine")
    assert list_models() == ["hands", "mine"]


@pytest.mark.parametrize("name", ["hands", "Hands", " hands ", "nobody", "../x", ".live"])
def test_what_cannot_be_deleted(hands, name):
    add_head()
    with pytest.raises(FingercountError):
        delete_model(name)
    assert list_models() == ["hands", "mine"]


def test_the_live_choice_is_remembered_and_falls_back(hands):
    assert live_model() == "hands"
    add_head()
    choose_live_model("mine")
    assert live_model() == "mine"
    delete_model("mine")
    assert live_model() == "hands"
    with pytest.raises(FingercountError, match="no model 'mine'"):
        choose_live_model("mine")


def test_a_threshold_is_kept_in_the_card(hands):
    add_head()
    keep_threshold("mine", 0.8)
    assert load_model("mine").threshold == 0.8
    for name, value in (("mine", 1.5), ("hands", 0.5), ("nobody", 0.5)):
        with pytest.raises(FingercountError):
            keep_threshold(name, value)
    assert load_model("mine").threshold == 0.8


def test_installed_the_model_that_ships_is_found_beside_ones_own(installed):
    assert list_models() == ["hands"] and live_model() == "hands"
    assert find_model("hands") == installed / "models" / "hands"
    before = files_below(installed)
    add_head()
    assert list_models() == ["hands", "mine"]
    assert load_model("mine").card["backbone"]["hash"] == shared_backbone("hands").hash
    choose_live_model("mine")
    keep_threshold("mine", 0.7)
    delete_model("mine")
    assert list_models() == ["hands"] and files_below(installed) == before
    assert find_model("hands") == installed / "models" / "hands"


def test_one_that_replaced_the_shipped_one_wins_until_it_is_deleted(installed):
    shipped = find_model("hands")
    assert is_shipped_model("Hands ")
    with pytest.raises(FingercountError, match="cannot be deleted"):
        delete_model("hands")
    tensors = {name: tensor + 0.5 for name, tensor in read_tensors(shipped).items()}
    own = write_model(new_model_folder("hands", replace=True), tensors, read_card(shipped))
    assert find_model("hands") == own == models_dir() / "hands"
    replaced = shared_backbone("hands").hash
    assert not is_shipped_model("hands") and list_models() == ["hands"]
    delete_model("hands")
    assert find_model("hands") == shipped and shared_backbone("hands").hash != replaced
    assert is_shipped_model("hands")


def test_what_is_said_of_a_missing_backbone_is_true_where_it_is_said(installed):
    (find_model("hands") / "card.json").unlink()
    with pytest.raises(FingercountError, match="install fingercount again"):
        shared_backbone("hands")


def test_a_model_whose_replacement_was_cut_off_is_there_again():
    place = models_dir() / ".replaced-mine"
    place.mkdir(parents=True)
    (place / "card.json").write_text("{}")
    assert find_model("mine") == models_dir() / "mine"
    (models_dir() / "mine").rename(place)
    assert list_models() == ["mine"]
    (models_dir() / "mine").rename(place)
    (models_dir() / "mine").mkdir()
    (models_dir() / "mine" / "card.json").write_text("{}")
    delete_model("mine")
    assert list_models() == [], "what it once was does not come back"
