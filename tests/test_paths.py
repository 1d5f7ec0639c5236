"""Writing that is either whole or not there."""

import pytest

from fingercount.errors import FingercountError
from fingercount.paths import REPO, check_name, data_dir, models_dir


def test_folders_are_the_repos_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    assert data_dir() == tmp_path / "fingercount_data"
    monkeypatch.delenv("FINGERCOUNT_DATA")
    monkeypatch.setenv("FINGERCOUNT_MODELS", "")
    assert (data_dir(), models_dir()) == (REPO / "data", REPO / "models")
    monkeypatch.setenv("FINGERCOUNT_MODELS", str(tmp_path))


def test_names_are_trimmed_and_say_what_they_name():
    assert check_name("  my hand ", "model") == "my hand"
    with pytest.raises(FingercountError, match="The data set has no name"):
        check_name(" ", "data set")
    with pytest.raises(FingercountError, match=r"The model name '\.\./x' cannot be a folder"):
        check_name("../x", "model")
