"""Class names and the counts they mean."""

import pytest

from fingercount.errors import FingercountError
from fingercount.labels import (
    NONE,
    SIDE_FOLDERS,
    WORDS,
    canonical,
    clean_label,
    count_of,
    sort_labels,
)


@pytest.mark.parametrize("number, word", enumerate(WORDS))
def test_words_and_digits_mean_the_same(number, word):
    for spelling in (str(number), f" {number} ", word, word.upper(), f" {word.title()}"):
        assert canonical(spelling) == clean_label(spelling) == word
        assert count_of(spelling) == number


@pytest.mark.parametrize("label", ["none", "thumbs up", "11", "-1", "٣", "½", "zwei", ""])
def test_what_is_no_number_has_no_count(label):
    assert count_of(label) is None


def test_labels_that_are_no_number_keep_their_spelling():
    assert canonical(" Thumbs up ") == "Thumbs up"
    assert canonical("None") == NONE
    assert canonical("007") == "seven"


def test_display_sorts_by_count_then_words_then_none():
    mixed = ["none", "thumbs up", "ten", "two", "five", "Fist", "one", "zero", "two"]
    assert sort_labels(mixed) == ["zero", "one", "two", "five", "ten", "Fist", "thumbs up", "none"]


@pytest.mark.parametrize(
    "label", ["two", "thumbs up", "a.b", "left-hand_2", "été", "数字", "दो", "สี่", "اِثنان"]
)
def test_names_that_can_be_folders(label):
    assert clean_label(label) == label


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("a/b", id="slash"),
        pytest.param("a\\b", id="backslash"),
        pytest.param("..", id="dots"),
        pytest.param("../x", id="climbs-out"),
        pytest.param(".hidden", id="leading-dot"),
        pytest.param("end.", id="trailing-dot"),
        pytest.param("C:", id="drive"),
        pytest.param("con", id="windows-device"),
        pytest.param("NUL.txt", id="windows-device-with-suffix"),
        pytest.param("com1", id="windows-port"),
        pytest.param("a\nb", id="newline"),
        pytest.param("a\0b", id="zero-byte"),
        pytest.param("x" * 65, id="too-long"),
        pytest.param("not sure", id="an-answer"),
        pytest.param("Not Sure", id="an-answer-in-capitals"),
        pytest.param("train", id="a-split"),
        pytest.param("TEST", id="a-split-in-capitals"),
        pytest.param("cache", id="the-cache"),
        pytest.param("__MACOSX", id="what-archives-leave"),
        pytest.param("\u0308x", id="begins-with-an-accent"),
        pytest.param("2\ufe0f\u20e3", id="a-keycap"),
        pytest.param("two\ufe0f", id="with-a-sign-that-is-not-seen"),
        pytest.param("e\u0301" * 40, id="too-long-with-its-accents"),
        *(pytest.param(name, id=f"a-split-{name}") for name in SIDE_FOLDERS),
    ],
)
def test_names_that_cannot_be_labels_are_advice(label):
    with pytest.raises(FingercountError, match=r"label"):
        clean_label(label)


def test_accents_that_stand_apart_are_the_same_label():
    assert clean_label("fu\u0308nf") == canonical("fu\u0308nf") == "fünf"
