"""Whether counting fits a small board: one core, and little memory.

    python benchmarks/board.py                            # one core, 512 MB

It draws a clip and lets `watch` count in it, in a process that may use one core and no more
memory of its own than a board has (Linux's RLIMIT_DATA: what it asks for, used or not). So it says
whether that is enough, and how many frames a second this machine's core answers; a board's core is
slower. Only for Linux.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import av

REPO = Path(__file__).resolve().parents[1]


def write_clip(path: Path, seconds: float) -> int:
    """Write a clip of 640x480 at 30 frames a second; return how many frames it has."""
    from fingercount.synthetic import clip

    n = 0
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=30)
        stream.height, stream.width, stream.pix_fmt = 480, 640, "yuv420p"
        for frame, _ in clip(5, [2, 4, 1, 3], seconds / 4, 30.0):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
            n += 1
        file.mux(stream.encode(None))
    return n


def watch(video: Path, megabytes: int) -> tuple[float, float, int]:
    """Count in a clip; return (seconds, most resident MB, changes that were told)."""

    def limit() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000,) * 2)

    words = [sys.executable, "-m", "fingercount", "watch", "--video", str(video)]
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, cwd=REPO, stdout=said, preexec_fn=limit)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"watch ended with {process.returncode} in {megabytes} MB")
        said.seek(0)
        return seconds, used.ru_maxrss * 1.024 / 1000, len(said.readlines())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--memory", type=int, default=512, metavar="MB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for seconds in (4.0, 24.0):
            video = Path(folder) / f"{seconds}.mp4"
            # Elsewhere: a process begins with the memory of the one that started it.
            with ProcessPoolExecutor(1, get_context("spawn")) as other:
                frames = other.submit(write_clip, video, seconds).result()
            found.append((frames, *watch(video, options.memory)))
    (few, begun, *_), (many, ended, most, told) = found
    rate = (many - few) / (ended - begun)
    print(
        f"one core, {options.memory} MB: {rate:.0f} frames a second ({many} in {ended:.1f} s with "
        f"the start), {most:.0f} MB resident, {told} changes told"
    )


if __name__ == "__main__":
    main()
