"""How `pretrain` grows with processes: throughput and accuracy of one and of two, in one run.

    python benchmarks/processes.py --data SETS --hold-out SET --groups manifest.csv

The same short training (same seed, same global batch) runs on one process with one core, on one
with all cores, and on two under torchrun with one core each; gloo joins them over loopback.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

REPO = Path(__file__).resolve().parents[1]
TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
# Name, launcher, threads of each process.
RUNS = (
    ("1 process, 1 core", (), 1),
    ("1 process, 2 cores", (), 2),
    ("2 processes, 1 core each", TWO, 1),
)


def run(out: Path, launcher, threads: int, arguments: list[str]) -> tuple[float, float | None]:
    """Return (photos per second without the first epoch, accuracy on the held-out set)."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "GLOO_SOCKET_IFNAME": "lo"}
    command = [sys.executable, *launcher, "-m", "fingercount", "pretrain", "--out", str(out)]
    subprocess.run([*command, *arguments], cwd=REPO, env=environment, check=True)
    with (out / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    speed = float(np.median([float(row["photos_per_second"]) for row in rows[1:]]))
    return speed, float(rows[-1]["held_out"]) if rows[-1]["held_out"] else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--groups")
    parser.add_argument("--hold-out")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--draws", type=int, default=2560, help="pictures per epoch")
    parser.add_argument("--size", type=int, default=64, help="side of the pictures in pixels")
    options = parser.parse_args()
    # Drawing stays in the process itself, so that a process has the cores it is said to have.
    arguments = ["--data", options.data, "--renders", "0", "--workers", "0", "--lr", "2e-3"]
    arguments += ["--epochs", str(options.epochs), "--draws", str(options.draws)]
    arguments += ["--size", str(options.size), "--first-size", str(options.size)]
    for flag in ("groups", "hold_out"):
        if value := getattr(options, flag):
            arguments += [f"--{flag.replace('_', '-')}", value]
    print("| | photos per second | against the first | held out right |\n|---|--:|--:|--:|")
    first = None
    for name, launcher, threads in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            speed, accuracy = run(Path(folder), launcher, threads, arguments)
        first = first or speed
        right = "" if accuracy is None else f"{accuracy:.1%}"
        print(f"| {name} | {speed:.1f} | {speed / first:.2f} | {right} |", flush=True)


if __name__ == "__main__":
    main()
