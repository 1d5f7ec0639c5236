"""Several cameras in a real browser: the picked one opens, and every page remembers it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.walk import (
    PATIENCE,
    button,
    choose,
    expect_photos,
    open_app,
    pick_label,
    start_camera,
    turn_to,
)

pytestmark = pytest.mark.e2e

# Chromium's second one sends depths, which no video carries; the first and the third work.
CAMERAS = "--use-fake-device-for-media-stream=device-count=3"
FIRST, OTHER = "fake_device_0", "fake_device_2"
# Keeps the names of the cameras that are opened, by whichever part of the page.
NOTE_OPENED = """
const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
media.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  (window.top.opened ??= []).push(stream.getVideoTracks()[0].label);
  return stream;
};
"""
# The first camera that each part of the page asks for never answers.
HANGS_ONCE = """
const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
let asked = 0;
media.getUserMedia = (wanted) => asked++ ? open(wanted) : new Promise(() => {});
"""
NO_CAMERAS = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"


def opened(page):
    """Return the names of the cameras opened since the page was loaded."""
    return page.evaluate("window.opened ?? []")


def chooser(page):
    return page.get_by_role("combobox", name="Camera")


@pytest.mark.usefixtures("needs_webrtc", "backbone")
def test_the_picked_camera_opens_and_is_remembered(app, open_browser):
    page = open_app(open_browser(None, CAMERAS), app, "Collect", NOTE_OPENED)
    pick_label(page, "one")
    start_camera(page, "One photo")
    expect(chooser(page)).to_have_value(FIRST, timeout=PATIENCE)
    assert set(opened(page)) == {FIRST}

    choose(page, "Camera", OTHER)
    page.wait_for_function("name => window.opened.at(-1) === name", arg=OTHER)
    button(page, "One photo").click()  # the video goes on
    expect_photos(page, "one", 1)

    turn_to(page, "Live")  # the camera goes along
    expect(button(page, "Snapshot")).to_be_enabled(timeout=PATIENCE)
    assert opened(page)[-2:] == [OTHER, OTHER]
    expect(chooser(page)).to_have_value(OTHER)

    page.reload()
    start_camera(page, "Snapshot")
    assert set(opened(page)) == {OTHER}
    expect(chooser(page)).to_have_value(OTHER)


@pytest.mark.usefixtures("needs_webrtc", "backbone")
def test_a_camera_that_does_not_answer_is_asked_again(app, open_browser):
    page = open_app(open_browser(None), app, "Collect", HANGS_ONCE)
    pick_label(page, "one")
    page.context.grant_permissions(["camera"])  # else a person may still be thinking
    start_camera(page, "One photo")
    button(page, "One photo").click()
    expect_photos(page, "one", 1)


@pytest.mark.parametrize("place", ["Collect", "Live"])
@pytest.mark.usefixtures("backbone")
def test_where_no_camera_can_open_no_single_photos_are_offered(app, open_browser, place):
    page = open_app(open_browser(None), app, place, NO_CAMERAS)
    button(page, "Start").click()
    expect(page.get_by_text("only on https or localhost pages")).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(500)
    assert page.get_by_text("single photos").count() == 0
