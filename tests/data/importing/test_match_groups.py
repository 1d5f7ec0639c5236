import pytest

from fingercount.data.importing.match_groups import match_groups


@pytest.mark.parametrize(
    ("row", "path"),
    [
        pytest.param("one/7.jpg", "one/7.jpg", id="as-it-is"),
        pytest.param("./one/7.jpg", "one/7.jpg", id="dot"),
        pytest.param("one\\7.jpg", "one/7.jpg", id="backslash"),
        pytest.param("one/7.jpg", "wrap/data/one/7.jpg", id="without-the-wrapper"),
        pytest.param("train/set/one/7.jpg", "one/7.jpg", id="with-more-in-front"),
        pytest.param("7.jpg", "one/7.jpg", id="name-only"),
    ],
)
def test_rows_find_their_photos(row, path):
    assert match_groups([(row, "ann")], [path, "two/8.jpg"]) == ({path: "ann"}, [])


@pytest.mark.parametrize(
    ("row", "paths"),
    [
        pytest.param("three/7.jpg", ["two/7.jpg"], id="other-label"),
        pytest.param("7.jpg", ["one/7.jpg", "two/7.jpg"], id="ambiguous"),
    ],
)
def test_rows_never_guess(row, paths):
    assert match_groups([(row, "ann")], paths) == ({}, [row])
