"""The camera in a real browser: where it fails, two viewers, reload, leaving the page."""

import numpy as np
import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.e2e.clips import write_colour
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
    wait_for_both_speeds,
)

pytestmark = pytest.mark.e2e

RED, BLUE = (190, 30, 30), (30, 30, 190)
# Without a relay server nothing connects: what a firewall between browser and app looks like.
NO_ROUTE = """
const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(config) { super({ ...config, iceTransportPolicy: "relay" }); }
};
"""


def test_where_the_video_cannot_connect_single_photos_work(app, open_browser, tmp_path):
    browser = open_browser(write_colour(tmp_path / "red.mjpeg", RED))
    page = open_app(browser, app, "Collect", NO_ROUTE)
    choose(page, "Dataset", "fallback")
    pick_label(page, "two")
    button(page, "Start").click()
    expect(page.get_by_text("its video does not reach the app")).to_be_visible(timeout=PATIENCE)
    button(page, "Take Photo").click()
    expect(button(page, "One photo")).to_be_enabled(timeout=PATIENCE)
    button(page, "One photo").click()
    expect_photos(page, "two", 1)
    dataset = Dataset(app.data / "fallback")
    (photo,) = dataset.photos()
    image = dataset.image(photo)
    assert image.shape[0] == image.shape[1] and is_colour(image, RED)


def test_a_refused_camera_is_explained(app, open_browser):
    page = open_app(open_browser(None, allow=False), app, "Collect")
    button(page, "Start").click()
    expect(page.get_by_text("This page may not use the camera")).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Start")).to_be_enabled(timeout=PATIENCE)


@pytest.mark.usefixtures("needs_webrtc")
def test_two_viewers_at_once_do_not_disturb_each_other(app, open_browser, tmp_path):
    pages = []
    for name, colour, label in (("Ada", RED, "one"), ("Bob", BLUE, "two")):
        browser = open_browser(write_colour(tmp_path / f"{name}.mjpeg", colour))
        page = open_app(browser, app, "Collect")
        person = page.get_by_role("textbox", name="Who is photographed")
        person.fill(name)
        person.press("Enter")
        choose(page, "Dataset", "viewers")
        pick_label(page, label)
        start_camera(page, "Burst of 20")
        pages.append(page)
    for page, label in zip(pages, ("one", "two")):  # in turn, as two cores run both browsers
        button(page, "Burst of 20").click()
        expect_photos(page, label, 20)

    dataset = Dataset(app.data / "viewers")
    for label, person, colour in (("one", "Ada", RED), ("two", "Bob", BLUE)):
        photos = dataset.photos(label=label)
        assert len(photos) == 20 and {photo.person for photo in photos} == {person}
        assert all(is_colour(dataset.image(photo), colour) for photo in photos)
    assert len(dataset.sessions()) == 2


@pytest.mark.usefixtures("needs_webrtc", "backbone")
def test_a_reload_keeps_the_session_and_leaving_stops_the_camera(app, open_browser, tmp_path):
    page = open_app(open_browser(write_colour(tmp_path / "red.mjpeg", RED)), app, "Collect")
    choose(page, "Dataset", "reload")
    pick_label(page, "one")
    take_one(page, 1)
    page.reload()
    expect(chip(page, "one")).to_have_attribute("kind", "primary", timeout=PATIENCE)
    take_one(page, 2)
    assert len(Dataset(app.data / "reload").sessions()) == 1

    turn_to(page, "Live")  # the camera goes along
    wait_for_both_speeds(page)
    turn_to(page, "Train")
    turn_to(page, "Collect")
    expect(button(page, "Start")).to_be_enabled(timeout=PATIENCE)
    expect(button(page, "Stop")).to_be_disabled()
    take_one(page, 3)


def take_one(page, total):
    start_camera(page, "One photo")
    button(page, "One photo").click()
    expect_photos(page, "one", total)


def is_colour(image: np.ndarray, colour) -> bool:
    """Return whether a photo is of one colour, as far as a video codec keeps it."""
    return bool(np.abs(image.reshape(-1, 3).mean(0) - colour).max() < 40)


def test_no_page_fetches_anything_from_elsewhere(app, open_browser):
    page = open_browser(None).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("", "collect", "train", "evaluate", "live"):
        page.goto(f"{app.url}/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(1000)
    own = (app.url, app.url.replace("http", "ws", 1), "data:", "blob:")
    assert asked and [url for url in asked if not url.startswith(own)] == []
