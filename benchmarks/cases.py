"""Five planted causes of error, and one of none: does `diagnose` name them without being told?

    python benchmarks/cases.py --photos hands --set train/subhih --set validation/epsrc --seeds 3

Each case is made from real photos in a temporary folder, a last layer is trained on it with the
product's defaults, and the class "two" is diagnosed:

1 labels      8 % of the labels of two and one swapped
2 copies      recordings split frame by frame, sessions unknown
3 variety     two learned from one session only, the other labels from many
4 conditions  test photos darkened and blurred
5 nothing

PHOTOS holds SET/<label>/*.jpg and manifest.csv (path, group). Where a set's groups are few, pieces
of each group's photos in the order of their numbers stand for sessions.
"""

import argparse
import csv
import json
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import Focus, explain, prepare
from fingercount.evaluation.evaluator import evaluate
from fingercount.imaging.read import encode_jpeg, read_image
from fingercount.models.loading import load_model
from fingercount.training.events import Finished
from fingercount.training.settings import Settings
from fingercount.training.trainer import train

LABELS = ("one", "two", "three", "four", "five")
CASES = ("labels", "copies", "variety", "conditions", "nothing")
PIECES = 8  # sessions made of a group's photos where groups are few
SETTINGS = replace(Settings(), copies=0)  # as the default, without copies: minutes less


def read(photos: Path, name: str) -> dict[str, list[tuple[Path, str]]]:
    """Return {label: [(file, session)]} of a set."""
    with (photos / "manifest.csv").open(newline="") as file:
        groups = {row["path"]: row["group"] for row in csv.DictReader(file)}
    found = defaultdict(list)
    for label in LABELS:
        for file in sorted((photos / name / label).iterdir(), key=_number):
            found[label].append((file, groups[f"{name}/{label}/{file.name}"]))
    everyone = Counter(group for rows in found.values() for _, group in rows)
    if len(everyone) >= 6:
        return found
    for label, rows in found.items():
        for group in everyone:
            mine = [n for n, (_, g) in enumerate(rows) if g == group]
            for piece, part in enumerate(np.array_split(mine, PIECES)):
                for n in part:
                    rows[n] = (rows[n][0], f"{group}-{piece}")
        found[label] = rows
    return found


def _number(file: Path):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", file.name)]


def write(folder: Path, rows) -> None:
    """Write (file or picture, label, session, side or None) as a data set."""
    numbers: Counter = Counter()
    for source, label, session, side in rows:
        session = re.sub(r"[^\w]+", "-", session)
        numbers[session] += 1
        name = f"{session}-{numbers[session]:05d}.jpg" if session else f"IMG_{numbers['']}.jpg"
        target = folder / (side or "") / label / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, Path):
            shutil.copyfile(source, target)
        else:
            target.write_bytes(encode_jpeg(source))


def choose(found, per_label: int, rng) -> list[tuple[Path, str, str]]:
    """Return (file, label, session) of at most `per_label` photos of each label."""
    rows = []
    for label in LABELS:
        mine = found[label]
        for n in rng.permutation(len(mine))[:per_label]:
            rows.append((mine[n][0], label, mine[n][1]))
    return rows


def sides(rows, rng) -> dict[str, str]:
    """Return {session: side}: a quarter of the sessions is the test."""
    sessions = sorted({session for *_, session in rows})
    held = set(rng.permutation(sessions)[: max(1, len(sessions) // 4)].tolist())
    return {session: "test" if session in held else "train" for session in sessions}


def plant(case: str, rows, rng):
    """Return (rows with sides, files whose label was swapped)."""
    side = sides(rows, rng)
    swapped = set()
    if case == "labels":
        mine = [row[0] for row in rows if row[1] in ("one", "two")]
        swapped = {mine[n] for n in rng.permutation(len(mine))[: round(0.08 * len(mine))]}
        other = {"one": "two", "two": "one"}
        rows = [(f, other[la] if f in swapped else la, s) for f, la, s in rows]
    if case == "copies":
        return [(f, la, "", "test" if rng.random() < 0.25 else "train") for f, la, _ in rows], set()
    if case == "variety":
        of_two = Counter(s for _, la, s in rows if la == "two" and side[s] == "train")
        only = of_two.most_common(1)[0][0]
        rows = [r for r in rows if r[1] != "two" or side[r[2]] == "test" or r[2] == only]
    if case == "conditions":
        rows = [(spoil(f) if side[s] == "test" else f, la, s) for f, la, s in rows]
    return [(f, la, s, side[s]) for f, la, s in rows], swapped


def spoil(file: Path) -> np.ndarray:
    """Return a photo darkened and blurred."""
    rgb = read_image(file)
    blur = max(3, rgb.shape[0] // 16) | 1
    return (cv2.GaussianBlur(rgb, (blur, blur), 0) * 0.3).astype(np.uint8)


def run(case: str, found, per_label: int, seed: int, folder: Path) -> dict:
    """Make a case, train on it, and return what is said of "two"."""
    rng = np.random.default_rng((seed, CASES.index(case)))
    rows, swapped = plant(case, choose(found, per_label, rng), rng)
    write(folder, rows)
    dataset = Dataset.create(folder)
    name = f"case-{case}-{seed}"
    *_, finished = train(dataset, name, SETTINGS, replace=True)
    assert isinstance(finished, Finished)
    model = load_model(name)
    report = evaluate(model, dataset, "test")
    it = prepare(model, dataset, report).precompute()
    reasons = explain(it, Focus("two"))
    result = {
        "case": case,
        "seed": seed,
        "photos": len(it.photos),
        "accuracy": report.accuracy,
        "recall of two": report.per_class["two"]["recall"],
        "found": [reason.name for reason in reasons if reason.found],
        "shares": [round(reason.share, 2) for reason in reasons if reason.found],
        "sentences": [reason.sentence for reason in reasons],
    }
    if swapped:
        contents = {file.read_bytes() for file in swapped}
        suspects = [n for n, *_ in it.label_suspects]
        first = suspects[: 2 * len(swapped)]
        hit = sum((folder / it.paths[n]).read_bytes() in contents for n in first)
        result |= {"swapped": len(swapped), "in first twice as many": hit / len(swapped)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", required=True, type=Path)
    parser.add_argument("--set", action="append", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--per-label", type=int, default=150)
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = []
    for name in options.set:
        found = read(options.photos, name)
        for case in options.case or CASES:
            for seed in range(options.seeds):
                with tempfile.TemporaryDirectory() as folder:
                    result = run(case, found, options.per_label, seed, Path(folder) / "photos")
                result["set"] = name
                results.append(result)
                shown = {k: v for k, v in result.items() if k != "sentences"}
                print(json.dumps(shown), flush=True)
                for sentence in result["sentences"]:
                    print("     ", sentence, flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
