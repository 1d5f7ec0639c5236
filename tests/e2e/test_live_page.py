"""Live in a real browser: one key corrects it, the square is dragged, a model goes away."""

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.e2e.clips import side_by_side, write_clip, write_stills
from tests.e2e.walk import (
    PATIENCE,
    answer,
    button,
    choose,
    expect_to_fit,
    open_app,
    start_camera,
    wait_for_both_speeds,
)

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("backbone", "needs_webrtc")]
KEPT = "JSON.parse(localStorage.getItem('fingercount_framing'))"


def test_one_key_corrects_it_and_the_tray_becomes_photos(app, open_browser, tmp_path):
    browser = open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"]))
    page = open_app(browser, app, "Live")
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    expect(answer(page)).to_be_visible(timeout=PATIENCE)
    for key, words in (("3", "3"), ("n", "no hand")):
        page.keyboard.press(key)
        expect(page.get_by_text(f"Noted: {words},")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Review tray (2)")).to_be_visible(timeout=PATIENCE)
    choose(page, "Dataset", "corrected")
    button(page, "Keep all 2").click()
    expect(page.get_by_text("2 photos kept in corrected")).to_be_visible(timeout=PATIENCE)
    dataset = Dataset(app.data / "corrected")
    assert sorted(photo.label for photo in dataset.photos()) == ["none", "three"]
    assert all(photo.session.startswith("live-") for photo in dataset.photos())
    assert len(dataset.sessions()) == 1
    image = dataset.image(dataset.photos()[0])
    assert image.shape[0] == image.shape[1], "what is kept is the square"


def test_a_key_works_after_every_widget(app, open_browser, tmp_path):
    page = open_app(open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"])), app, "Live")
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    expect(answer(page)).to_have_text("2", timeout=PATIENCE)

    def move_a_slider():
        button(page, "Square").click()
        page.get_by_role("slider").first.press("ArrowLeft")
        page.keyboard.press("Escape")

    def move_the_threshold():
        page.get_by_text("Confidence and smoothing").click()
        page.get_by_role("slider", name="Confidence threshold").press("ArrowLeft")

    widgets = {
        "Model": lambda: choose(page, "Model", "built-in"),
        "Square": move_a_slider,
        "threshold": move_the_threshold,
        "Dataset": lambda: choose(page, "Dataset", "elsewhere"),
    }
    for key, use in zip("3453", widgets.values()):
        use()
        expect(answer(page)).to_have_text("2", timeout=PATIENCE)
        page.keyboard.press(key)
        expect(page.get_by_text(f"Noted: {key},")).to_be_visible(timeout=PATIENCE)
    button(page, "Discard all").click()
    expect(page.get_by_text("Review tray")).to_have_count(0, timeout=PATIENCE)


def test_the_square_is_dragged_and_remembered(app, open_browser, tmp_path):
    browser = open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"]))
    page = open_app(browser, app, "Live")
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    before = page.evaluate(KEPT)
    page.reload()  # what was kept is what it starts with anyway, and it can be dragged all the same
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    assert page.evaluate(KEPT) == before
    box = page.locator(".st-key-live_camera iframe").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - box["width"] / 10, y, steps=4)
    page.mouse.up()
    page.wait_for_function(f"{KEPT}.x < {before['x'] - 0.05}", timeout=PATIENCE)
    after = page.evaluate(KEPT)
    assert after["x"] == pytest.approx(before["x"] - 0.1, abs=0.03)
    assert after["size"] == before["size"]
    page.reload()
    button(page, "Square").click()
    slider = page.get_by_role("slider", name=re.compile("Left to right"))
    expect(slider).to_have_value(f"{after['x']:g}", timeout=PATIENCE)


def test_two_hands_are_added_up_dragged_and_corrected(app, open_browser, tmp_path):
    frame = side_by_side("five", "two")
    browser = open_browser(write_stills(tmp_path / "hands.mjpeg", [[frame]], seconds=1))
    page = open_app(browser, app, "Live")
    start_camera(page, "Snapshot")
    page.get_by_text("Two hands", exact=True).click()
    expect(answer(page)).to_have_text("2 + 5 = 7", timeout=PATIENCE)  # as in a mirror
    page.set_viewport_size({"width": 420, "height": 900})
    expect_to_fit(page, "document.querySelector('.stMain')")
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.get_by_role("radio", name="right").click()
    expect(page.get_by_role("radio", name="right", checked=True)).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("4")
    expect(page.get_by_text("Noted for the right one: 4, not 5.")).to_be_visible(timeout=PATIENCE)
    box = page.locator(".st-key-live_camera iframe").bounding_box()
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] / 10, y - box["height"] / 10, steps=4)
    page.mouse.up()
    page.wait_for_function(f"{KEPT}.pair_y < 0.45", timeout=PATIENCE)
    kept = page.evaluate(KEPT)
    assert kept["pair_y"] == pytest.approx(0.4, abs=0.03)
    assert (kept["two"], kept["pair_size"], kept["x"], kept["size"]) == (True, 1, 0.5, 0.85)
    page.reload()
    expect(page.get_by_role("button", name="Squares")).to_be_visible(timeout=PATIENCE)
    button(page, "Squares").click()
    slider = page.get_by_role("slider", name=re.compile("Top to bottom"))
    expect(slider).to_have_value(f"{kept['pair_y']:g}", timeout=PATIENCE)


def test_a_model_that_is_trained_again_or_deleted_while_it_runs(app, open_browser, tmp_path):
    mine = app.models / "mine"
    shutil.copytree(app.models / "hands", mine)
    browser = open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"]))
    page = open_app(browser, app, "Live")
    choose(page, "Model", "mine")
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    card = json.loads((mine / "card.json").read_text())
    expect(page.get_by_text("no hand", exact=True).first).to_be_visible(timeout=PATIENCE)
    renamed = ["no-hand-at-all" if label == "none" else label for label in card["classes"]]
    (mine / "card.json").write_text(json.dumps(card | {"classes": renamed}))
    expect(page.get_by_text("no-hand-at-all").first).to_be_visible(timeout=PATIENCE)
    shutil.rmtree(mine)
    expect(page.get_by_text("mine was deleted while it ran")).to_be_visible(timeout=PATIENCE)
    wait_for_both_speeds(page)
