"""The app, watched on both sides: what it asks for and writes, and what the browser asks for."""

import sys

import pytest
from playwright.sync_api import expect

from fingercount.paths import REPO
from tests.e2e.conftest import App
from tests.e2e.walk import PATIENCE, turn_to
from tests.test_telemetry import stranger
from tests.watching import asked, finished, outside, strace, written

PAGES = ("Collect", "Train", "Evaluate", "Live")
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("nothing_leaves")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module")
def app(folder):
    """The app under strace, started as a person starts it who has no settings of their own."""
    command = [*strace(folder / "calls"), sys.executable, "-m", "streamlit", "run"]
    own = {
        **stranger(folder / "home"),
        "FINGERCOUNT_DATA": str(folder / "data"),
        "FINGERCOUNT_MODELS": str(folder / "models"),
    }
    running = App(folder, [*command, str(REPO / "dashboard" / "Home.py")], folder, own)
    yield running
    running.stop()


@pytest.mark.usefixtures("backbone")
def test_every_page_asks_nobody_and_keeps_nothing(app, open_browser, folder):
    requests = []
    page = open_browser(None).new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("websocket", lambda socket: requests.append(socket.url))
    page.goto(app.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    for name in PAGES:
        turn_to(page, name)
    page.wait_for_timeout(2000)
    own = (app.url, app.url.replace("http", "ws"), "data:", f"blob:{app.url}")
    assert any(url.startswith("ws") for url in requests)
    assert [url for url in requests if not url.startswith(own)] == []
    app.stop()
    calls = finished(folder / "calls")
    assert asked(calls) == []
    assert outside(written(calls), *(folder / name for name in ("data", "models", "temp"))) == []
    assert "/torch/" in calls and "/onnxruntime/" not in calls, "only an export needs it"
