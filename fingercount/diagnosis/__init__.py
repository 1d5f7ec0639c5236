"""Why a class fails: possible reasons, each tested on the person's own photos.

    case = prepare(model, dataset, evaluate(model, dataset))
    for reason in explain(case, Focus("two")): print(reason.sentence)

A reason is one small file with one function: find(case, focus) -> Reason. CONTRIBUTING.md says how
to add one.
"""

from fingercount.diagnosis import conditions, copies, labels, shift, variety
from fingercount.diagnosis.case import Case, prepare
from fingercount.diagnosis.reason import Focus, Reason, Suspect
from fingercount.diagnosis.sentences import cell_sentence, class_sentence

__all__ = [
    "REASONS",
    "Case",
    "Focus",
    "Reason",
    "Suspect",
    "cell_sentence",
    "class_sentence",
    "diagnose",
    "explain",
    "prepare",
]

REASONS = (labels, copies, variety, conditions, shift)


def explain(case: Case, focus: Focus) -> list[Reason]:
    """Return every reason: first those that were found, by how much of the error they explain."""
    reasons = [reason.find(case, focus) for reason in REASONS]
    return sorted(reasons, key=lambda reason: (not reason.found, -reason.share))


def diagnose(case: Case) -> dict:
    """Return {"classes": {label: {"sentence", "reasons"}}} as `diagnose --json` writes it."""
    return {
        "model": case.report.model,
        "data": case.report.dataset,
        "split": case.report.split,
        "classes": {
            label: {
                "sentence": class_sentence(case.report, label),
                "reasons": [reason.to_json() for reason in explain(case, Focus(label))],
            }
            for label in case.report.classes
        },
    }
