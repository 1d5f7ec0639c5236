"""Labels: photos whose label disagrees with models that never saw them."""

import numpy as np
from scipy.stats import binomtest

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.text import plural

NAME = "labels"
SURE = 0.9  # least score of a suspect; with less, a photo may just be hard
# Real photos with right labels had 0.7 to 7 % of a class above SURE, those with 8 % of two labels
# swapped 10 to 16 % (benchmarks/cases.py): a class with so many has wrong labels ...
MANY = 0.08
# ... and so has one with fewer, if other classes have even less.
FEWEST, SMALLEST, LEVEL = 3, 0.03, 0.01


def find(case: Case, focus: Focus) -> Reason:
    """Look for wrong labels by confident learning (Northcutt, Jiang, Chuang 2021).

    A suspect's score is how confident models that never saw it are of another label than its own.
    """
    if case.second_opinion is None:
        return absent(
            NAME,
            "The labels could not be checked: all photos are of one label, or near-copies of each "
            "other, so that no model can be kept from them.",
        )
    suspects = case.label_suspects
    about = [s for s in suspects if _concerns(case, focus, s)]
    sure = [s for s in about if s[2] >= SURE]
    # A class may be smaller than what looks like it.
    photos = max(len(sure), int(np.isin(case.labels, focus.labels).sum()))
    items = [
        Suspect(str(case.paths[n]), float(score), f"looks like {label}")
        for n, label, score in about
    ]
    rate, usual = len(sure) / max(1, photos), _usual(case, focus, suspects)
    more = rate >= SMALLEST and rate > usual and binomtest(len(sure), photos, usual).pvalue < LEVEL
    if len(sure) < FEWEST or not (rate >= MANY or more):
        return Reason(
            NAME,
            False,
            0.0,
            f"{plural(photos, 'photo')} around {focus} were checked with models that never saw "
            f"them; {_few(len(sure))}.",
            items=items,
        )
    errors = case.at[case.errors(focus)]
    explained = np.isin(errors, [n for n, *_ in sure]).mean() if len(errors) else 0.0
    return Reason(
        NAME,
        True,
        # Wrong labels in training teach wrong answers, at least in proportion to their number.
        float(max(explained, rate)) if len(errors) else 0.0,
        f"{plural(len(sure), 'photo')} around {focus} (of {photos}) clearly look like another "
        f"label to models that never saw them{_perhaps(len(about) - len(sure))}. "
        f"{_cost(float(explained), len(errors))}",
        "Look at them, the most suspicious first: relabel what is wrong, and mark the others as "
        "fine. Then retrain.",
        items,
    )


def _few(sure: int) -> str:
    if not sure:
        return "none clearly looks like another label"
    return f"{sure} clearly {'looks' if sure == 1 else 'look'} like another, no more than usual"


def _perhaps(n: int) -> str:
    return f", {n} more perhaps" if n else ""


def _cost(explained: float, errors: int) -> str:
    if explained:
        return f"They are {explained:.0%} of these errors."
    if not errors:
        return "Nothing fails for it yet, but wrong labels in training teach wrong answers."
    return "None of them is among these errors, but wrong labels in training teach wrong answers."


def _concerns(case: Case, focus: Focus, suspect) -> bool:
    pair = {str(case.labels[suspect[0]]), suspect[1]}
    if focus.predicted is None:
        return focus.actual in pair
    return pair == set(focus.labels)


def _usual(case: Case, focus: Focus, suspects) -> float:
    """Return the share of sure suspects that the other labels have, at least one in a hundred."""
    rates = []
    for label in set(case.classes) - set(focus.labels):
        about = sum(s[2] >= SURE and label in (case.labels[s[0]], s[1]) for s in suspects)
        rates.append(about / (case.labels == label).sum())
    return float(max(0.01, np.median(rates))) if rates else 0.01
