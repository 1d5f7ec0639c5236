"""Which labels disagree with models that never saw the photo (Northcutt, Jiang, Chuang 2021)."""

import warnings

import numpy as np


def suspects(
    opinion: np.ndarray, labels: np.ndarray, classes: list[str], fine: np.ndarray
) -> list[tuple[int, str, float]]:
    """Return (photo, label it looks like, score 0 to 1) of each suspect, the most likely first.

    Args:
        opinion: probabilities of models that never saw the photo, float [N, classes].
        labels: column of the label that each photo has, int [N].
        classes: names of the columns.
        fine: photos that a person has found right, which are never suspects, bool [N].
    """
    from cleanlab.filter import find_label_issues  # takes a second to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        named = find_label_issues(labels, opinion, filter_by="confident_learning", n_jobs=1)
    places = np.arange(len(labels))
    others = opinion.copy()
    others[places, labels] = -1
    other, own = others.argmax(1), opinion[places, labels]
    score = others.max(1) / np.maximum(others.max(1) + own, 1e-9)
    candidates = np.flatnonzero((named | (score > 0.5)) & ~fine)
    found = [(int(n), classes[other[n]], float(score[n])) for n in candidates]
    return sorted(found, key=lambda suspect: -suspect[2])
