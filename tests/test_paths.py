"""Where photos and models lie: in a checkout, installed, and where the environment says."""

import pytest

from fingercount import paths
from fingercount.errors import FingercountError
from fingercount.paths import (
    REPO,
    check_name,
    dashboard_dir,
    data_dir,
    is_checkout,
    is_shipped,
    is_writable,
    models_dir,
    shipped_data_dir,
    shipped_models_dir,
)


def test_folders_are_the_repos_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    assert data_dir() == tmp_path / "fingercount_data"
    monkeypatch.delenv("FINGERCOUNT_DATA")
    monkeypatch.setenv("FINGERCOUNT_MODELS", "")
    assert (data_dir(), models_dir()) == (REPO / "data", REPO / "models")
    assert is_checkout() and dashboard_dir() == REPO / "dashboard"
    assert shipped_data_dir() is None and shipped_models_dir() is None


def test_installed_they_are_the_users(installed, tmp_path, monkeypatch):
    home = tmp_path / "home"
    assert (data_dir(), models_dir()) == (home / "data", home / "models")
    assert not is_checkout() and dashboard_dir() == installed / "dashboard"
    monkeypatch.setenv("FINGERCOUNT_DATA", str(tmp_path / "mine"))
    assert (data_dir(), models_dir()) == (tmp_path / "mine", home / "models")
    assert shipped_data_dir() == installed / "data"


def test_a_package_without_its_repository_writes_into_no_folder_above_it(tmp_path, monkeypatch):
    monkeypatch.delenv("FINGERCOUNT_MODELS")
    monkeypatch.setattr(paths, "REPO", tmp_path / "site-packages")
    monkeypatch.setattr(paths, "user_data_path", lambda *_, **__: tmp_path / "home")
    assert models_dir() == tmp_path / "home" / "models"


def test_what_ships_is_never_written_to(installed, tmp_path):
    assert is_shipped(installed / "data" / "sample")
    assert is_shipped(installed / "data" / ".." / "models" / "hands")
    assert not is_writable(installed / "data" / "sample")
    assert is_writable(tmp_path) and not is_shipped(tmp_path)


def test_names_are_trimmed_and_say_what_they_name():
    assert check_name("  my hand ", "model") == "my hand"
    with pytest.raises(FingercountError, match="The data set has no name"):
        check_name(" ", "data set")
    with pytest.raises(FingercountError, match=r"The model name '\.\./x' cannot be a folder"):
        check_name("../x", "model")
