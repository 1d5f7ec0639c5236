"""Conditions: the light, blur, tilt, size and place of photos that fail."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact, mannwhitneyu

from fingercount.diagnosis.case import Case
from fingercount.diagnosis.reason import Focus, Reason, Suspect, absent
from fingercount.imaging.quality import MEASURES, Measure
from fingercount.text import plural

NAME = "conditions"
FEWEST = 8  # errors
LEVEL = 0.002  # of a false alarm, over all measures together
APART = 0.65  # how often an error is beyond a hit; 0.5 is chance
TAIL = 2.5  # percent of the training photos that are beyond the range at either end
# Share of the evaluated photos that must be beyond it. New sessions of real photos had at most 0.31
# beyond, darkened and blurred ones 0.77 to 1 (benchmarks/cases.py).
OUTSIDE = 0.5
LIGHT = ("brightness", "contrast", "sharpness")  # reported even if nothing fails because of it yet


@dataclass(frozen=True)
class _Finding:
    share: float  # of the errors
    way: str
    sentence: str
    advice: str
    scores: np.ndarray  # of each evaluated photo, 0 to 1


def find(case: Case, focus: Focus) -> Reason:
    """Compare the evaluated photos with the training photos, and errors with hits."""
    errors, hits = case.errors(focus), case.hits(focus)
    numbers = range(len(MEASURES))
    findings = [f for n in numbers if (f := _elsewhere(case, errors, n))]
    findings += [f for n in numbers if (f := _within(case, errors, hits, n))]
    if not findings:
        names = ", ".join(measure.name for measure in MEASURES)
        if errors.sum() < FEWEST:
            told = _too_few(int(errors.sum()))
            if case.learned_besides.any():
                told = (
                    "The evaluated photos do not clearly differ from the training photos in "
                    f"{names}. {told}"
                )
            return absent(NAME, told)
        return absent(
            NAME, f"Neither the evaluated photos nor the errors clearly differ in {names}."
        )
    findings.sort(key=lambda finding: -finding.share)  # stable: the order of MEASURES at a tie
    # A photo may be bad in several ways at once: little light and blur go together.
    ways = list(dict.fromkeys(finding.way for finding in findings))
    wanted = errors if errors.any() else np.ones(len(errors), bool)
    items = [
        Suspect(item.path, float(score), ways[0])
        for item, score, is_wanted in zip(case.report.items, findings[0].scores, wanted)
        if is_wanted
    ]
    return Reason(
        NAME,
        True,
        float(findings[0].share),
        " ".join(finding.sentence for finding in findings[:3]),
        findings[0].advice,
        sorted(items, key=lambda item: -item.score),
        {"ways": ways},
    )


def _too_few(errors: int) -> str:
    if not errors:
        return "There is no error to compare with the hits."
    are = "is" if errors == 1 else "are"
    return f"{plural(errors, 'error')} {are} too few to compare with the hits."


def _elsewhere(case: Case, errors: np.ndarray, n: int) -> _Finding | None:
    """Return a finding if most evaluated photos are outside the range of the training photos."""
    learned = case.learned_besides
    known = case.measures[learned, n]
    known = known[~np.isnan(known)]
    values = case.measures[case.at, n]
    if len(known) < 20 or np.isnan(values).mean() > 0.5:
        return None
    low, high = np.percentile(known, [TAIL, 100 - TAIL])
    for below in (True, False):
        outside = values < low if below else values > high
        if outside.mean() < OUTSIDE or _usual(case, learned, n, below) >= OUTSIDE:
            continue
        way, advice = _words(MEASURES[n], below)
        share = float(outside[errors].mean()) * _excess(case) if errors.any() else 0.0
        if not share and MEASURES[n].name not in LIGHT:
            continue
        cost = (
            "and more of them fail"
            if share
            else "but these errors do not show that it costs anything"
        )
        told = (
            f"{outside.mean():.0%} of the evaluated photos are {way} than nearly all of the "
            f"training photos, {cost}."
        )
        far = np.abs(values - np.median(known))
        return _Finding(share, way, told, advice, _ranks(far))
    return None


def _usual(case: Case, learned: np.ndarray, n: int, below: bool) -> float:
    """Return the largest share of a training session that is outside the others: rooms differ."""
    worst = 0.0
    for session in set(case.sessions[learned]):
        mine = learned & (case.sessions == session)
        others, values = case.measures[learned & ~mine, n], case.measures[mine, n]
        if len(values) < 5 or np.isnan(others).all():
            continue
        low, high = np.nanpercentile(others, [TAIL, 100 - TAIL])
        worst = max(worst, float((values < low if below else values > high).mean()))
    return worst


def _own_error(case: Case) -> tuple[int, int]:
    """Return (wrong, all) for the training photos, answered by models that never saw them."""
    learned = case.learned_besides
    if case.out_of_fold is None:
        return 0, 0
    wrong = case.out_of_fold[learned].argmax(1) != case.numbers[learned]
    return int(wrong.sum()), len(wrong)


def _excess(case: Case) -> float:
    """Return which part of the evaluated photos' error exceeds that of held-out training photos.

    0 if the difference may be chance.
    """
    wrong, n = _own_error(case)
    failed, asked = int((~case.right).sum()), len(case.right)
    table = [[failed, asked - failed], [wrong, n - wrong]]
    if not n or not failed or fisher_exact(table, alternative="greater").pvalue > 0.01:
        return 0.0
    return max(0.0, 1 - (wrong / n) / (failed / asked))


def _within(case: Case, errors: np.ndarray, hits: np.ndarray, n: int) -> _Finding | None:
    """Return a finding if errors differ from hits by more than chance."""
    values = _within_sessions(case, n)
    bad, good = _one_of_each_copy(case, values, errors), _one_of_each_copy(case, values, hits)
    if len(bad) < FEWEST or len(good) < FEWEST:
        return None
    test = mannwhitneyu(bad, good)
    above = test.statistic / (len(bad) * len(good))
    if test.pvalue * len(MEASURES) > LEVEL or max(above, 1 - above) < APART:
        return None
    below = above < 0.5
    way, advice = _words(MEASURES[n], below)
    middle = np.median(good)
    beyond = float(((bad < middle) if below else (bad > middle)).mean())
    told = f"Errors are {way} than hits: {beyond:.0%} are beyond the median of the hits."
    scores = _ranks(np.nan_to_num(-values if below else values, nan=float(np.nanmin(values))))
    # Half of them would be beyond the hits' median by chance.
    return _Finding(max(0.0, 2 * beyond - 1), way, told, advice, scores)


def _one_of_each_copy(case: Case, values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return values without nan, one for each group of near-copies: a burst counts once."""
    chosen = np.flatnonzero(mask & ~np.isnan(values))
    _, first = np.unique(case.copy_groups[case.at[chosen]], return_index=True)
    return values[chosen[first]]


def _within_sessions(case: Case, n: int) -> np.ndarray:
    """Return a measure minus its session's median: one dark room must not look like a reason."""
    values = case.measures[case.at, n].astype(float)
    out = values.copy()
    for session in set(case.sessions[case.at]):
        mine = case.sessions[case.at] == session
        if not np.isnan(values[mine]).all():
            out[mine] = values[mine] - np.nanmedian(values[mine])
    return out


def _words(measure: Measure, below: bool) -> tuple[str, str]:
    return (measure.low, measure.advice_low) if below else (measure.high, measure.advice_high)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return values as ranks from 0 to 1."""
    order = values.argsort().argsort()
    return order / max(1, len(values) - 1)
