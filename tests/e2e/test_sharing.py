"""A class room as docs/sharing.md sets it up: a browser, Caddy, the app and coturn on one machine.

What differs from the page: no containers, names of this machine, ports of their own, and a
certificate that Caddy makes itself. The browser sends its video through the relay alone.
"""

import json
import re
import sys

import pytest
from playwright.sync_api import expect

from fingercount.data.dataset import Dataset
from fingercount.paths import REPO
from tests import sharing
from tests.conftest import SESSIONS, draw
from tests.e2e.clips import write_clip
from tests.e2e.conftest import App
from tests.e2e.walk import (
    PATIENCE,
    answer,
    delete_photo,
    heading,
    start_camera,
    turn_to,
    wait_for_both_speeds,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("sharing")]
ONLY_THE_RELAY = """
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = function (setup, ...more) {
  window.setup = setup;
  return (window.connection = new Real({...setup, iceTransportPolicy: "relay"}, ...more));
};
window.RTCPeerConnection.prototype = Real.prototype;
Object.assign(window.RTCPeerConnection, Real);
"""
ASK = """async (headers) => (await fetch("/_stcore/host-config", {headers})).status"""


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turn")
    started, port = sharing.start_turn(folder, "--allow-loopback-peers")
    with started:
        yield f"turn:127.0.0.1:{port}"


@pytest.fixture(scope="module")
def app(tmp_path_factory, relay):
    folder = tmp_path_factory.mktemp("app")
    start = re.search(r"^CMD (\[.*?\])$", sharing.FILES["dockerfile"].replace("\\\n", ""), re.M)
    words = json.loads(start[1])
    options = words[1 : words.index("--") + 1]  # what follows opens the app to the network
    del options[options.index("--port") : options.index("--port") + 2]
    written = sharing.environment("app")
    servers = json.loads(written["FINGERCOUNT_ICE_SERVERS"])
    servers[0] |= {"urls": relay, "credential": sharing.TURN_PASSWORD}
    own = {
        "FINGERCOUNT_DATA": str(folder / "data"),
        "FINGERCOUNT_MODELS": str(folder / "models"),
        "FINGERCOUNT_ICE_SERVERS": json.dumps(servers),
        "FINGERCOUNT_EDITORS": "teacher",
        "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost",
    }
    assert own.keys() == written.keys()
    running = App(folder, [sys.executable, "-m", "fingercount", *options], REPO, own)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def site(app, tmp_path_factory):
    folder = tmp_path_factory.mktemp("caddy")
    started, address = sharing.start_caddy(folder, app.url.partition("://")[2], https=True)
    with started:
        yield address


@pytest.fixture
def mine(app):
    dataset = Dataset.create(app.data / "hands")
    for i in range(4):
        dataset.add(draw("two", i, size=64), ("one", "two")[i % 2], SESSIONS[0])
    return dataset


def enter(browser, site, name):
    login = {"username": name, "password": sharing.PASSWORDS[name]}
    context = browser.new_context(
        ignore_https_errors=True, http_credentials=login, viewport={"width": 1280, "height": 1000}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(ONLY_THE_RELAY)
    page.goto(site)
    expect(heading(page, "fingercount")).to_be_visible(timeout=PATIENCE)
    return page


def test_a_teacher_changes_photos_by_name_and_the_class_counts(
    app, backbone, site, mine, open_browser, tmp_path
):
    browser = open_browser(write_clip(tmp_path / "hands.mjpeg", ["two"]))
    refused = browser.new_context(ignore_https_errors=True).request.get(site)
    assert refused.status == 401 and "fingercount" not in refused.text()

    page = enter(browser, site, "teacher")
    turn_to(page, "Collect")
    delete_photo(page, "0001")
    (edit,) = mine.edits()
    assert (edit.action, edit.by) == ("delete", "teacher")

    page = enter(browser, site, "class")
    expect(page.get_by_text("You may look and use Live")).to_be_visible()
    assert page.get_by_role("link", name="Collect", exact=True).count() == 0
    for said in ({}, {"X-Forwarded-User": "teacher", "X-Fingercount-Role": "editor"}):
        assert page.evaluate(ASK, said) == 200
    turn_to(page, "Live")
    start_camera(page, "Snapshot")
    wait_for_both_speeds(page)
    expect(answer(page)).to_have_text("2", timeout=PATIENCE)
    frame = next(frame for frame in page.frames if frame.locator("video").count())
    assert frame.evaluate(PAIR) == {"local": "relay"}


PAIR = """async () => {
  const stats = [...(await window.connection.getStats()).values()];
  const pair = stats.find((s) => s.type === "candidate-pair" && s.nominated && s.bytesSent > 0);
  return {local: stats.find((s) => s.id === pair.localCandidateId).candidateType};
}"""


def test_other_pages_are_refused_behind_the_proxy_too(app, site, open_browser):
    page = enter(open_browser(None), site, "teacher")
    for origin, status in ((site, 200), ("https://evil.example", 403)):
        told = page.request.get(f"{site}/_stcore/host-config", headers={"Origin": origin})
        assert told.status == status


def test_nobody_comes_around_the_proxy_without_a_name(app):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(app.url, timeout=10)
    assert refused.value.code == 403 and b"--behind-proxy" in refused.value.read()
