"""The page that `watch --http` serves, in a real browser: a count, or the sum of two hands."""

import socket

import pytest
from playwright.sync_api import expect

from fingercount.live.broadcast import http_counts
from fingercount.live.watch import Commit, Hand
from tests.e2e.conftest import FLAGS, find_chromium, missing
from tests.e2e.walk import PATIENCE, expect_to_fit

pytestmark = pytest.mark.e2e
THREE, FIVE = Hand(3, "three", 0.9), Hand(5, "five", 0.8)
NOBODY, UNSURE = Hand(None, "none", 0.9), Hand(None, "not sure", 0.4)
SHOWN = {
    "3 + 5 = 8": Commit(0, 8, "three + five", 0.8, (THREE, FIVE)),
    "5": Commit(1, 5, "five", 0.8, (NOBODY, FIVE)),
    "3 + not sure": Commit(2, None, "three + not sure", 0.4, (THREE, UNSURE)),
    "no hand": Commit(3, None, "none", 0.9, (NOBODY, NOBODY)),
    "3": Commit(4, 3, "three", 0.9),
    "not sure": Commit(5, None, "not sure", 0.4),
}


def test_it_shows_what_is_told(playwright, free_port):
    path = find_chromium(playwright)
    if path is None:
        missing("no Chromium here: install it, or set CHROMIUM to where it is")
    with http_counts(free_port) as tell:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 420, "height": 300})
        page.goto(f"http://localhost:{free_port}/")
        for words, commit in SHOWN.items():
            tell(commit)
            expect(page.locator("body")).to_have_text(words, timeout=PATIENCE)
            expect_to_fit(page)
        browser.close()


@pytest.fixture
def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
