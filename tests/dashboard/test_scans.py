"""A page that is drawn again looks through no photos again: there may be a hundred thousand."""

import time

import pytest

from fingercount.data import folder, folder_memory, journal
from fingercount.data.dataset import Dataset
from tests.conftest import SESSIONS, draw


@pytest.fixture
def work(monkeypatch):
    """What was looked into: names of label folders, and lines of the journal."""
    done, look, parse = [], folder._label_folder, journal.parse_json

    def counted_look(place, name, side):
        done.append(name)
        return look(place, name, side)

    def counted_parse(text):
        done.append(text)
        return parse(text)

    monkeypatch.setattr(folder, "_label_folder", counted_look)
    monkeypatch.setattr(journal, "parse_json", counted_parse)
    return done


@pytest.fixture
def later(monkeypatch):
    """Let an hour pass, so that no folder is young any more."""
    now = time.time_ns

    class Later:
        time_ns = staticmethod(lambda: now() + 3600 * 10**9)

    monkeypatch.setattr(folder_memory, "time", Later)


@pytest.mark.parametrize("page", ["home", "collect", "train", "evaluate"])
def test_a_page_that_is_drawn_again_looks_through_nothing(
    page, open_page, folders, add_model, work, later
):
    add_model("hands", ("one", "two", "none"))
    dataset = Dataset.create(folders[0] / "mine")
    for number in range(6):
        dataset.add(draw("one", number), ("one", "two")[number % 2], SESSIONS[0])
    dataset.delete([dataset.photos()[0]])
    app = open_page(page)
    assert {"one", "two"} <= {name for name in work if isinstance(name, str)}
    work.clear()
    app.run()
    assert not app.exception
    assert work == []
