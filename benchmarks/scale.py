"""What many photos cost: import, look through, train a last layer, evaluate, and the pages.

python benchmarks/scale.py --photos 10000 100000

It draws so many small photos, all different, into a zip, and runs every step in a process of its
own, as a person would, with what the operating system says of that process: how long it took, the
processor's seconds, and the most memory that it had. The network is a stand-in that says the mean
colours and takes no time; --network hands takes the real one.

The pages are run without a browser, two times in one process: the first visit, and once the app
knows the photos. For each it says how long after the click the first element and the first picture
came, and when the page was done.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

LABELS = ("zero", "one", "two", "three", "four", "five")
SESSIONS = 25
SIDE = 96  # pixels
PAGES = ("home", "collect", "train", "evaluate")
HERE = Path(__file__).resolve().parents[1]
DATASET = "many"


def draw(number: int) -> bytes:
    """Return a JPEG of as many bars as its label counts, on a background of its own."""
    rng = np.random.default_rng(number)
    rgb = cv2.resize(rng.integers(0, 120, (5, 5, 3), dtype=np.uint8), (SIDE, SIDE))
    for bar in range(number % len(LABELS)):
        rgb[24:, 6 + 15 * bar : 16 + 15 * bar] = (230, 180, 150)
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def write_zip(target: Path, n: int, sessions: bool) -> None:
    """Write n photos as label/name.jpg; the names say the session, or nothing but a number."""
    with zipfile.ZipFile(target, "w") as file:
        for number in range(n):
            session = number // len(LABELS) % SESSIONS
            # Five digits: six would be read as a time of day.
            name = f"202601{session + 1:02d}-101010-{number:05d}" if sessions else f"img{number}x"
            file.writestr(f"{LABELS[number % len(LABELS)]}/{name}.jpg", draw(number))


def stand_in() -> None:
    """Let the network be one that takes no time: it says the mean colours."""
    from fingercount.imaging.preprocess import Preprocess
    from fingercount.models import backbones

    def mean_colours(inputs: np.ndarray) -> np.ndarray:
        return np.tile(inputs.mean((2, 3)), 171)[:, :512]

    def none() -> Any:
        raise NotImplementedError

    quick = backbones.Backbone(
        "hands", none, "ab" * 8, Preprocess(size=32), backend="fast", fast=mean_colours
    )
    backbones.load_backbone = lambda name: quick


def measured(command: list[str], where: Path, log: Path) -> tuple[dict[str, float], str]:
    """Run a command; return what its process took, and what it printed."""
    environment = os.environ | {
        "PYTHONPATH": str(HERE),
        "FINGERCOUNT_DATA": str(where / "data"),
        "FINGERCOUNT_MODELS": str(where / "models"),
    }
    started = time.monotonic()
    with log.open("w") as told:
        child = subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )
        assert child.stdout is not None
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-2000:]}")
    figures = {
        "seconds": time.monotonic() - started,
        "of the processor": usage.ru_utime + usage.ru_stime,
        "MB": usage.ru_maxrss / 1024,
    }
    return figures, printed


def steps(where: Path, options: argparse.Namespace) -> dict[str, list[str]]:
    """Return {step: its command}."""
    root = str(where / "data" / DATASET)
    network = [__file__, "--network", options.network]
    command, look = [*network, "--run"], [*network, "--look", root]
    fit = ["--epochs", str(options.epochs), "--copies", str(options.copies)]
    train = [*command, "train", "--data", root, "--name", "mine", "--replace", *fit]
    report = str(where / "report.json")
    evaluate = [*command, "evaluate", "--data", root, "--model", "mine", "--json", report]
    found = {
        "import": [*command, "import", str(where / "photos.zip"), "--data", root],
        "look through, for the first time": look,
        "look through again": look,
        "train": train,
        "train again, another rate": [*train, "--lr", "0.001"],
        "evaluate the test side": evaluate,
        "evaluate everything": [*evaluate, "--split", "all"],
    }
    return found | {f"page {page}": [*network, "--page", page] for page in PAGES}


def measure(n: int, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return {step: its figures} with n photos."""
    found: dict[str, dict[str, Any]] = {}
    with scratch(options.keep, n) as where:
        if not (where / "photos.zip").exists():
            write_zip(where / "photos.zip", n, options.names == "sessions")
        for name in ("data", "models"):
            (where / name).mkdir(exist_ok=True)
        hands = where / "models" / "hands"
        if options.network == "hands" and not hands.exists():
            hands.symlink_to(HERE / "models" / "hands")
        there = (where / "data" / DATASET).exists()
        for name, command in steps(where, options).items():
            if (there and name == "import") or (options.only and options.only not in name):
                continue
            figures, printed = measured(command, where, where / "log.txt")
            page = json.loads(printed.splitlines()[-1]) if name.startswith("page") else {}
            found[name] = {**figures, **page}
            print(f"{n:,} {name}: {found[name]}", file=sys.stderr, flush=True)
    return found


@contextlib.contextmanager
def scratch(keep: Path | None, n: int) -> Iterator[Path]:
    """Yield a folder for n photos, which stays only where a person said so."""
    if keep:
        (keep / str(n)).mkdir(parents=True, exist_ok=True)
        yield keep / str(n)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def look(root: Path) -> None:
    """Look through a data set once, at contents too."""
    from fingercount.data.dataset import Dataset

    Dataset(root).snapshot().fingerprint  # noqa: B018


def clock() -> tuple[float, float]:
    """Return the time, and that of this process on the processor, in seconds."""
    return time.monotonic(), time.process_time()


def open_page(name: str) -> dict[str, list[list[float] | None]]:
    """Open a page twice in this process; return the seconds to what came when, None for never."""
    sys.path.insert(0, str(HERE / "dashboard"))
    import streamlit_webrtc.component as webrtc
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
    from streamlit.testing.v1 import AppTest

    webrtc.get_this_session_info = lambda: None
    came: dict[str, tuple[float, float]] = {}
    real = ScriptRunContext.enqueue

    def note(self: Any, message: Any) -> None:
        now = clock()
        if message.WhichOneof("type") == "delta":
            came.setdefault("element", now)
            if message.delta.new_element.WhichOneof("type") == "imgs":
                came.setdefault("picture", now)
        real(self, message)

    ScriptRunContext.enqueue = note  # type: ignore[method-assign]
    app = AppTest.from_file(str(HERE / "dashboard" / "Home.py"), default_timeout=3600)
    app.session_state["dataset"] = DATASET
    photos = os.environ["FINGERCOUNT_DATA"]
    figures: dict[str, list[list[float] | None]] = {"element": [], "picture": [], "done": []}
    with tempfile.TemporaryDirectory() as empty:
        os.environ["FINGERCOUNT_DATA"] = empty
        app.run()
        for page in PAGES:  # so that what follows is not about imports
            app.switch_page(f"app_pages/{page}.py").run()
        os.environ["FINGERCOUNT_DATA"] = photos
    for _ in range(2):
        app.switch_page(f"app_pages/{name}.py")
        app.session_state["dataset"] = DATASET
        came.clear()
        started = clock()
        app.run()
        if app.exception:
            raise SystemExit(str(app.exception))
        came["done"] = clock()
        for what, when in figures.items():
            since = [round(now - then, 2) for now, then in zip(came.get(what, ()), started)]
            when.append(since or None)
    return figures


def show(found: dict[int, dict[str, dict[str, Any]]]) -> None:
    """Print the tables."""
    columns = " | ".join(f"{n:,}: s | of the processor | MB" for n in found)
    print(f"\n| | {columns} |\n|---|{'--:|' * (3 * len(found))}")
    for step in next(iter(found.values())):
        rows = [found[n][step] for n in found]
        cells = [
            f"{row['seconds']:.0f} | {row['of the processor']:.0f} | {row['MB']:.0f}"
            for row in rows
            if "done" not in row
        ]
        if cells:
            print(f"| {step} | {' | '.join(cells)} |")
    print("\nseconds (of the processor) to the first element, the first picture, and all of it\n")
    print("| | first visit | again |\n|---|--:|--:|")
    for n, steps_of_n in found.items():
        for step, row in steps_of_n.items():
            if "done" in row:
                visits = zip(row["element"], row["picture"], row["done"])
                cells = [
                    ", ".join("none" if s is None else f"{s[0]:.1f} ({s[1]:.1f})" for s in visit)
                    for visit in visits
                ]
                print(f"| {n:,} photos, {step} | {' | '.join(cells)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, nargs="+", default=[10_000], metavar="N")
    parser.add_argument("--epochs", type=int, default=60, metavar="N", help="of the last layer")
    parser.add_argument("--copies", type=int, default=2, metavar="N", help="augmented, of each")
    parser.add_argument(
        "--names", choices=("sessions", "none"), default="sessions", help="what names say"
    )
    parser.add_argument("--network", choices=("stand-in", "hands"), default="stand-in")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the photos stay")
    parser.add_argument("--only", metavar="STEP", help="part of the name of a step to run alone")
    parser.add_argument("--look", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--page", choices=PAGES, help=argparse.SUPPRESS)
    parser.add_argument("--run", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.network == "stand-in" and (
        options.page or (options.run and options.run[0] != "import")
    ):
        stand_in()
    if options.look:
        look(options.look)
    elif options.page:
        print(json.dumps(open_page(options.page)))
    elif options.run:
        from fingercount.cli.main import main as run

        raise SystemExit(run(options.run))
    else:
        show({n: measure(n, options) for n in options.photos})


if __name__ == "__main__":
    main()
