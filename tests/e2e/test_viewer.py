"""The link for viewers in a real browser: Live counts, and nothing can be changed."""

import shutil
import sys

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from fingercount.paths import REPO
from tests.conftest import SESSIONS, draw, files_below
from tests.e2e.clips import write_clip
from tests.e2e.conftest import App
from tests.e2e.walk import PATIENCE, answer, button, heading, start_camera, turn_to

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.usefixtures("backbone", "needs_webrtc"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    own = {"FINGERCOUNT_DATA": str(folder / "data"), "FINGERCOUNT_MODELS": str(folder / "models")}
    shutil.copytree(REPO / "models" / "hands", folder / "models" / "mine")
    command = [sys.executable, "-m", "fingercount", "app", "--viewer-link", "--"]
    running = App(folder, command, REPO, {**own, "FINGERCOUNT_TOKEN": "", "PYTHONUNBUFFERED": "1"})
    yield running
    running.stop()


@pytest.fixture
def mine(app):
    dataset = Dataset.create(app.data / "hands")
    for i in range(4):
        dataset.add(draw("two", i, size=64), ("one", "two")[i % 2], SESSIONS[0])
    dataset.delete([dataset.photos()[0]])
    return dataset


def test_a_viewer_uses_live_and_changes_nothing(app, mine, open_browser, tmp_path):
    links = [line.strip() for line in app.log.read_text().splitlines() if "token=" in line]
    editors, viewers = links
    browser = open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"]))
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(viewers)
    expect(heading(page, "fingercount")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("You may look and use Live")).to_be_visible()
    menu = page.get_by_test_id("stTopNavLinkContainer")
    assert [link.inner_text().split("\n")[-1] for link in menu.all()] == [
        "Home",
        "Evaluate",
        "Live",
    ]
    before = {path: data for path, data in files_below(app.data).items() if "/cache/" not in path}

    turn_to(page, "Live")
    start_camera(page, "Snapshot")
    expect(answer(page)).to_have_text("2", timeout=PATIENCE)
    page.keyboard.press("3")  # an editor's key for a correction
    page.keyboard.press("y")
    expect(button(page, "Close")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("button", name="Keep").count() == 0

    turn_to(page, "Evaluate")
    expect(page.get_by_text("Rows are what the photos show")).to_be_visible(timeout=PATIENCE)
    photo = page.locator(".st-key-evaluate_photos_gallery img").first
    expect(photo).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("button", name="Delete").count() == 0
    for name in ("collect", "train"):
        page.goto(f"{app.url}/{name}")
        expect(heading(page, "fingercount")).to_be_visible(timeout=PATIENCE)
    after = {path: data for path, data in files_below(app.data).items() if "/cache/" not in path}
    assert after == before and not mine.edits()[0].undone

    other = browser.new_context().new_page()
    other.goto(editors)
    expect(other.get_by_role("link", name="Train", exact=True).first).to_be_visible(
        timeout=PATIENCE
    )
