"""Collect in a real browser: hold to record, keys after every widget, leaving in between."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.e2e.clips import rendered_hand, write_stills
from tests.e2e.walk import (
    PATIENCE,
    button,
    chip,
    choose,
    expect_photos,
    open_app,
    pick_label,
    start_camera,
    turn_to,
)

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("needs_webrtc")]

LABELS = ("zero", "one", "two", "three", "four", "five")


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """A clip of a hand that moves, so that no photo is nearly the same as the last."""
    (hand, *_) = rendered_hand(3, 1)
    shifted = [np.roll(hand, 9 * n, axis=1) for n in (*range(12), *range(12, 0, -1))]
    return write_stills(tmp_path_factory.mktemp("clip") / "moving.mjpeg", [shifted], 4)


def test_photos_come_as_long_as_the_button_or_space_is_held(app, open_browser, moving):
    page = open_app(open_browser(moving), app, "Collect")
    choose(page, "Dataset", "held")
    pick_label(page, "two")
    start_camera(page, "Guided round")
    record = page.get_by_role("button", name=re.compile("^Hold to record two"))
    box = record.bounding_box()

    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    expect(page.get_by_text("Recording two")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_alt_text("The photos taken last")).to_be_visible(timeout=PATIENCE)
    page.mouse.up()
    expect(button(page, "Guided round")).to_be_enabled(timeout=PATIENCE)
    dataset = Dataset(app.data / "held")
    by_mouse = dataset.counts()["two"]
    assert by_mouse >= 1

    page.keyboard.press("4")
    expect(chip(page, "four")).to_have_attribute("kind", "primary", timeout=PATIENCE)
    page.keyboard.down(" ")  # the button of the label has the focus, and must not take it
    expect(page.get_by_alt_text("The photos taken last")).to_be_visible(timeout=PATIENCE)
    page.keyboard.up(" ")
    expect(button(page, "Guided round")).to_be_enabled(timeout=PATIENCE)
    assert dataset.counts()["two"] == by_mouse and dataset.counts()["four"] >= 1
    assert len(dataset.sessions()) == 1


def test_a_key_works_after_every_widget(app, open_browser, moving):
    page = open_app(open_browser(moving), app, "Collect")
    choose(page, "Dataset", "keys")
    pick_label(page, "one")
    start_camera(page, "One photo")
    page.keyboard.press("p")
    expect_photos(page, "one", 1)

    def type_a_person():
        box = page.get_by_role("textbox", name="Who is photographed")
        box.fill("Ada")
        box.press("Enter")

    def set_numbers():
        button(page, "Pace").click()
        box = page.get_by_role("spinbutton", name="Per second")
        box.fill("4")
        box.press("Enter")
        page.keyboard.press("Escape")

    def tick_a_photo():
        page.get_by_role("checkbox").first.check(force=True)

    def drag_a_slider():
        button(page, "Square").click()
        page.get_by_role("slider").first.press("ArrowLeft")
        page.keyboard.press("Escape")

    def open_files():
        page.get_by_text("Add photos from files").click()

    widgets = {
        "Dataset": lambda: choose(page, "Dataset", "other"),
        "person": type_a_person,
        "New session": lambda: button(page, "New session").click(),
        "numbers": set_numbers,
        "back": lambda: choose(page, "Dataset", "keys"),
        "photo": tick_a_photo,
        "Square": drag_a_slider,
        "files": open_files,
        "Stop": lambda: button(page, "Stop").click(),
    }
    for n, (name, use) in enumerate(widgets.items()):
        use()
        page.wait_for_timeout(300)
        label = LABELS[n % 6]
        page.keyboard.press(str(n % 6))
        expect(chip(page, label), f"after {name}").to_have_attribute(
            "kind", "primary", timeout=PATIENCE
        )


def test_a_burst_that_is_left_is_told(app, open_browser, moving):
    page = open_app(open_browser(moving), app, "Collect")
    choose(page, "Dataset", "left")
    pick_label(page, "one")
    start_camera(page, "Burst of 20")
    page.keyboard.press("b")
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of 20$"))).to_be_visible(timeout=PATIENCE)
    turn_to(page, "Train")
    expect(page.get_by_text("Leaving the page ended the recording")).to_be_visible(timeout=PATIENCE)
    turn_to(page, "Collect")
    start_camera(page, "Burst of 20")
    page.keyboard.press("b")
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of 20$"))).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text(re.compile(r"The camera stopped after \d+ of 20"))).to_be_visible(
        timeout=PATIENCE
    )


def test_the_camera_goes_along_to_live_and_back_goes_back(app, open_browser, moving, backbone):
    page = open_app(open_browser(moving), app, "Collect")
    start_camera(page, "Guided round")
    pick_label(page, "one")
    turn_to(page, "Live")
    expect(button(page, "Snapshot")).to_be_enabled(timeout=PATIENCE)
    page.go_back()
    expect(page.get_by_role("heading", name="Collect", level=1)).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Guided round")).to_be_enabled(timeout=PATIENCE)


def test_on_a_laptop_the_whole_picture_is_in_sight(app, open_browser, moving):
    page = open_app(open_browser(moving), app, "Collect")
    page.set_viewport_size({"width": 1366, "height": 657})
    start_camera(page, "Guided round")
    box = page.locator(".st-key-collect_camera iframe").bounding_box()
    assert box["y"] + box["height"] <= 657
    assert box["height"] > 300
