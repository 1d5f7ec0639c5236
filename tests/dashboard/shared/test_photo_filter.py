"""Which photos a filter lets through, and what it offers."""

import pytest

from fingercount.data.snapshot import Photo

PHOTOS = [
    Photo("two/1.jpg", "two", "20260102-101500", "train", "Ben"),
    Photo("two/2.jpg", "two", "20260102-101500", "test", "Ben"),
    Photo("two/3.jpg", "two", "20260305-090000-2", "val", "Ada"),
    Photo("two/4.jpg", "two", "kitchen", None, None),
]


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_choices_are_counted_with_the_newest_session_first_and_the_unknown_last():
    from components.shared.photo_filter import choices

    sessions = {"kitchen": 1, "20260305-090000-2": 1, "20260102-101500": 2}
    assert list(choices(PHOTOS, "session").items()) == list(sessions.items())
    assert list(choices(PHOTOS, "person").items()) == [("Ada", 1), ("Ben", 2), ("", 1)]
    assert list(choices(PHOTOS, "split").items()) == [
        ("train", 1),
        ("val", 1),
        ("test", 1),
        ("", 1),
    ]


@pytest.mark.parametrize(
    "chosen, found",
    [
        ({}, [1, 2, 3, 4]),
        ({"person": None, "split": None}, [1, 2, 3, 4]),
        ({"person": "Ben"}, [1, 2]),
        ({"person": "Ben", "split": "test"}, [2]),
        ({"person": ""}, [4]),
        ({"session": "kitchen", "split": "test"}, []),
    ],
)
def test_all_that_is_chosen_must_fit(chosen, found):
    from components.shared.photo_filter import matching

    assert [int(photo.path[4]) for photo in matching(PHOTOS, chosen)] == found


def test_only_what_is_known_is_said_of_a_photo():
    from components.shared.photo_filter import about_photo

    assert about_photo(PHOTOS[1]) == "session 02 Jan 2026, 10:15 · Ben · for the test"
    assert about_photo(PHOTOS[2]) == "session 05 Mar 2026, 09:00-2 · Ada · for validation"
    assert about_photo(PHOTOS[3]) == "session kitchen"


def test_a_guessed_session_is_unknown():
    from components.shared.photo_filter import about_photo, choices

    guessed = Photo("two/5.jpg", "two", "IMG_5", session_guessed=True)
    assert choices([*PHOTOS, guessed], "session")[""] == 1
    assert about_photo(guessed) == "session unknown"
