"""How fast an exported page counts: onnxruntime-web in a headless Chromium, by one and two threads.

    python -m fingercount export --web page --ort node_modules/onnxruntime-web
    python benchmarks/web.py page

It asks the page's module about a photo as large as a camera's square, again and again, as a camera
would if it were fast enough. *ready* is from nothing to the first answer, on this machine's own
connection. Beside it, in turn, the same file by onnxruntime in Python with as many threads.

The second table is of `counter.readings` on Chromium's fake camera, 640x480 at 30 frames a second:
the answers that a page gets, by two threads. Several pages, such as one of an older version, are
measured in turn; only a page of today can look for two hands.
"""

import argparse
import time
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
from playwright.sync_api import Browser, sync_playwright

from fingercount.web.browser import find_browser, served
from fingercount.web.page import MODEL

CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
SIDE = 480  # pixels of the square in a frame of 640x480
ASK = """async ({ address, threads, n, side }) => {
  const { Counter } = await import(`${address}fingercount.js`);
  const began = performance.now(), counter = await Counter.load(`${address}model/`, { threads });
  const rgb = new Uint8Array(side * side * 3).map(() => Math.random() * 255);
  const photo = { rgb, height: side, width: side };
  await counter.network.ask(photo, [0]);
  const ready = performance.now() - began, times = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    await counter.network.ask(photo, [i % counter.about.views]);
    times.push(performance.now() - start);
  }
  counter.close();
  return [ready, times, counter.network.threads];
}"""
ONE, TWO = "one hand", "two hands"
COUNT = """async ({ address, seconds, twoHands }) => {
  const { Counter } = await import(`${address}fingercount.js`);
  const counter = await Counter.load(`${address}model/`, { threads: 2 });
  const video = document.createElement("video");
  const wanted = { width: 640, height: 480, frameRate: 30 };
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted });
  await video.play();
  let began, n = 0;
  for await (const reading of counter.readings(video, { twoHands })) {
    began ??= performance.now();
    if (performance.now() - began > 1000 * seconds) break;
    n++;
  }
  counter.close();
  for (const track of video.srcObject.getTracks()) track.stop();
  return n / seconds;
}"""


def by_python(folder: Path, threads: int, n: int) -> list[float]:
    """Return milliseconds a photo of the page's model in Python."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(folder / MODEL), options)
    photo = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    times = []
    for _ in range(n + 1):
        began = time.perf_counter()
        session.run(None, {"photos": photo[None], "views": np.zeros(1, np.int32)})
        times.append(1000 * (time.perf_counter() - began))
    return times[1:]


def live(browser: Browser, folder: Path, hands: str, seconds: float) -> float:
    """Return answers a second from a camera."""
    with served(folder) as address:
        page = browser.new_page()
        page.goto(f"{address}model/model.json")
        given = {"address": address, "seconds": seconds, "twoHands": hands == TWO}
        rate: float = page.evaluate(COUNT, given)
        page.close()
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--beside", type=Path, metavar="PAGE", help="another one, for the second")
    parser.add_argument("--seconds", type=float, default=8, help="of each turn with a camera")
    parser.add_argument("--photos", type=int, default=60, metavar="N", help="in each turn")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    print("| threads | page: a photo | a second | ready | Python: a photo |")
    print("|--:|--:|--:|--:|--:|")
    with served(options.page) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(playwright.chromium.executable_path),
            args=["--no-sandbox", "--disable-gpu", *CAMERA],
        )
        page = browser.new_page()
        page.goto(f"{address}model/model.json")
        given = {"address": address, "n": options.photos, "side": SIDE}
        for threads in (1, 2):
            ready, asked, python = list[float](), list[float](), list[float]()
            for _ in range(options.turns):
                began, times, used = page.evaluate(ASK, {**given, "threads": threads})
                assert used == threads, "this page may not use threads"
                ready.append(began)
                asked += times
                python += by_python(options.page, threads, options.photos)
            ms = median(asked)
            print(
                f"| {threads} | {ms:.1f} ms | {1000 / ms:.0f} | {median(ready) / 1000:.1f} s "
                f"| {median(python):.1f} ms |",
                flush=True,
            )
        print("\n| page | hands | answers a second (each turn) |\n|---|---|--:|")
        ways = [(options.page, ONE), (options.page, TWO)]
        if options.beside:
            ways.append((options.beside, ONE))
        rates: dict[tuple[Path, str], list[float]] = {way: [] for way in ways}
        for _ in range(options.turns):
            for way in ways:
                rates[way].append(live(browser, *way, options.seconds))
        for (folder, hands), got in rates.items():
            print(f"| {folder} | {hands} | {', '.join(f'{rate:.1f}' for rate in got)} |")
        browser.close()


if __name__ == "__main__":
    main()
