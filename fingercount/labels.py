"""Class names and the counts they stand for."""

import unicodedata
from collections.abc import Iterable

from fingercount.errors import FingercountError
from fingercount.paths import check_name

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NONE = "none"  # a photo without a hand
NOT_SURE = "not sure"  # an answer, never a class
SIDE_FOLDERS = {  # folders above the label folders: the side of the split that their photos are on
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
IGNORED_FOLDERS = frozenset({"cache", "__macosx"})

_COUNTS = {word: n for n, word in enumerate(WORDS)}


def canonical(label: str) -> str:
    """Return the one spelling of a label: "2", " Two" and "two" are all "two".

    Letters with accents are one character each: file systems and archives may take them apart.
    """
    text = unicodedata.normalize("NFC", label.strip())
    if text.isascii() and text.isdigit() and int(text) < len(WORDS):
        return WORDS[int(text)]
    lower = text.lower()
    return lower if lower in _COUNTS or lower == NONE else text


def count_of(label: str) -> int | None:
    """Return how many fingers a label means; None if it is not a number ("none", "fist")."""
    return _COUNTS.get(canonical(label))


def label_in_words(label: str) -> str:
    """Return a label as people read it: "none" is "no hand", the others are what they are."""
    return "no hand" if canonical(label) == NONE else label


def sort_labels(labels: Iterable[str]) -> list[str]:
    """Return distinct labels in the order people read them: by count, other words, then none."""

    def key(label: str) -> tuple[bool, bool, int, str, str]:
        count = count_of(label)
        return (canonical(label) == NONE, count is None, count or 0, label.lower(), label)

    return sorted(set(labels), key=key)


def clean_label(text: str) -> str:
    """Return what a person typed as a label that can be a folder's name.

    Raises:
        FingercountError: if it is empty, has a slash, or is an answer ("not sure").
    """
    label = canonical(check_name(text, "label"))
    if label.lower() == NOT_SURE:
        raise FingercountError('The label "not sure" is an answer of the model; pick another name.')
    if label.lower() in SIDE_FOLDERS:
        raise FingercountError(f'The label "{label}" is the name of a split; pick another name.')
    if label.lower() in IGNORED_FOLDERS:
        raise FingercountError(
            f'The label "{label}" names a folder that is never read; pick another name.'
        )
    return label
