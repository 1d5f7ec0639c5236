"""JSON from anybody: what is damaged is named, and nothing else happens."""

import os

import pytest

from fingercount.json_files import COUNT, NUMBER, SHARE, AnyOf, fault, parse_json, read_json

SHAPE = {"n!": COUNT, "share": AnyOf(SHARE, None), "names": [str], "pair": (NUMBER, NUMBER)}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"n": 1}, None),
        ({"n": 1, "share": None, "names": [], "pair": [1, 2.5], "more": {}}, None),
        ({}, "n"),
        ({"n": -1}, "n"),
        ({"n": True}, "n"),
        ({"n": 1.5}, "n"),
        ({"n": "1"}, "n"),
        ({"n": 1, "share": 1.1}, "share"),
        ({"n": 1, "share": float("nan")}, "share"),
        ({"n": 1, "names": ["a", 1]}, "names[1]"),
        ({"n": 1, "names": "ab"}, "names"),
        ({"n": 1, "pair": [1]}, "pair"),
        ([], ""),
    ],
)
def test_the_first_difference_is_named(value, where):
    assert fault(value, SHAPE) == where


def test_of_any_keys_each_value_counts():
    assert fault({"a": 1, "b": "x"}, {str: COUNT}) == "b"
    assert fault({"a": {"b": [1, None]}}, {"a": {str: [COUNT]}}) == "a.b[1]"


@pytest.mark.parametrize("text", ["", "{", "[NaN]", "[-Infinity]", "[1e999]", "[" * 100_000])
def test_what_is_no_plain_json_is_one_error(text):
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "card.json")
    with pytest.raises(OSError):
        read_json(tmp_path / "card.json")
