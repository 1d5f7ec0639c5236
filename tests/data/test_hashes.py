"""Contents are remembered: a file is read once, and so is what is kept of all of them."""

import pytest

from fingercount.data import hashes
from fingercount.data.hashes import file_hashes
from fingercount.imaging.read import encode_jpeg
from tests.conftest import draw


@pytest.fixture
def reads(monkeypatch):
    """Names of the files whose content was read."""
    names, plain, store = [], hashes.read_plain, hashes.read_json

    def counted_plain(path):
        names.append(path.name)
        return plain(path)

    def counted_store(path):
        names.append(path.name)
        return store(path)

    monkeypatch.setattr(hashes, "read_plain", counted_plain)
    monkeypatch.setattr(hashes, "read_json", counted_store)
    return names


def test_what_has_not_changed_is_not_read_again(make_dataset, reads):
    dataset = make_dataset(n=4)
    first = dataset.hashes()
    assert len(reads) == 12
    reads.clear()
    assert dataset.hashes() == first
    assert reads == ["hashes.json"]
    assert dataset.hashes() == first
    assert reads == ["hashes.json"]


def test_a_changed_file_is_read_and_the_others_are_not(make_dataset, reads):
    dataset = make_dataset(n=4)
    before = dataset.hashes()
    changed = dataset.photos()[3].path
    (dataset.root / changed).write_bytes(encode_jpeg(draw("five", 77)))
    reads.clear()
    after = dataset.hashes()
    assert {path for path in before if before[path] != after[path]} == {changed}
    assert [name for name in reads if name != "hashes.json"] == [changed.rpartition("/")[2]]


def test_a_file_that_is_gone_is_left_out(make_dataset):
    dataset = make_dataset(n=2)
    paths = [photo.path for photo in dataset.photos()]
    (dataset.root / paths[1]).unlink()
    assert list(file_hashes(dataset.root, paths, remember=False)) == [paths[0], *paths[2:]]
