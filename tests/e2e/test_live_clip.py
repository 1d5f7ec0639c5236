"""A clip on Live: counted, drawn over time, and given to other programs."""

import pytest
from playwright.sync_api import expect

from tests.e2e.walk import PATIENCE, button, open_app
from tests.imaging.test_video import write_video

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("backbone")
def test_a_clip_is_counted_and_saved_as_subtitles(app, open_browser, tmp_path):
    clip = write_video(tmp_path / "walk.mp4", [40] * 50)
    page = open_app(open_browser(None), app, "Live")
    page.get_by_text("A clip instead of the camera").click()
    page.locator("input[type=file]").set_input_files(clip)
    saves = button(page, "Counts as SRT")
    expect(saves).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    with page.expect_download() as saving:
        saves.click()
    assert saving.value.suggested_filename == "walk.srt"
    saving.value.save_as(tmp_path / "walk.srt")
    text = (tmp_path / "walk.srt").read_text()
    assert text.startswith("1\n00:00:00,") and " --> 00:00:01,960\n" in text
