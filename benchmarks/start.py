"""What a whole command takes, from its start to its end, beside an earlier checkout.

    git worktree add ../before a76a4ab
    python benchmarks/start.py --old ../before

The two take turns. Time is the processor's (all threads, with the start of Python) and the clock's;
memory is the most that the process held, as the operating system counts it. Not for Windows.
"""

import argparse
import os
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


def measure(checkout: Path, words: list[str]) -> Taken:
    """Run a command of the code in a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--old", type=Path, required=True, help="a checkout of before")
    parser.add_argument("--runs", type=int, default=5, help="of each, after one to warm up")
    options = parser.parse_args()
    print("| | code | processor | clock | memory |\n|---|---|--:|--:|--:|")
    for name, words in COMMANDS.items():
        both = REPO, options.old.resolve()
        pairs = [[measure(code, words) for code in both] for _ in range(1 + options.runs)][1:]
        for which, code in ((1, "before"), (0, "now")):
            processor, clock, memory = (median(each) for each in zip(*(p[which] for p in pairs)))
            print(f"| {name} | {code} | {processor:.2f} s | {clock:.2f} s | {memory:.0f} MB |")
        less = [median(old[i] / new[i] for new, old in pairs) for i in range(len(Taken._fields))]
        print("| | | " + " | ".join(f"{times:.1f} times less" for times in less) + " |", flush=True)


if __name__ == "__main__":
    main()
