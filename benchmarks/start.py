"""What a whole command takes, from its start to its end, beside an earlier checkout.

    git worktree add ../before a76a4ab
    python benchmarks/start.py --old ../before --data SET

The two take turns. With a folder of label folders each trains a last layer on its own copy, and
then another with another learning rate, when the network has nothing to look at. Time is the
processor's (all threads, with the start of Python) and the clock's; memory is the most that the
process held, as the operating system counts it. Not for Windows.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

REPO = Path(__file__).resolve().parents[1]
PHOTO = min((REPO / "data" / "sample" / "two").glob("*.jpg"))
COMMANDS = {
    "`--help`": ["--help"],
    "`predict`, one photo": ["predict", "--model", "hands", str(PHOTO)],
}


class Taken(NamedTuple):
    """Seconds of the processor, seconds of the clock, and MB of memory at most."""

    processor: float
    clock: float
    memory: float


def measure(checkout: Path, words: list[str], models: Path | None = None) -> Taken:
    """Run a command of the code in a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    if models:
        environment["FINGERCOUNT_MODELS"] = str(models)
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        command = [sys.executable, "-m", "fingercount", *words]
        process = subprocess.Popen(
            command, cwd=checkout, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        clock = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{checkout}: {said.read().decode()}")
    kilobytes = used.ru_maxrss / (1000 if sys.platform == "darwin" else 1) * 1.024
    return Taken(used.ru_utime + used.ru_stime, clock, kilobytes / 1000)


def compare(name: str, pairs: list[tuple[Taken, ...]]) -> None:
    """Print the medians of what a command took by the code of (now, before), and their ratios."""
    for which, code in ((1, "before"), (0, "now")):
        processor, clock, memory = (median(each) for each in zip(*(p[which] for p in pairs)))
        print(f"| {name} | {code} | {processor:.2f} s | {clock:.2f} s | {memory:.0f} MB |")
    less = [median(old[i] / new[i] for new, old in pairs) for i in range(len(Taken._fields))]
    print("| | | " + " | ".join(f"{times:.1f} times less" for times in less) + " |", flush=True)


def compare_trainings(codes: tuple[Path, Path], photos: Path, runs: int, room: Path) -> None:
    """Compare a first training, and trainings with other learning rates on known features."""
    first, again = list[tuple[Taken, ...]](), list[tuple[Taken, ...]]()
    for run in range(runs):
        places = [room / f"{which}-{run}" for which in ("now", "before")]
        for code, place in zip(codes, places):
            shutil.copytree(photos, place / photos.name, ignore=shutil.ignore_patterns("cache"))
            shutil.copytree(code / "models" / "hands", place / "models" / "hands")

        def train(rate: str, places: list[Path] = places) -> tuple[Taken, ...]:
            words = ["train", "--name", "mine", "--replace", "--lr", rate, "--data"]
            return tuple(
                measure(code, [*words, str(place / photos.name)], place / "models")
                for code, place in zip(codes, places)
            )

        first.append(train("0.003"))
        again.append(train("0.002"))
    compare("`train`, the first time", first)
    compare("`train` again, another learning rate", again)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--old", type=Path, required=True, help="a checkout of before")
    parser.add_argument("--data", type=Path, help="a folder of label folders to train on")
    parser.add_argument("--runs", type=int, default=5, help="of each, after one to warm up")
    options = parser.parse_args()
    both = REPO, options.old.resolve()
    print("| | code | processor | clock | memory |\n|---|---|--:|--:|--:|")
    for name, words in COMMANDS.items():
        pairs = [tuple(measure(code, words) for code in both) for _ in range(1 + options.runs)]
        compare(name, pairs[1:])
    if options.data:
        with tempfile.TemporaryDirectory() as room:
            compare_trainings(both, options.data.resolve(), options.runs, Path(room))


if __name__ == "__main__":
    main()
