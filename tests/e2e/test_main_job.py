"""The main job in a real browser: collect, train, evaluate, live."""

import re

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.e2e.clips import write_clip
from tests.e2e.walk import (
    PATIENCE,
    answer,
    button,
    choose,
    expect_photos,
    open_app,
    pick_label,
    start_camera,
    turn_to,
    video_shows_green,
)

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("needs_webrtc")]


def test_collect_train_evaluate_and_go_live(app, open_browser, tmp_path, backbone):
    for label in ("two", "five"):
        browser = open_browser(write_clip(tmp_path / f"{label}.mjpeg", [label]))
        page = open_app(browser, app, "Collect")
        collect_a_burst(page, label)
        browser.close()

    hands = Dataset(app.data / "my hand")
    assert hands.counts() == {"two": 20, "five": 20}
    sides = {hands.image(photo).shape for photo in hands.photos()}
    assert all(height == width for height, width, _ in sides), "what is saved is the square"

    browser = open_browser(write_clip(tmp_path / "both.mjpeg", ["two", "five"], seconds=6))
    page = open_app(browser, app, "Train")
    page.get_by_label("Name of the model").fill("mine")
    page.get_by_label("Name of the model").press("Enter")
    button(page, "Train").click()
    expect(page.get_by_text("mine is ready")).to_be_visible(timeout=2 * PATIENCE)

    turn_to(page, "Evaluate")
    choose(page, "Model", "mine")
    matrix = page.locator(".st-key-evaluate_matrix")
    # The matrix of the model that stood there before has seven classes.
    expect(matrix.locator("path.point")).to_have_count(4, timeout=PATIENCE)
    matrix.locator("path.point").first.click(force=True)
    expect(page.get_by_text(re.compile("two, called two: ")).first).to_be_visible(timeout=PATIENCE)

    turn_to(page, "Live")
    choose(page, "Model", "mine")
    start_camera(page, "Snapshot")
    for count in ("2", "5", "2"):
        expect(answer(page)).to_have_text(count, timeout=PATIENCE)
    assert video_shows_green(page)

    page.mouse.click(400, 500)  # on the video, which must not keep the keyboard
    page.keyboard.press("y")
    expect(page.get_by_text("Review tray (1)")).to_be_visible(timeout=PATIENCE)
    choose(page, "It shows", "three")
    button(page, "Keep all 1").click()
    expect(page.get_by_text("1 photo kept in my hand.")).to_be_visible(timeout=PATIENCE)
    assert hands.counts() == {"two": 20, "three": 1, "five": 20}
    (kept,) = hands.photos(label="three")
    assert kept.session not in {photo.session for photo in hands.photos(label="two")}


def collect_a_burst(page, label):
    pick_label(page, label)
    start_camera(page, "Burst of 20")
    button(page, "Burst of 20").click()
    expect(page.get_by_text(re.compile(r"^\d+ of 20$"))).to_be_visible(timeout=PATIENCE)
    expect_photos(page, label, 20)
    gallery = page.locator(".st-key-collect_gallery img")
    expect(gallery).to_have_count(20, timeout=PATIENCE)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.st-key-collect_gallery img')]"
        ".every((image) => image.naturalWidth > 50)"
    )
