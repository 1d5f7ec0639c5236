"""What a threshold costs: the higher, the fewer answers, and the more of them right.

for cost in costs(report, model.classes): print(cost.threshold, cost.answered, cost.right)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingercount.evaluation.metrics import share, wilson
from fingercount.evaluation.report import Report
from fingercount.labels import NONE, NOT_SURE
from fingercount.models.decision import answer_of
from fingercount.text import percent

STEPS = tuple(round(0.05 * n, 2) for n in range(20))  # 0 to 0.95


@dataclass(frozen=True)
class Cost:
    """What a threshold does on photos whose labels are known.

    Attributes:
        threshold: 0 to 1.
        hands, answered, right: photos with a hand; those that get a class; those that get theirs.
        empty, counted: photos without a hand; those that get a class anyway.
    """

    threshold: float
    hands: int
    answered: int
    right: int
    empty: int
    counted: int

    @property
    def accuracy(self) -> float | None:
        """The share of the answers that are right, including photos without a hand."""
        return share(self.right, self.answered + self.counted)

    @property
    def sentence(self) -> str:
        """The cost in words, with the interval of the share that is right."""
        if not self.hands:
            return "There is no photo of a hand to measure it on."
        words = (
            f"Answers {percent(self.answered / self.hands)} of {self.hands:,} photos with a hand"
        )
        interval = wilson(self.right, self.answered + self.counted)
        if interval:
            low, high = interval
            words += (
                f"; {percent(self.accuracy, 1)} of its answers are right ({low:.0%} to {high:.0%})"
            )
        if self.empty:
            words += f"; {self.counted:,} of {self.empty:,} without a hand get a number"
        return words + "."


def cost_at(report: Report, classes: Sequence[str], threshold: float) -> Cost:
    """Return what one threshold costs on the photos of a report."""
    said = [
        (item.actual, answer_of(np.array(item.probabilities), classes, threshold))
        for item in report.items
    ]
    of_hands = [(actual, answer) for actual, answer in said if actual != NONE]
    of_none = [answer for actual, answer in said if actual == NONE]
    given = [(actual, answer) for actual, answer in of_hands if answer not in (NONE, NOT_SURE)]
    return Cost(
        threshold,
        len(of_hands),
        len(given),
        sum(actual == answer for actual, answer in given),
        len(of_none),
        sum(answer not in (NONE, NOT_SURE) for answer in of_none),
    )


def costs(report: Report, classes: Sequence[str]) -> list[Cost]:
    """Return the costs of all thresholds from 0 to 0.95."""
    return [cost_at(report, classes, threshold) for threshold in STEPS]
