"""Sessions in words: those that are known are counted, guessed ones are told as unknown."""

import pytest

from fingercount.data.session_count import SessionCount
from fingercount.data.snapshot import Photo


def photos(*sessions):
    """A photo each; a session that begins with "?" is guessed."""
    return [
        Photo(f"one/{n}.jpg", "one", name, session_guessed=name.startswith("?"))
        for n, name in enumerate(sessions)
    ]


@pytest.mark.parametrize(
    "sessions, words, with_photos",
    [
        pytest.param("aab", "2 sessions", "3 photos from 2 sessions", id="known"),
        pytest.param("a", "1 session", "1 photo from 1 session", id="one"),
        pytest.param("??", "sessions unknown", "2 photos, sessions unknown", id="guessed"),
        pytest.param(
            "ab?",
            "2 sessions and 1 photo of unknown ones",
            "3 photos (2 from 2 sessions, 1 of unknown ones)",
            id="both",
        ),
        pytest.param("", "0 sessions", "0 photos from 0 sessions", id="none"),
    ],
)
def test_sessions_in_words(sessions, words, with_photos):
    count = SessionCount.of(photos(*sessions))
    assert (count.words, count.photos_in_words()) == (words, with_photos)


@pytest.mark.parametrize(
    "sessions, cell", [("aab", "2"), ("??", "unknown"), ("ab?", "2 and unknown")]
)
def test_sessions_in_a_table(sessions, cell):
    assert SessionCount.of(photos(*sessions)).cell == cell


def test_a_card_keeps_both_counts():
    count = SessionCount(9, 2, 4)
    figures = {"n": 9, "sessions": 5, **count.to_json()}
    assert SessionCount.of_figures(figures) == count


def test_of_an_older_card_all_or_nothing_is_known():
    figures = {"n": 9, "sessions": 5}
    assert SessionCount.of_figures(figures) == SessionCount(9, 5)
    assert SessionCount.of_figures(figures, guessed=True).words == "sessions unknown"
