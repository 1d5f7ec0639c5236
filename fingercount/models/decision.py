"""From probabilities to the answer a person sees: a class, "none" or "not sure"."""

from collections.abc import Sequence

import numpy as np

from fingercount.imaging.types import Probabilities
from fingercount.labels import NONE, NOT_SURE, count_of, label_in_words

# Above this probability of no hand, no number is given, however it ranks. On photos of people never
# seen in training it held back 95 % of those without a hand and 0.2 % of the hands.
NO_HAND = 0.2


def no_hand(probabilities: Probabilities, classes: Sequence[str]) -> float:
    """Return the probability that there is no hand, from one photo's probabilities [C].

    A model without a class for it may still know it from its backbone: its probabilities then sum
    to less than 1 by that much (see models.Model).
    """
    if NONE in classes:
        return float(probabilities[list(classes).index(NONE)])
    return max(0.0, 1.0 - float(np.sum(probabilities)))


def given_a_hand(probabilities: Probabilities) -> Probabilities:
    """Return what the classes' probabilities would be if there were a hand: they sum to 1."""
    total: Probabilities = np.sum(probabilities, axis=-1, keepdims=True)
    return np.asarray(probabilities) / np.maximum(total, np.finfo(np.float32).tiny)


def answer_of(probabilities: Probabilities, classes: Sequence[str], threshold: float) -> str:
    """Return the most probable class, or "none" or "not sure" if a number would be a guess.

    Args:
        probabilities: float [C], in the order of `classes`.
        threshold: probability that a class must reach.
    """
    best, empty = int(np.argmax(probabilities)), no_hand(probabilities, classes)
    if classes[best] == NONE or empty > probabilities[best]:
        return NONE
    return NOT_SURE if empty > NO_HAND or probabilities[best] < threshold else classes[best]


def words_of(answer: str) -> str:
    """Return an answer as it is shown to a person: a count as a digit, none as "no hand"."""
    count = count_of(answer)
    if count is not None:
        return str(count)
    return label_in_words(answer)
