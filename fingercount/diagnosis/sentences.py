"""What an evaluation says about a class or a cell, in plain words with numbers."""

from fingercount.evaluation.metrics import wilson
from fingercount.evaluation.report import Report
from fingercount.labels import NONE
from fingercount.text import percent, plural

FEW = 10  # photos; with fewer, a share says nothing


def share_of(part: int, whole: int) -> str:
    """Return a share with its 95 % interval, or say that there are too few photos for one."""
    interval = wilson(part, whole)
    if interval is None or whole < FEW:
        return f"{part} of {whole} (too few for a percentage)"
    low, high = interval
    return f"{percent(part / whole)} ({low:.0%} to {high:.0%})"


def class_sentence(report: Report, label: str) -> str:
    """Say what a class's photos are called, and how often its name is right when it is given."""
    mine = [item for item in report.items if item.actual == label]
    named = [item for item in report.items if item.predicted == label]
    found = sum(item.right for item in mine)
    if not mine:
        told = f"None of these photos shows {label}."
    else:
        told = f"Of {plural(len(mine), 'photo')} of {label}, {_became(mine)}"
        told += f" {label.capitalize()} is found {share_of(found, len(mine))} of the time"
        if len(mine) < FEW:
            told = told.replace(" of the time", "")
        told += "."
    if not named:
        if label == NONE and (empty := sum(item.answer == NONE for item in mine)):
            return f"{told} For {empty:,} of them the answer is no hand."
        return f"{told} The model never says {label}."
    right = sum(item.right for item in named)
    of_time = "" if len(named) < FEW else " of the time"
    return f"{told} When the model says {label} it is right {share_of(right, len(named))}{of_time}."


def _became(mine) -> str:
    called: dict[str, int] = {}
    for item in mine:
        if not item.right:
            called[item.predicted] = called.get(item.predicted, 0) + 1
    if not called:
        return "all were found." if len(mine) > 1 else "it was found."
    ranked = sorted(called.items(), key=lambda pair: -pair[1])
    parts = [f"{n:,} {'was' if n == 1 else 'were'} called {name}" for name, n in ranked[:3]]
    if rest := sum(n for _, n in ranked[3:]):
        parts.append(f"{rest:,} something else")
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) + "."


def cell_sentence(report: Report, actual: str, predicted: str) -> str:
    """Say how often one class is called another, and how often it is the other way round."""
    counts, classes = report.confusion, report.classes
    a, p = classes.index(actual), classes.index(predicted)
    n, other = int(counts[a].sum()), int(counts[p].sum())
    if actual == predicted:
        return f"{int(counts[a, a])} of {plural(n, 'photo')} of {actual} were found."
    back = f"; the other way round, {int(counts[p, a])} of {other} of {predicted}" if other else ""
    wrong = int(counts[a, p])
    return (
        f"Of {plural(n, 'photo')} of {actual}, {wrong} {'was' if wrong == 1 else 'were'} called "
        f"{predicted}: {share_of(wrong, n)}{back}."
    )


def new_and_known(report: Report) -> str:
    """Say how often the model is right on sessions that trained it, and on those that did not."""
    parts = []
    groups = (
        ("photos it was trained on", [i for i in report.items if i.seen]),
        ("other photos of sessions it was trained on", _known(report)),
        ("new sessions", [i for i in report.items if not i.seen and not i.session_seen]),
    )
    for name, items in groups:
        if items:
            right = sum(item.right for item in items)
            parts.append(f"{name}: {share_of(right, len(items))}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if len(parts) > 1 else ""


def _known(report: Report) -> list:
    return [item for item in report.items if item.session_seen and not item.seen]
