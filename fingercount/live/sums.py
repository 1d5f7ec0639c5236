"""The answers of two hands added: 3 and 5 are 8, and no hand adds nothing.

A hand's answer is a class, "none" or "not sure". Where it is neither a number nor "none", there is
no sum.
"""

from fingercount.labels import NONE, canonical, count_of
from fingercount.models.decision import words_of

PLUS = " + "


def sum_of(left: str, right: str) -> int | None:
    """Return how many fingers two answers mean together, or None if that cannot be said."""
    counts = [count_of(answer) for answer in _hands(left, right)]
    numbers = [count for count in counts if count is not None]
    return sum(numbers) if numbers and len(numbers) == len(counts) else None


def label_of_sum(left: str, right: str) -> str:
    """Return two answers as one label: "three + five", or "three" or "none" where hands lack."""
    return PLUS.join(_hands(left, right)) or NONE


def words_of_sum(left: str, right: str) -> str:
    """Return two answers as they are shown to a person: "3 + 5 = 8", "3", "3 + not sure"."""
    hands, total = _hands(left, right), sum_of(left, right)
    if not hands:
        return words_of(NONE)
    words = PLUS.join(words_of(answer) for answer in hands)
    return words if total is None or len(hands) == 1 else f"{words} = {total}"


def _hands(left: str, right: str) -> list[str]:
    """Return the answers of the hands that are there."""
    return [answer for answer in (left, right) if canonical(answer) != NONE]
