"""Teach a computer to count the fingers held up to a webcam, and know how far to trust it.

    from fingercount import Dataset, evaluate, load_model

    report = evaluate(load_model("hands"), Dataset("data/sample"))
    report.accuracy, report.interval

The names below are imported when they are first used, so that `import fingercount` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from fingercount.telemetry import switch_off

if TYPE_CHECKING:
    from fingercount.data.dataset import Dataset
    from fingercount.evaluation.evaluator import evaluate
    from fingercount.models.loading import load_model
    from fingercount.training.trainer import train

switch_off()  # before anything is imported that would ask for a host

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "fingercount.data.dataset",
    "evaluate": "fingercount.evaluation.evaluator",
    "load_model": "fingercount.models.loading",
    "train": "fingercount.training.trainer",
}
__all__ = ["Dataset", "evaluate", "load_model", "train"]


if not TYPE_CHECKING:  # a type checker would take every name for a known one

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
