"""What a person does on the pages, for the tests to say in one line."""

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 60_000  # milliseconds; two cores may be busy with a training
expect.set_options(timeout=PATIENCE)  # where a test says nothing else; five seconds may not do
SPEED = re.compile(r"camera [1-9]\d* frames per second, model [1-9]\d* answers per second")


def open_app(browser, app, page_name: str, script: str | None = None) -> Page:
    """Open a page of the app by its address, and wait until it stands.

    Args:
        browser: which browser.
        app: the running app.
        page_name: what the menu calls the page.
        script: runs in every frame before anything else does.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE)
    if script:
        page.add_init_script(script)
    page.goto(f"{app.url}/{page_name.lower()}")
    expect(heading(page, page_name)).to_be_visible(timeout=PATIENCE)
    return page


def turn_to(page: Page, name: str) -> None:
    """Go to another page by the menu."""
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(heading(page, name)).to_be_visible(timeout=PATIENCE)


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True, level=1)


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name).first


def start_camera(page: Page, ready: str) -> None:
    """Press Start and wait until the button that needs a picture can be pressed."""
    button(page, "Start").click()
    expect(button(page, "Start")).to_be_disabled(timeout=PATIENCE)
    expect(button(page, ready)).to_be_enabled(timeout=PATIENCE)


def choose(page: Page, label: str, value: str) -> None:
    """Pick or type a value in a select box."""
    box = page.get_by_role("combobox", name=label).first
    box.click()
    box.fill(value)
    page.get_by_role("option", name=re.compile(rf"^(Add: )?{re.escape(value)}$")).first.click()


def chip(page: Page, label: str) -> Locator:
    """Return a label's button on Collect."""
    return page.locator(f".st-key-collect_chip_{label} button")


def expect_photos(page: Page, label: str, n: int) -> None:
    """Wait until a label's button on Collect says that it has so many photos."""
    words = chip(page, label).locator("p").first
    expect(words).to_have_text(f"{label} · {n}", timeout=PATIENCE)


def pick_label(page: Page, label: str) -> None:
    """Pick one of the usual labels on Collect."""
    chip(page, label).click()
    expect(chip(page, label)).to_have_attribute("kind", "primary", timeout=PATIENCE)


def delete_photo(page: Page, number: str) -> None:
    """Delete a photo on Collect."""
    photo = page.locator(".st-key-collect_gallery").get_by_text(number, exact=True)
    photo.first.click()
    page.get_by_role("button", name="Delete 1").click()
    expect(photo).to_have_count(0, timeout=PATIENCE)


def expect_to_fit(page: Page, box: str = "document.documentElement") -> None:
    """Wait until nothing reaches beyond the right edge: a page takes a while to follow a window.

    Args:
        page: which page.
        box: what scrolls, in JavaScript.
    """
    page.wait_for_function(f"({box}).scrollWidth <= ({box}).clientWidth", timeout=PATIENCE)


def answer(page: Page) -> Locator:
    """What Live shows large beside the video."""
    return page.get_by_role("status").locator(".what").first


def wait_for_both_speeds(page: Page) -> None:
    """Wait until Live says that the camera gives frames and the model answers."""
    expect(page.get_by_text(SPEED)).to_be_visible(timeout=PATIENCE)


def video_shows_green(page: Page) -> bool:
    """Return whether the video that came back has the square drawn on it."""
    frame = next(frame for frame in page.frames if frame.locator("video").count())
    return frame.evaluate(
        """() => {
          const video = document.querySelector("video"), canvas = document.createElement("canvas");
          canvas.width = video.videoWidth; canvas.height = video.videoHeight;
          const pen = canvas.getContext("2d");
          pen.drawImage(video, 0, 0);
          const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
          let green = 0;
          for (let i = 0; i < pixels.length; i += 4)
            if (pixels[i] < 110 && pixels[i + 1] > 170 && pixels[i + 2] < 170) green++;
          return green > canvas.width;
        }"""
    )
