"""Variety: from how many people or sessions a label was learned."""

import numpy as np

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.diagnosis.sentences import FEW as TOO_FEW
from fingercount.diagnosis.sentences import share_of
from fingercount.text import plural

NAME = "variety"
FEW = 1 / 3  # of what the other labels have
STEP, DEVIATIONS = 0.03, 2.0  # a rise in recall that means something
UNTOLD = 0.1  # if more of a rise than this may be chance, it is not known


def find(case: Case, focus: Focus) -> Reason:
    """Compare the people or sessions of a label, and its errors, with those of the others."""
    label = focus.actual
    learned = case.trained
    if not learned.any():
        return absent(
            NAME,
            "The photos that the model was trained on are not in this data set to count.",
        )
    unit = "person" if (case.people != "").all() else "group" if case.guessed else "session"
    counts = {
        name: len(set(case.sources[learned & (case.labels == name)]))
        for name in dict.fromkeys(case.labels[learned])
    }
    curve = _curve(case, label)
    mine = counts.get(label, 0)
    others = [n for name, n in counts.items() if name != label]
    typical = float(np.median(others)) if others else 0.0
    seen = f"{label} was learned from {_several(mine, unit)}, the other labels from {typical:g}"
    if not others or typical < 3 or mine > FEW * typical:
        return absent(NAME, f"{seen}: no less varied than those. {curve[0]}".strip(), **curve[1])
    is_mine = case.actual == label
    mine_missed, theirs_missed = ~case.right[is_mine], ~case.right[~is_mine]
    error, rest = (float(one.mean()) if one.size else 0.0 for one in (mine_missed, theirs_missed))
    known = set(case.sources[learned & (case.labels == label)])
    missed = [
        Suspect(item.path, item.confidence, f"{unit} not among those of {label}")
        for n, item in zip(case.at, case.report.items)
        if item.actual == label and not item.right and case.sources[n] not in known
    ]
    cost = (
        f"Missed of its photos: {share_of(int(mine_missed.sum()), mine_missed.size)}; of theirs: "
        f"{share_of(int(theirs_missed.sum()), theirs_missed.size)}."
    )
    if not mine_missed.size:
        cost = f"None of these photos shows {label}, so what that costs is not known."
    elif error <= rest:
        cost = f"So far {label} fails no more often than they do."
    untold = (
        mine_missed.size < TOO_FEW
    )  # so few photos do not show which part of the errors it causes
    return Reason(
        NAME,
        True,
        1 - rest / error if error > rest and not untold else 0.0,
        f"{seen}. {cost} {curve[0]}".strip(),
        f"Collect {label} in new sessions, best of other people and in other places; a few photos "
        "each are enough.",
        sorted(missed, key=lambda item: -item.score),
        curve[1] | ({"untold": True} if untold else {}),
    )


def _several(n: int, unit: str) -> str:
    if unit == "group":  # nobody has said which photos are of one session
        return f"{plural(n, unit)} of like photos"
    return f"{n} people" if unit == "person" and n != 1 else plural(n, unit)


def _curve(case: Case, label: str) -> tuple[str, dict]:
    """Return the learning curve of a label as a sentence, and its numbers."""
    learning = case.learning
    if learning is None or label not in learning.recall:
        return "", {}
    recall, spread = learning.recall[label], learning.spread[label]
    n = max(1, learning.n[label])
    noise = np.hypot(np.sqrt(recall[-1] * (1 - recall[-1]) / n), spread[-2])
    rising = recall[-1] - recall[-2] > max(STEP, DEVIATIONS * noise)
    told = "more would still help" if rising else "more of the same would help little"
    if not rising and DEVIATIONS * noise > UNTOLD:
        told = "these are too few photos to know whether more would help"
    steps = ", ".join(f"{value:.0%}" for value in recall)
    return (
        f"With a quarter, half and all of the {'groups' if case.guessed else 'sessions'} "
        f"{steps} of {label} are found: {told}.",
        {"photos": learning.photos, "recall": recall, "spread": spread, "rising": bool(rising)},
    )
