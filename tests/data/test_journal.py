"""The journal of a data set's edits: read once, then only what was added."""

import json

import pytest

from fingercount.data import journal
from fingercount.data.journal import Journal, pairs


@pytest.fixture
def path(tmp_path):
    return tmp_path / "edits.jsonl"


@pytest.fixture
def parsed(monkeypatch):
    """The lines that were parsed."""
    lines, parse = [], journal.parse_json

    def counting(text):
        lines.append(text)
        return parse(text)

    monkeypatch.setattr(journal, "parse_json", counting)
    return lines


def plan(name, n=1):
    items = [[f"one/{name}-{i:04d}.jpg", f"two/{name}-{i:04d}.jpg"] for i in range(n)]
    return {"id": name, "time": "2026-01-01T10:10:10", "action": "relabel", "items": items}


def test_a_journal_is_read_once_for_all_windows_of_a_process(path, parsed):
    Journal(path).append(plan("a", 50))
    assert list(Journal(path).entries()) == ["a"]
    n = len(parsed)
    for _ in range(5):
        assert len(pairs(Journal(path).entries()["a"])) == 50
    assert len(parsed) == n


def test_after_an_edit_only_its_lines_are_read(path, parsed):
    journal = Journal(path)
    for number in range(20):
        journal.append(plan(f"p{number:02d}"))
    assert len(journal.entries()) == 20
    parsed.clear()
    Journal(path).append({"id": "p03", "state": "done"})
    entries = journal.entries()
    assert [name for name, entry in entries.items() if entry["done"]] == ["p03"]
    assert len([line for line in parsed if line]) == 1


def test_what_was_handed_out_does_not_change_with_a_later_line(path):
    journal = Journal(path)
    journal.append(plan("a"))
    before = journal.entries()
    journal.append({"id": "a", "state": "done"})
    assert journal.entries()["a"]["done"] and not before["a"]["done"]


def test_a_plan_that_was_taken_back_and_another_that_came_are_seen(path):
    ours = Journal(path)
    ours.append(plan("a", 3))
    ours.append(plan("b", 3))
    assert list(ours.entries()) == ["a", "b"]
    ours.withdraw(plan("b", 3))
    Journal(path).append(plan("another", 30))  # it is longer than what was taken back
    assert list(ours.entries()) == ["a", "another"]


def test_a_line_that_is_still_being_written_is_read_when_it_is_whole(path):
    journal, line = Journal(path), json.dumps(plan("a", 3)).encode()
    path.write_bytes(line[:40])
    assert journal.entries() == {}
    with path.open("ab") as file:
        file.write(line[40:] + b"\n")
    assert list(journal.entries()) == ["a"]


def test_a_journal_in_anothers_place_is_read_anew(path, tmp_path):
    Journal(path).append(plan("a", 2))
    assert list(Journal(path).entries()) == ["a"]
    other = Journal(tmp_path / "other.jsonl")
    for name in ("x", "y"):
        other.append(plan(name, 9))
    other.path.replace(path)
    assert list(Journal(path).entries()) == ["x", "y"]


def test_only_a_few_journals_are_kept(tmp_path):
    for number in range(9):
        Journal(tmp_path / f"{number}.jsonl").append(plan("a"))
        assert Journal(tmp_path / f"{number}.jsonl").entries()
    assert len(journal._seen) <= 4
