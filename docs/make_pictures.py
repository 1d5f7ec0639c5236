"""Take the pictures of the README: the real app, with rendered hands only.

    python docs/make_pictures.py

Needs requirements-dev.txt and a Chromium. Takes some minutes.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests" / "e2e"))

from clips import write_stills  # noqa: E402
from conftest import FLAGS, App, find_chromium  # noqa: E402
from walk import button, choose, open_app, start_camera  # noqa: E402

from fingercount.paths import models_dir  # noqa: E402
from fingercount.synthetic import clip, write_photos  # noqa: E402

SIZE = {"width": 1280, "height": 860}
FPS = 15
SEED = 8


def take_pictures(browser, app) -> None:
    """Walk the four pages, one picture each."""
    page = open_app(browser, app, "Collect")
    page.set_viewport_size(SIZE)
    choose(page, "Label", "three")
    start_camera(page, "Burst")
    page.wait_for_timeout(3000)
    page.screenshot(path=DOCS / "collect.png")

    page = open_app(browser, app, "Train")
    page.set_viewport_size(SIZE)
    page.get_by_label("Name of the model").fill("mine")
    page.get_by_label("Name of the model").press("Enter")
    button(page, "Train").click()
    page.get_by_text("mine is ready").wait_for(timeout=300_000)
    page.wait_for_timeout(2000)
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 480)
    page.wait_for_timeout(1500)
    page.screenshot(path=DOCS / "train.png")

    page = open_app(browser, app, "Evaluate")
    page.set_viewport_size(SIZE)
    choose(page, "Model", "mine")
    page.locator(".st-key-evaluate_matrix path.point").nth(15).click(force=True)
    page.get_by_text("two, called one: ").wait_for()
    page.mouse.move(1000, 700)
    page.mouse.wheel(0, 330)
    page.wait_for_timeout(2000)
    page.screenshot(path=DOCS / "evaluate.png")

    page = open_app(browser, app, "Live")
    page.set_viewport_size(SIZE)
    start_camera(page, "Snapshot")
    page.wait_for_timeout(4000)
    page.screenshot(path=DOCS / "live.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder))
        try:
            shutil.copytree(models_dir() / "hands", app.models / "hands")
            write_photos(app.data / "hands", 60, sessions=6, seed=7, size=200)
            frames = [frame for frame, _ in clip(SEED, [3], seconds_each=2, fps=FPS)]
            film = write_stills(Path(folder) / "film.mjpeg", [[f] for f in frames], 2 / 30)
            flags = [*FLAGS, "--use-fake-ui-for-media-stream"]
            flags.append(f"--use-file-for-fake-video-capture={film}")
            path = find_chromium(playwright)
            browser = playwright.chromium.launch(executable_path=path, args=flags)
            take_pictures(browser, app)
            browser.close()
        finally:
            app.stop()


if __name__ == "__main__":
    main()
