"""Photos clicked, shift-clicked, taken all together and looked at one by one, in a real browser."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.conftest import draw_photos
from tests.e2e.walk import PATIENCE, button, open_app

pytestmark = pytest.mark.e2e
SESSION = "20260102-101500"


@pytest.fixture
def mine(app):
    root = draw_photos(app.data, "mine", ("two", "five"), 26, (SESSION,))
    yield Dataset(root)
    shutil.rmtree(root)


@pytest.fixture
def page(app, open_browser, mine):
    page = open_app(open_browser(None), app, "Collect")
    expect(photos(page)).to_have_count(24, timeout=PATIENCE)
    # The script that listens to clicks comes last.
    while not checked(page).count():
        photos(page).nth(1).click()
        page.wait_for_timeout(1000)
    return page


def photos(page):
    return page.locator(".st-key-collect_gallery img")


def checked(page):
    return page.locator(".st-key-collect_gallery input:checked")


def expect_selected(page, n: int):
    """Wait until so many photos are selected, as the button that deletes them says."""
    label = f"Delete {n}" if n else "Delete"
    expect(page.locator(".st-key-collect_delete")).to_have_text(
        re.compile(rf"{label}$"), timeout=PATIENCE
    )


def test_click_shift_click_and_all(page, mine):
    expect_selected(page, 1)
    outline = "image => getComputedStyle(image).outlineStyle"
    assert photos(page).nth(1).evaluate(outline) == "solid"
    assert photos(page).nth(2).evaluate(outline) == "none"

    photos(page).nth(5).click(modifiers=["Shift"])
    expect_selected(page, 5)
    expect(checked(page)).to_have_count(5)
    photos(page).nth(3).click()  # the anchor of what is taken away
    expect_selected(page, 4)
    photos(page).nth(2).click(modifiers=["Shift"])
    expect_selected(page, 3)

    # From one page to the next.
    photos(page).nth(22).click()
    expect_selected(page, 4)
    page.get_by_role("button", name=re.compile("page 2", re.I)).click()
    expect(photos(page)).to_have_count(2, timeout=PATIENCE)
    photos(page).nth(0).click(modifiers=["Shift"])
    expect_selected(page, 6)

    page.keyboard.press("a")
    expect_selected(page, 26)
    page.keyboard.press("a")
    expect_selected(page, 0)

    box = page.locator(".st-key-collect_gallery [data-testid=stCheckbox] label").first
    box.click()
    expect_selected(page, 1)
    page.keyboard.press("a")  # right after a box was clicked
    expect_selected(page, 26)
    page.keyboard.press("a")
    expect_selected(page, 0)
    page.locator(".st-key-collect_gallery input").first.focus()
    page.keyboard.press("Space")
    expect_selected(page, 1)
    page.keyboard.press("a")  # while a box has the focus
    expect_selected(page, 26)
    button(page, "Delete 26").click()
    expect(page.get_by_text("No photos of two yet.")).to_be_visible(timeout=PATIENCE)
    assert mine.counts() == {"two": 0, "five": 26}


def test_the_larger_view_by_double_click_and_by_keys(page, mine):
    def shown() -> int:
        return int(dialog.locator("img").get_attribute("alt")[-8:-4])

    dialog = page.get_by_role("dialog")
    photos(page).nth(4).dblclick()
    expect(dialog).to_be_visible(timeout=PATIENCE)
    expect(dialog.get_by_text("5 of 26")).to_be_visible()
    expect(dialog.get_by_text("02 Jan 2026, 10:15")).to_be_visible()
    assert shown() == 22
    for key, place in (("ArrowRight", 6), ("ArrowRight", 7), ("ArrowLeft", 6)):
        page.keyboard.press(key)
        expect(dialog.get_by_text(f"{place} of 26")).to_be_visible(timeout=PATIENCE)
    assert shown() == 21
    page.keyboard.press("s")
    expect(dialog.get_by_role("button", name="Selected")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect_selected(page, 2)
    expect(checked(page)).to_have_count(2)

    # From the keyboard: the first of those that are selected.
    page.keyboard.press("v")
    expect(dialog.get_by_text("2 of 26")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Delete")
    expect(dialog.get_by_text("2 of 25")).to_be_visible(timeout=PATIENCE)
    assert mine.counts() == {"two": 25, "five": 26}
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    expect_selected(page, 1)
    button(page, "Undo delete").click()
    expect(page.get_by_role("radio", name="two · 26")).to_be_visible(timeout=PATIENCE)
