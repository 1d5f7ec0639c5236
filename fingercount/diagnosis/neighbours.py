"""The photos most like one: from the label it has, and from the label it got."""

import numpy as np

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Suspect


def nearest(case: Case, path: str, label: str, k: int = 6) -> list[Suspect]:
    """Return the k photos of a label most like a photo, the nearest first.

    Among the training photos where those are here, else among all others; score is the cosine of
    what the backbone sees in the two.
    """
    place = int(np.flatnonzero(case.paths == path)[0])
    among = case.trained if case.trained.any() else np.ones(len(case.paths), bool)
    candidates = np.flatnonzero(among & (case.labels == label))
    candidates = candidates[candidates != place]
    likeness = case.features[candidates] @ case.features[place]
    order = likeness.argsort()[::-1][:k]
    return [Suspect(str(case.paths[candidates[i]]), float(likeness[i])) for i in order]
