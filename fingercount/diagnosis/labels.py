"""Labels: photos whose label disagrees with what a model that never saw them says."""

import warnings

import numpy as np

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.wording import several

NAME = "labels"
NEIGHBOURS = 10
FEWEST, SMALLEST = 3, 0.02  # suspects, and their share of the class's photos, that are a reason
SURE = 0.85  # score from which a suspect counts as one; under it a photo may only be hard


def find(case: Case, focus: Focus) -> Reason:
    """Look for wrong labels by confident learning (Northcutt, Jiang, Chuang 2021).

    A suspect is a photo that confident learning names, on the answers of last layers that never saw
    its sitting. Its score is how surely they say another label, averaged with how many of its
    nearest photos of other sittings have that other label: a photo that is only hard lies between
    the labels, a mislabelled one in the midst of another.
    """
    suspects = rank(case)
    about = [
        (n, label, score)
        for n, label, score in suspects
        if {case.labels[n], label} & set(focus.labels)
    ]
    if focus.predicted is not None:
        about = [s for s in about if {case.labels[s[0]], s[1]} == set(focus.labels)]
    sure = [s for s in about if s[2] >= SURE]
    of_class = int(np.isin(case.labels, focus.labels).sum())
    items = [
        Suspect(str(case.paths[n]), float(score), f"looks like {label}")
        for n, label, score in about
    ]
    if len(sure) < max(FEWEST, SMALLEST * of_class):
        return absent(
            NAME,
            f"Of {several(of_class, 'photo')} checked with a model that never saw them, "
            f"{len(sure) or 'none'} clearly {'look' if len(sure) > 1 else 'looks'} like another "
            "label: no more than always happens.",
        )
    errors = case.at[case.errors(focus)]
    explained = np.isin(errors, [n for n, *_ in sure]).mean() if len(errors) else 0.0
    # Wrong labels in training teach wrong answers too: as large a part of the class as is wrong.
    taught = len(sure) / max(1, of_class)
    return Reason(
        NAME,
        True,
        float(max(explained, taught)),
        f"{several(len(sure), 'photo')} of {of_class} around {focus} look like another label to a "
        f"model that never saw them; they are {explained:.0%} of these errors.",
        "Look at them, the most suspicious first: relabel those that are wrong, and mark the "
        "others as fine. Then retrain.",
        items,
    )


def rank(case: Case) -> list[tuple[int, str, float]]:
    """Return (place, label it looks like, score 0 to 1) of all suspects, most suspicious first."""
    from cleanlab.filter import find_label_issues

    probabilities, labels = case.out_of_fold, case.numbers
    if len(case.classes) < 2 or not len(labels):
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        named = find_label_issues(
            labels, probabilities, filter_by="prune_by_noise_rate", n_jobs=1, verbose=False
        )
    disagrees = probabilities.argmax(1) != labels
    candidates = np.flatnonzero((named | disagrees) & ~case.fine)
    suspects = []
    for n in candidates:
        others = probabilities[n].copy()
        others[labels[n]] = -1
        other = int(others.argmax())
        near = nearest_elsewhere(case, n)
        alike = float((labels[near] == other).mean()) if len(near) else 0.0
        surely = float(probabilities[n, other] / max(1e-9, others[other] + probabilities[n, labels[n]]))
        suspects.append((int(n), case.classes[other], (surely + alike) / 2))
    return sorted(suspects, key=lambda suspect: -suspect[2])


def nearest_elsewhere(case: Case, n: int, k: int = NEIGHBOURS) -> np.ndarray:
    """Return the places of the k photos most like one, from other sittings where there are any."""
    likeness = case.features @ case.features[n]
    same = case.sittings == case.sittings[n]
    if same.all():
        same = case.copy_groups == case.copy_groups[n]
    likeness[same] = -2
    k = min(k, int((~same).sum()))
    return np.argpartition(-likeness, k - 1)[:k] if k else np.zeros(0, np.int64)
