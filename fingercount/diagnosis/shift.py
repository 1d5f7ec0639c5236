"""Shift: evaluated photos that are far from everything the model was trained on."""

import numpy as np
from scipy.stats import binomtest

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent

NAME = "shift"
FAR = 95  # percentile of the training photos' own distances between sessions
MANY = 0.3  # least share of far photos for them to be different from the training photos
LEVEL = 1e-3


def find(case: Case, focus: Focus) -> Reason:
    """Compare the distance of photos from training with that between training sessions."""
    learned = case.learned_besides
    if not learned.any():
        return absent(
            NAME, "The photos that the model was trained on are not here to compare with."
        )
    usual, away = case.training_distances, case.distances_to_training
    if not len(usual):
        return absent(
            NAME, "With one training session it is not known how far away new ones usually are."
        )
    limit = np.percentile(usual, FAR)
    far = away > limit
    asked = np.isin(case.actual, focus.labels)
    errors = case.errors(focus)
    n, k = int(asked.sum()), int(far[asked].sum())
    numbers = {"far": k, "n": n, "limit": float(limit)}
    if not n:
        return absent(NAME, f"No photo of {focus} was evaluated, so there is nothing to compare.")
    told = (
        f"{k} of {n} evaluated photos of {focus} are farther from the training photos than "
        f"{FAR} % of those are from other sessions"
    )
    worse = far[errors].mean() > far[asked].mean() or far[asked].mean() > 0.9 if errors.any() else 0
    if k < MANY * n:
        return absent(NAME, f"{told}: nothing unusual.", **numbers)
    if binomtest(k, n, 1 - FAR / 100).pvalue > LEVEL:
        return absent(NAME, f"{told}: too few to be more than chance.", **numbers)
    if not worse:
        return absent(NAME, f"{told}, but that explains none of these errors.", **numbers)
    scale = max(float(away.max()), 1e-9)
    items = [
        Suspect(item.path, float(distance / scale), "far from training")
        for item, distance, wanted in zip(case.report.items, away, asked)
        if wanted
    ]
    return Reason(
        NAME,
        True,
        float(far[errors].mean()) * (1 - float(np.mean(usual > limit))) if errors.any() else 0.0,
        f"{told}: another camera, room, light or person than it knows.",
        "Collect a session here and retrain, or go back to the light and place it was trained in.",
        sorted(items, key=lambda item: -item.score),
        numbers,
    )
