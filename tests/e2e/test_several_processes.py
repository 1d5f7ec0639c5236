"""Two processes of the app behind one Caddy, on one folder of photos, as docs/sharing.md says."""

import sys

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from fingercount.paths import REPO
from tests import sharing
from tests.conftest import SESSIONS, draw
from tests.e2e.conftest import App
from tests.e2e.walk import PATIENCE, delete_photo, heading, turn_to

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("sharing")]
COMMAND = ("app", "--no-token", "--behind-proxy", "X-Forwarded-User", "--")


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    sharing.program("caddy")
    folder = tmp_path_factory.mktemp("both")
    own = {"FINGERCOUNT_DATA": str(folder / "data"), "FINGERCOUNT_MODELS": str(folder / "models")}
    running = []
    try:
        for name in ("one", "two"):
            (folder / name).mkdir()
            app = App(folder / name, [sys.executable, "-m", "fingercount", *COMMAND], REPO, own)
            app.data = folder / "data"
            running.append(app)
        yield running
    finally:
        for app in running:
            app.stop()


@pytest.fixture(scope="module")
def app(apps):
    return apps[0]


@pytest.fixture(scope="module")
def site(apps, tmp_path_factory):
    both = " ".join(app.url.partition("://")[2] for app in apps)
    started, address = sharing.start_caddy(tmp_path_factory.mktemp("caddy"), both, https=True)
    with started:
        yield address


class Visitor:
    """A browser of its own, and which process has answered it."""

    def __init__(self, browser, site):
        login = {"username": "teacher", "password": sharing.PASSWORDS["teacher"]}
        context = browser.new_context(
            ignore_https_errors=True,
            http_credentials=login,
            viewport={"width": 1280, "height": 1000},
        )
        self.answered: set[str] = set()
        self.broken: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("response", self._note)
        self.page.goto(site)
        expect(heading(self.page, "fingercount")).to_be_visible(timeout=PATIENCE)

    def _note(self, response) -> None:
        if by := response.headers.get("x-answered-by"):
            self.answered.add(by)
        if response.status >= 400 and response.status != 401:
            self.broken.append(f"{response.status} {response.url}")

    def delete(self, number: str) -> None:
        turn_to(self.page, "Collect")
        photos = self.page.locator(".st-key-collect_gallery img")
        expect(photos.first).to_be_visible(timeout=PATIENCE)
        delete_photo(self.page, number)


def test_each_visitor_stays_with_one_process_and_both_change_the_same_photos(
    app, site, open_browser
):
    dataset = Dataset.create(app.data / "hands")
    for i in range(6):
        dataset.add(draw("two", i, size=64), "two", SESSIONS[0])
    browser = open_browser(None)
    visitors = [Visitor(browser, site)]
    while len(visitors) < 8 and len(set.union(*(v.answered for v in visitors))) < 2:
        visitors.append(Visitor(browser, site))
    first, other = visitors[0], visitors[-1]
    assert first.answered != other.answered, "the proxy shares them out"
    first.delete("0001")
    other.delete("0002")
    assert [len(visitor.answered) for visitor in visitors] == [1] * len(visitors)
    assert not first.broken + other.broken
    assert [edit.by for edit in dataset.edits()] == ["teacher", "teacher"]
    assert len(dataset.photos()) == 4
    first.page.reload()
    expect(first.page.locator(".st-key-collect_gallery img")).to_have_count(4, timeout=PATIENCE)
