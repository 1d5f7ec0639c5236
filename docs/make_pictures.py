"""Take the pictures of the README: the real app, with rendered hands only.

    python docs/make_pictures.py [collect] [train] [evaluate] [live]

Needs requirements-dev.txt and a Chromium. Takes some minutes; `evaluate` needs `train` before it.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from fingercount.paths import models_dir  # noqa: E402
from fingercount.synthetic import clip, write_photos  # noqa: E402
from tests.e2e.clips import write_stills  # noqa: E402
from tests.e2e.conftest import FLAGS, App, find_chromium  # noqa: E402
from tests.e2e.walk import button, choose, open_app, pick_label, start_camera  # noqa: E402

SIZE = {"width": 1280, "height": 860}
FPS = 15
SEED = 8


def keep(what, name: str) -> None:
    """Save a picture of a page or a part of it, in 256 colours: a third of the size."""
    picture = Image.open(io.BytesIO(what.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(DOCS / f"{name}.png", optimize=True)


def collect(browser, app) -> None:
    page = open_app(browser, app, "Collect")
    page.set_viewport_size(SIZE)
    start_camera(page, "Guided round")
    pick_label(page, "three")
    page.keyboard.down(" ")
    page.get_by_alt_text("The photos taken last").wait_for()
    page.wait_for_timeout(4000)
    keep(page, "collect")
    page.keyboard.up(" ")


def train(browser, app) -> None:
    page = open_app(browser, app, "Train")
    page.set_viewport_size(SIZE)
    page.get_by_label("Name of the model").fill("mine")
    page.get_by_label("Name of the model").press("Enter")
    button(page, "Train").click()
    page.get_by_text("mine is ready").wait_for(timeout=300_000)
    page.wait_for_timeout(2000)
    page.get_by_text("mine is ready").first.evaluate("it => it.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1500)
    keep(page, "train")


def evaluate(browser, app) -> None:
    """The reason that labels are wrong, its photos, and one of them looked at closely."""
    page = open_app(browser, app, "Evaluate")
    page.set_viewport_size({**SIZE, "height": 960})
    choose(page, "Model", "mine")
    page.get_by_text("Tested on").wait_for(timeout=300_000)
    button(page, "Show its").click()
    photos = page.locator(".st-key-evaluate_photos_gallery [data-testid=stCheckbox] label")
    photos.first.click()
    page.get_by_text("most like it").last.wait_for(timeout=300_000)
    page.wait_for_timeout(2000)
    page.get_by_role("heading", name="Why").evaluate("it => it.scrollIntoView()")
    page.mouse.move(1000, 700)
    page.mouse.wheel(0, 40)
    page.wait_for_timeout(2000)
    keep(page, "evaluate")

    page.get_by_text("Map of all photos").click()
    canvas = page.locator(".map canvas")
    canvas.wait_for(timeout=300_000)
    page.wait_for_timeout(3000)
    canvas.hover()
    box = canvas.bounding_box()
    for step in range(60):  # until the mouse comes by a photo
        page.mouse.move(box["x"] + 400 + 5 * step, box["y"] + 220)
        page.wait_for_timeout(30)
        if page.locator(".map .tip:visible").count():
            break
    keep(page.locator(".map"), "map")


def live(browser, app) -> None:
    page = open_app(browser, app, "Live")
    page.set_viewport_size(SIZE)
    start_camera(page, "Snapshot")
    page.wait_for_timeout(4000)
    keep(page, "live")


PAGES = {"collect": collect, "train": train, "evaluate": evaluate, "live": live}


def swap(folder: Path) -> None:
    """Give every tenth photo of one and two the other's label, for Evaluate to find."""
    ones, twos = (sorted((folder / label).iterdir())[4::10] for label in ("one", "two"))
    for photos, label in ((ones, "two"), (twos, "one")):
        for photo in photos:
            photo.rename(folder / label / photo.name)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = App(Path(folder))
        try:
            shutil.copytree(models_dir() / "hands", app.models / "hands")
            write_photos(app.data / "hands", 60, sessions=6, seed=7, size=200)
            swap(app.data / "hands")
            frames = [frame for frame, _ in clip(SEED, [3], seconds_each=2, fps=FPS)]
            film = write_stills(Path(folder) / "film.mjpeg", [[f] for f in frames], 2 / 30)
            flags = [*FLAGS, "--use-fake-ui-for-media-stream"]
            flags.append(f"--use-file-for-fake-video-capture={film}")
            path = find_chromium(playwright)
            browser = playwright.chromium.launch(executable_path=path, args=flags)
            for name in sys.argv[1:] or PAGES:
                PAGES[name](browser, app)
            browser.close()
        finally:
            app.stop()


if __name__ == "__main__":
    main()
