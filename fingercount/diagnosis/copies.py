"""Copies: nearly the same photos on both sides of the split, or filling a class."""

import numpy as np
from scipy.stats import fisher_exact

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.text import percent, plural

NAME = "copies"
LEAKED = 0.1  # of the evaluated photos; fewer hardly change the accuracy
DISTINCT = 0.5  # a class with fewer distinct pictures than this share of its photos is filled
FEWEST = 10  # photos


def find(case: Case, focus: Focus) -> Reason:
    """Look for evaluated photos with a near-copy or session in training, and for full classes."""
    if not case.trained.any():
        return absent(
            NAME,
            "The photos that the model was trained on are not here to look for copies.",
        )
    leaked = leaks(case) & np.isin(case.actual, focus.labels)
    asked = np.isin(case.actual, focus.labels)
    if leaked.any() and leaked.sum() >= LEAKED * asked.sum():
        return _leak(case, focus, leaked, asked)
    filled = _filled(case, focus)
    if filled:
        return filled
    return absent(
        NAME,
        f"{int(leaked.sum()) or 'None'} of {plural(int(asked.sum()), 'evaluated photo')} of "
        f"{focus} {'have' if leaked.sum() > 1 else 'has'} a near-copy or a photo of the same "
        "session in training, and its photos are not mostly copies.",
    )


def leaks(case: Case) -> np.ndarray:
    """Return which evaluated photos have something like them in training, bool [n].

    A near-copy, or any photo of the same session. If training photos themselves are
    evaluated, that is not a leak: it is known that the model has seen them.
    """
    learned, own = case.learned_besides, case.trained[case.at]
    same = np.isin(case.copy_groups[case.at], case.copy_groups[learned])
    same |= np.isin(case.sessions[case.at], case.sessions[learned])
    return same & ~own


def _leak(case: Case, focus: Focus, leaked: np.ndarray, asked: np.ndarray) -> Reason:
    hidden, told, details = _hidden(case)
    copies = case.copy_groups[case.at]
    learned = case.learned_besides
    near = np.isin(copies, case.copy_groups[learned])
    items = [
        Suspect(item.path, 1.0 if is_near else 0.5, "near-copy" if is_near else "same session")
        for item, leak, is_near in zip(case.report.items, leaked, near)
        if leak
    ]
    return Reason(
        NAME,
        True,
        min(1.0, hidden),
        f"{int(leaked.sum())} of {plural(int(asked.sum()), 'evaluated photo')} of {focus} "
        f"{'has' if leaked.sum() == 1 else 'have'} a near-copy or a photo of the same session in "
        f"training: the test is easier than it looks. {told}",
        "Record a new session for the test, or import the photos again with a table of who is on "
        "which photo, so that a burst stays on one side.",
        sorted(items, key=lambda item: -item.score),
        details,
    )


def _hidden(case: Case) -> tuple[float, str, dict]:
    """Return (part of the errors that leaks hide, that in a sentence, its numbers).

    It compares two last layers that differ only in the photos they were kept from: the model itself
    may be better or worse than both. Over all labels, as a single one has too few photos.
    """
    apart = case.out_of_scene
    if apart is None:
        return 0.0, "Without a second session it is not known how much easier.", {"untold": True}
    honest = float((apart[case.at].argmax(1) == case.numbers[case.at]).mean())
    claimed = float(case.right_as_split.mean())
    lower = "lower" if honest < claimed else "no lower"
    return (
        max(0.0, claimed - honest) / max(1e-9, 1 - honest),
        f"A last layer trained on this split gets {percent(claimed, 1)} of all photos right; with "
        f"whole sessions held out it gets {percent(honest, 1)}, {lower}.",
        {"accuracy": claimed, "accuracy_by_sitting": honest},
    )


def _filled(case: Case, focus: Focus) -> Reason | None:
    """Return the reason if a label's training photos are mostly copies of each other."""
    for label in focus.labels:
        mine = np.flatnonzero(case.trained & (case.labels == label))
        if len(mine) < FEWEST:
            continue
        groups, counts = np.unique(case.copy_groups[mine], return_counts=True)
        others = case.trained & (case.labels != label)
        n_other = int(others.sum())
        distinct_other = len(np.unique(case.copy_groups[others]))
        if len(groups) > DISTINCT * len(mine):
            continue
        missed = case.right[case.actual == label]
        rest = case.right[case.actual != label]
        table = [[int((~missed).sum()), int(missed.sum())], [int((~rest).sum()), int(rest.sum())]]
        errs = [row[0] / max(1, sum(row)) for row in table]
        worse = errs[0] > errs[1] and fisher_exact(table).pvalue < 0.05
        if not worse and distinct_other <= DISTINCT * n_other:
            continue  # all labels are like this, and this one fails no more than the others
        biggest = set(groups[counts > 1])
        items = [
            Suspect(str(case.paths[n]), 1 - 1 / int((case.copy_groups[mine] == g).sum()), "copy")
            for n in mine
            if (g := case.copy_groups[n]) in biggest
        ]
        return Reason(
            NAME,
            True,
            (1 - errs[1] / errs[0]) * (1 - len(groups) / len(mine)) if worse else 0.0,
            f"The {len(mine)} training photos of {label} are {plural(len(groups), 'picture')} and "
            f"their near-copies: they teach no more than those.",
            f"Take photos of {label} with the hand turned, moved and lit differently; a burst of "
            "one pose counts as one photo.",
            sorted(items, key=lambda item: -item.score),
        )
    return None
