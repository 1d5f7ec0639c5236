"""Folders, and sources that are not there."""

import pytest

from fingercount.data.importing.sources import open_source
from fingercount.errors import FingercountError


@pytest.mark.parametrize("source", ["nowhere", "ftp://host/a.zip", "file:///etc/passwd"])
def test_sources_out_of_reach_are_advice(tmp_path, source):
    with pytest.raises(FingercountError), open_source(source):
        pass


def test_folders_with_links_in_a_circle_end(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.jpg").write_bytes(b"x")
    (tmp_path / "one" / "up").symlink_to(tmp_path, target_is_directory=True)
    with open_source(tmp_path) as source:
        assert source.paths() == ["one/a.jpg"]
