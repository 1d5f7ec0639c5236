"""The photos most like a given one, from the label it has and from the label it was given."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Suspect


def nearest(case: Case, path: str, label: str, k: int = 6) -> list[Suspect]:
    """Return the k photos of a label most like a photo, the nearest first.

    Among the training photos if those are here, else among all others; the score is the cosine
    between the two photos' features.
    """
    place = int(np.flatnonzero(case.paths == path)[0])
    among = case.trained if case.trained.any() else np.ones(len(case.paths), bool)
    candidates = np.flatnonzero(among & (case.labels == label))
    candidates = candidates[candidates != place]
    if not len(candidates):
        return []
    table = NearestNeighbors(metric="cosine").fit(case.features(candidates))
    distances, found = table.kneighbors(case.features(np.array([place])), min(k, len(candidates)))
    return [
        Suspect(str(case.paths[candidate]), 1 - float(distance))
        for candidate, distance in zip(candidates[found[0]], distances[0])
    ]
