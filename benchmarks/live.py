"""Live counting as it runs: delay, load, and whether memory stays where it is.

    python benchmarks/live.py                             # frames at 30 a second, no browser
    python benchmarks/live.py --minutes 10 --starts 20    # the app in Chromium, with a fake camera

Run it on a machine that does nothing else: everything here depends on that.
"""

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from fingercount.imaging.roi import Square
from fingercount.live.live_view import LiveView
from fingercount.models.loading import load_model
from fingercount.synthetic import clip

FPS = 30.0
ROOT = Path(__file__).resolve().parents[1]


def frames_at_camera_speed(model, seconds: float, viewers: int) -> None:
    """Feed drawn frames to viewers at 30 a second each; print delay, rate and load."""
    frames = [frame for frame, _ in clip(5, [2, 4], 2.0, 15.0)]
    delays: list[float] = []
    process = psutil.Process()

    def watch(view: LiveView) -> None:
        sent: dict[int, float] = {}
        last = None
        start = time.monotonic()
        for n in range(int(seconds * FPS)):
            frame = frames[n % len(frames)].copy()
            began = time.monotonic()
            view.show(frame)
            sent[id(view.crop)] = began
            kept = view.crop  # so that no other crop gets its id
            while time.monotonic() < start + (n + 1) / FPS:
                seen = view.seen
                if seen is not None and seen is not last:
                    last = seen
                    if id(seen.crop) in sent:
                        delays.append(time.monotonic() - sent.pop(id(seen.crop)))
                time.sleep(0.001)
            del kept

    views = [LiveView(Square(), model) for _ in range(viewers)]
    for view in views:
        view.show(frames[0])  # the first answer loads what is loaded late
    time.sleep(1)
    process.cpu_percent()
    threads = [threading.Thread(target=watch, args=(view,)) for view in views]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load = process.cpu_percent()
    rates = [view.answers_per_second() for view in views]
    cameras = [view.rate.per_second() for view in views]
    for view in views:
        view.close()
    ms = 1000 * np.array(delays)
    print(
        f"{viewers} viewer(s): {np.mean(cameras):.1f} frames and {np.mean(rates):.1f} answers a "
        f"second each; frame to answer {np.median(ms):.1f} ms (95 %: {np.percentile(ms, 95):.1f} "
        f"ms); {load:.0f} % of one core"
    )


class Memory:
    """The resident memory of a process and its children, in MiB."""

    def __init__(self, pid: int):
        self.process = psutil.Process(pid)

    def now(self) -> float:
        family = [self.process, *self.process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 2**20

    def threads(self) -> int:
        return self.process.num_threads()


def in_the_browser(minutes: float, starts: int) -> None:
    """Drive the app in Chromium; print times, rates and memory."""
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from tests.e2e.clips import write_clip
    from tests.e2e.conftest import FLAGS, REPO, App, find_chromium
    from tests.e2e.walk import answer, button, open_app, wait_for_both_speeds

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        app = App(root)
        app.models.mkdir(parents=True, exist_ok=True)
        (app.models / "hands").symlink_to(REPO / "models" / "hands")
        camera = write_clip(root / "camera.mjpeg", ["two", "five"])
        flags = [*FLAGS, "--use-fake-ui-for-media-stream"]
        flags.append(f"--use-file-for-fake-video-capture={camera}")
        browser = playwright.chromium.launch(executable_path=find_chromium(playwright), args=flags)
        memory = Memory(app.process.pid)
        try:
            began = time.monotonic()
            page = open_app(browser, app, "Live")
            opened = time.monotonic() - began
            button(page, "Start").click()
            answer(page).wait_for()
            answered, taken = time.monotonic() - began, memory.process.cpu_times()
            print(
                f"page {opened:.1f} s, first answer {answered:.1f} s; by then the server had taken "
                f"{taken.user + taken.system:.1f} s of the processor since its start, and "
                f"{memory.now():.0f} MiB",
                flush=True,
            )
            wait_for_both_speeds(page)
            cpu = psutil.Process(app.process.pid)
            cpu.cpu_percent()
            for minute in range(int(minutes) + 1):
                words = page.get_by_text("answers per second").inner_text()
                words = words.removeprefix("speed").strip()
                print(f"minute {minute}: {memory.now():.0f} MiB, {words}", flush=True)
                if minute < int(minutes):
                    page.wait_for_timeout(60_000)
            print(f"the server took {cpu.cpu_percent():.0f} % of one core")
            for n in range(starts):
                button(page, "Stop").click()
                page.wait_for_timeout(2000)
                button(page, "Start").click()
                answer(page).wait_for()
                wait_for_both_speeds(page)
                if n % 5 == 4 or n == 0:
                    print(f"start {n + 1}: {memory.now():.0f} MiB, {memory.threads()} threads")
            page.close()
            page = open_app(browser, app, "Train")
            page.wait_for_timeout(30_000)
            print(f"viewer gone: {memory.now():.0f} MiB, {memory.threads()} threads")
        finally:
            browser.close()
            app.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="hands")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--minutes", type=float, default=0, help="in the browser")
    parser.add_argument("--starts", type=int, default=0, help="stops and starts in the browser")
    options = parser.parse_args()
    if options.minutes or options.starts:
        in_the_browser(options.minutes, options.starts)
        return
    model = load_model(options.model)
    for viewers in (1, 2, 4):
        frames_at_camera_speed(model, options.seconds, viewers)


if __name__ == "__main__":
    main()
