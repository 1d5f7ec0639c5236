"""Several people on Live at once: video and answers a second at each, and what the server takes.

    python benchmarks/viewers.py                          # 1, 2, 4 and 8 viewers
    python benchmarks/viewers.py --viewers 8 --seconds 60

Each viewer is a page of its own in a headless Chromium with a fake camera (640x480, 30 frames a
second), which sends its video to the app and gets it back. The browser shares this machine's cores
with the app, and takes more of them than people's own machines would: what is measured with many
viewers is the two together. Run it on a machine that does nothing else.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SETTLE = 5.0  # seconds between the last viewer's first frames and the measuring
PATIENCE = 240_000  # milliseconds until a viewer's video comes; eight may begin at once
RATES = re.compile(r"camera (\d+) frames per second, model (\d+) answers per second")
ACTIVE = (  # a page in the background is as awake as one in front
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
)
# A viewer whose video broke off has none, and counts as one without frames from then on.
FRAMES = "() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"


@dataclass(frozen=True)
class Result:
    """What some viewers had for some seconds.

    Attributes:
        frames: that came back, a second, at each viewer.
        sent: that reached the app, a second, from each, as its page says.
        answers: of the model a second, for each, as its page says.
        memory: resident memory of the app at the end, MiB.
        app, browser, machine: load in percent of one core.
    """

    frames: list[float]
    sent: list[float]
    answers: list[float]
    memory: float
    app: float
    browser: float
    machine: float

    @property
    def row(self) -> str:
        """Return it as a row of a Markdown table."""
        rates = " | ".join(span(rates) for rates in (self.frames, self.sent, self.answers))
        return (
            f"| {len(self.frames)} | {rates} | {self.memory:,.0f} MiB | {self.app:.0f} % "
            f"| {self.browser:.0f} % | {self.machine:.0f} % |"
        )


HEAD = (
    "| viewers | frames back, each (least) | frames sent | answers | app's memory | app | browser "
    "| all |\n|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def span(rates: list[float]) -> str:
    """Return a mean, and the least where they differ: "27.1 (24.0)"."""
    mean, least = statistics.mean(rates), min(rates)
    return f"{mean:.1f}" if mean - least < 0.05 else f"{mean:.1f} ({least:.1f})"


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all that it started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def seconds_of(processes: list[psutil.Process]) -> dict[int, float]:
    """Return {process: seconds of a core that it has taken so far}."""
    found = {}
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found[process.pid] = times.user + times.system
    return found


def taken(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the seconds of a core between two looks."""
    return sum(value - before.get(pid, 0.0) for pid, value in after.items())


def measure(pages, app, browsers, seconds: float) -> Result:
    """Let viewers go on for some seconds and count.

    Args:
        pages: the viewers', on Live, with video.
        app: the running app.
        browsers: returns the browser's processes.
    """
    frames = [next(f for f in page.frames if f.locator("video").count()) for page in pages]

    def look():
        counts = [(frame.evaluate(FRAMES), time.monotonic()) for frame in frames]
        machine = psutil.cpu_times()
        busy = sum(machine) - machine.idle - machine.iowait
        loads = [seconds_of(family(app.process.pid)), seconds_of(browsers())]
        return counts, busy, loads, time.monotonic()

    counts, busy, loads, began = look()
    said: list[list[tuple[int, int]]] = [[] for _ in pages]
    while time.monotonic() < began + seconds:
        for page, rates in zip(pages, said):
            found = RATES.search(page.locator(".stMain").inner_text())
            rates.append((int(found[1]), int(found[2])) if found else (0, 0))
        pages[0].wait_for_timeout(1000)
    counts_after, busy_after, loads_after, ended = look()
    wall = ended - began
    resident = sum(process.memory_info().rss for process in family(app.process.pid))
    return Result(
        [max(0, n - m) / (t - s) for (m, s), (n, t) in zip(counts, counts_after)],
        [statistics.mean(sent for sent, _ in rates) for rates in said],
        [statistics.mean(answers for _, answers in rates) for rates in said],
        resident / 2**20,
        100 * taken(loads[0], loads_after[0]) / wall,
        100 * taken(loads[1], loads_after[1]) / wall,
        100 * (busy_after - busy) / wall,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--viewers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from tests.e2e.clips import write_clip
    from tests.e2e.conftest import FLAGS, REPO, App, find_chromium
    from tests.e2e.walk import button, open_app

    print(f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB")
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        camera = write_clip(root / "camera.mjpeg", ["two", "five"])
        flags = [*FLAGS, *ACTIVE, "--use-fake-ui-for-media-stream"]
        flags.append(f"--use-file-for-fake-video-capture={camera}")
        for viewers in options.viewers:
            app = App(root)  # a new one each time: what was needed before is not counted
            if not (app.models / "hands").exists():
                app.models.mkdir(exist_ok=True)
                (app.models / "hands").symlink_to(REPO / "models" / "hands")
            others = {process.pid for process in psutil.Process().children(recursive=True)}
            path = find_chromium(playwright)
            browser = playwright.chromium.launch(executable_path=path, args=flags)

            def browsers(others=others) -> list[psutil.Process]:
                mine = psutil.Process().children(recursive=True)
                return [process for process in mine if process.pid not in others]

            try:
                # All pages first: a page opens slowly beside videos that take every core.
                pages = [open_app(browser, app, "Live") for _ in range(viewers)]
                for page in pages:
                    button(page, "Start").click()
                for page in pages:
                    page.get_by_text(RATES).wait_for(timeout=PATIENCE)
                pages[0].wait_for_timeout(1000 * SETTLE)
                print(measure(pages, app, browsers, options.seconds).row, flush=True)
            finally:
                browser.close()
                app.stop()


if __name__ == "__main__":
    main()
