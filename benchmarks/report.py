"""Measure a model on sets of photos and keep the figures beside it, for Evaluate to show.

    python benchmarks/report.py --out models/hands/report.json \
        --set "EPSRC NUMBERS=photos/epsrc=Two people, back of the hand, tilted, dim."

None of the sets may have been trained on; one that was is refused.
"""

import argparse
from pathlib import Path

from fingercount.data.dataset import Dataset
from fingercount.evaluation.evaluator import evaluate
from fingercount.evaluation.published import summarize, write_measured
from fingercount.models.backbones import weights_hash
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model
from fingercount.models.storage import read_tensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="hands")
    parser.add_argument("--set", action="append", required=True, metavar="NAME=DIR=SENTENCE")
    parser.add_argument("--out", required=True, type=Path)
    options = parser.parse_args()
    model = load_model(options.model)
    sets = []
    for text in options.set:
        name, folder, about = text.split("=", 2)
        report = evaluate(model, Dataset(folder), "all")
        if seen := sum(item.seen is not None for item in report.items):
            parser.error(f"{seen} photos of {name} were trained on")
        sets.append(summarize(report, name, about))
        print(
            f"{name}: {sets[-1].accuracy:.1%} of {sets[-1].n}, refused {sets[-1].refused}, "
            f"none counted {sets[-1].none_counted}, ECE {sets[-1].calibration_error:.3f}"
        )
        print({label: f"{row['recall'] or 0:.3f}" for label, row in sets[-1].per_class.items()})
    write_measured(options.out, weights_hash(read_tensors(find_model(options.model))), sets)


if __name__ == "__main__":
    main()
