"""Names from anybody, in a real browser: they are shown as they are, and fetch nothing."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from tests.conftest import draw
from tests.e2e.walk import PATIENCE

pytestmark = pytest.mark.e2e

LINK = "![x](https:example.invalid)"  # on a page over http, an address of another host


@pytest.mark.usefixtures("backbone")
def test_a_label_called_like_a_picture_is_shown_and_not_fetched(app, open_browser):
    dataset = Dataset.create(app.data / "mine")
    for label in ("two", "one"):
        for i in range(6):
            dataset.add(draw(label, i), label, "20260101-101010")
    (dataset.root / "one").rename(dataset.root / LINK)
    asked = set()
    page = open_browser(None).new_page()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    for place in ("", "collect", "train", "evaluate"):
        page.goto(f"{app.url}/{place}?dataset=mine")
        expect(page.get_by_text(LINK).first).to_be_visible(timeout=PATIENCE)
    assert asked - {None, ""} == {"localhost"}
