"""From the matrix to the reason, the fix, the undo and the retrained model, in a real browser."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from fingercount.paths import REPO
from tests.e2e.walk import PATIENCE, button, choose, open_app, turn_to

pytestmark = pytest.mark.e2e
SWAPPED = 5  # photos of one that stand among two, and the other way


@pytest.fixture
def swapped(app):
    """The shipped sample with a quarter of the labels of one and two swapped.

    Each of its sessions has four photos of a label, so every fourth is one in each, in the one that
    is tested on too.
    """
    root = app.data / "fix"
    shutil.copytree(REPO / "data" / "sample", root, ignore=shutil.ignore_patterns("cache"))
    ones, twos = (sorted((root / label).iterdir())[::4] for label in ("one", "two"))
    for photo in ones[:SWAPPED]:
        photo.rename(root / "two" / photo.name)
    for photo in twos[:SWAPPED]:
        photo.rename(root / "one" / photo.name)
    return Dataset(root)


def test_from_two_fails_to_the_reason_the_fix_and_retraining(app, open_browser, backbone, swapped):
    page = open_app(open_browser(None), app, "Train")
    choose(page, "Dataset", "fix")
    page.get_by_label("Name of the model").fill("swapped")
    page.get_by_label("Name of the model").press("Enter")
    button(page, "Train").click()
    expect(page.get_by_text("swapped is ready")).to_be_visible(timeout=2 * PATIENCE)

    turn_to(page, "Evaluate")
    choose(page, "Model", "swapped")
    expect(page.get_by_text("Compare swapped with")).to_be_visible(timeout=PATIENCE)
    reason = page.get_by_text("Wrong labels · about")
    expect(reason).to_be_visible(timeout=2 * PATIENCE)
    button(page, "Show its").click()
    grid = page.locator(".st-key-evaluate_photos_gallery")
    expect(grid.get_by_text("looks like one").first).to_be_visible(timeout=PATIENCE)

    # The most suspicious photo is looked at closely, fixed, and the fix undone.
    grid.locator("[data-testid=stCheckbox] label").first.click()
    expect(page.get_by_text("A closer look")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("most like it").first).to_be_visible(timeout=PATIENCE)
    before = swapped.counts()
    wrong = relabel(page, swapped)
    after = swapped.counts()
    assert sum(after.values()) == sum(before.values()) and after != before
    page.get_by_text("Changes to these photos").click()
    page.locator("[class*=st-key-evaluate_undo_]").get_by_role("button").first.click()
    expect(page.get_by_text("undone", exact=True)).to_be_visible(timeout=PATIENCE)
    assert swapped.counts() == before
    assert wrong.items[0][0] in {photo.path for photo in swapped.photos()}

    button(page, "Select all").click()
    button(page, "This is fine").click()
    expect(page.get_by_text("marked as fine:").first).to_be_visible(timeout=PATIENCE)
    assert swapped.fine()

    button(page, "Retrain as fix-1").click()
    comparison = re.compile(r"fix-1 is .* on \d+ photos|before and after")
    expect(page.get_by_text(comparison).first).to_be_visible(timeout=2 * PATIENCE)


def relabel(page, dataset):
    """Give the selected photo the label that it looks like; return the edit."""
    button(page, "Relabel").click()
    words = page.locator(".st-key-evaluate_photos_gallery").inner_text()
    choose(page, "New label", re.search(r"looks like (\w+)", words).group(1))
    page.get_by_role("button", name="Relabel 1").click()
    page.wait_for_timeout(200)
    expect(page.get_by_role("button", name=re.compile("Undo relabel"))).to_be_visible(
        timeout=PATIENCE
    )
    return dataset.edits()[0]
