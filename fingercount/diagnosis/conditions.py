"""Conditions: light, blur, tilt, size and place in which photos fail."""

import numpy as np
from scipy.stats import fisher_exact, mannwhitneyu

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.measures import MEASURES, Measure

NAME = "conditions"
FEWEST = 5  # errors
LEVEL = 0.01  # of a false alarm, over all measures together
APART = 0.65  # how often an error is beyond a hit, where 0.5 is chance
TAIL = 2.5  # percent of the training photos that are beyond the range at either end
OUTSIDE = 0.5  # share of the evaluated photos beyond it from which they are another condition


def find(case: Case, focus: Focus) -> Reason:
    """Compare errors with hits, and the evaluated photos with those that were learned from."""
    errors, hits = case.errors(focus), case.hits(focus)
    if errors.sum() < FEWEST:
        return absent(NAME, f"{int(errors.sum())} errors are too few to compare with the hits.")
    findings = [f for f in (_elsewhere(case, errors, n) for n in range(len(MEASURES))) if f]
    findings += [f for f in (_within(case, errors, hits, n) for n in range(len(MEASURES))) if f]
    if not findings:
        names = ", ".join(measure.name for measure in MEASURES)
        return absent(NAME, f"Errors and hits do not differ in {names}.")
    findings.sort(key=lambda finding: -finding[0])
    # A photo is bad in several ways at once: light and blur come together.
    ways = list(dict.fromkeys(finding[1] for finding in findings))
    told = list(dict.fromkeys(finding[2] for finding in findings))
    _, _, _, advice, scores = findings[0]
    items = [
        Suspect(item.path, float(score), ways[0])
        for item, score, error in zip(case.report.items, scores, errors)
        if error
    ]
    return Reason(
        NAME,
        True,
        float(findings[0][0]),
        " ".join(told[:3]),
        advice,
        sorted(items, key=lambda item: -item.score),
        {"ways": ways},
    )


def _elsewhere(case: Case, errors: np.ndarray, n: int):
    """Return a finding where the evaluated photos lie outside what was learned from."""
    learned = case.learned.copy()
    learned[case.at] = False
    known = case.measures[learned, n]
    known = known[~np.isnan(known)]
    values = case.measures[case.at, n]
    if len(known) < 20 or np.isnan(values).mean() > 0.5:
        return None
    measure = MEASURES[n]
    low, high = np.percentile(known, [TAIL, 100 - TAIL])
    for below, edge in ((True, low), (False, high)):
        outside = values < edge if below else values > edge
        if outside.mean() < OUTSIDE or not _worse_than_before(case):
            continue
        word, advice = _words(measure, below)
        share = float(outside[errors].mean()) * _excess(case)
        told = (
            f"{outside.mean():.0%} of the evaluated photos are {word} than nearly all of the "
            "training photos, and more of them fail than of those."
        )
        far = np.abs(values - np.median(known)) / max(1e-9, known.std())
        return share, word, told, advice, _unit(far)
    return None


def _own_error(case: Case) -> tuple[int, int]:
    """Return (wrong, all) of the photos learned from, answered by models that never saw them."""
    learned = case.learned.copy()
    learned[case.at] = False
    wrong = case.out_of_fold[learned].argmax(1) != case.numbers[learned]
    return int(wrong.sum()), len(wrong)


def _worse_than_before(case: Case) -> bool:
    """Return whether evaluated photos fail more often than training photos that were held out."""
    wrong, n = _own_error(case)
    failed = int((~case.right).sum())
    table = [[failed, len(case.right) - failed], [wrong, n - wrong]]
    return fisher_exact(table, alternative="greater").pvalue < LEVEL


def _excess(case: Case) -> float:
    """Return what part of the evaluated photos' error is more than is usual."""
    wrong, n = _own_error(case)
    error = float((~case.right).mean())
    return max(0.0, 1 - (wrong / max(1, n)) / error) if error else 0.0


def _within(case: Case, errors: np.ndarray, hits: np.ndarray, n: int):
    """Return a finding where errors differ from hits by more than chance."""
    values = _within_sessions(case, n)
    bad, good = values[errors], values[hits]
    bad, good = bad[~np.isnan(bad)], good[~np.isnan(good)]
    if len(bad) < FEWEST or len(good) < FEWEST:
        return None
    test = mannwhitneyu(bad, good)
    above = test.statistic / (len(bad) * len(good))
    if test.pvalue * len(MEASURES) > LEVEL or max(above, 1 - above) < APART:
        return None
    below = above < 0.5
    word, advice = _words(MEASURES[n], below)
    middle = np.median(good)
    beyond = (bad < middle) if below else (bad > middle)
    # Half of them would be beyond the hits' middle by chance.
    share = max(0.0, 2 * float(beyond.mean()) - 1)
    told = f"Errors are {word} than hits: {beyond.mean():.0%} are beyond the middle of those."
    score = _unit(np.nan_to_num(-values if below else values, nan=np.nanmin(values)))
    return share, word, told, advice, score


def _within_sessions(case: Case, n: int) -> np.ndarray:
    """Return a measure less its session's median: one dark room must not look like a reason."""
    values = case.measures[case.at, n].astype(float)
    out = values.copy()
    for session in set(case.sessions[case.at]):
        mine = case.sessions[case.at] == session
        if not np.isnan(values[mine]).all():
            out[mine] = values[mine] - np.nanmedian(values[mine])
    return out


def _words(measure: Measure, below: bool) -> tuple[str, str]:
    return (measure.low, measure.advice_low) if below else (measure.high, measure.advice_high)


def _unit(values: np.ndarray) -> np.ndarray:
    """Return values as ranks from 0 to 1."""
    order = values.argsort().argsort()
    return order / max(1, len(values) - 1)
