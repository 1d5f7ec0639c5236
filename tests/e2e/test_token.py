"""`fingercount app` opens to the address that it prints, and to no other page."""

import http.server
import sys
import threading

import pytest
from playwright.sync_api import expect

from fingercount.paths import REPO
from tests.e2e.conftest import App
from tests.e2e.walk import PATIENCE, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.xdist_group("token")]
# What a page of another program on this machine may try.
FOREIGN = """<body><iframe src="{url}/train" width="900" height="900"></iframe>
<img src="{url}/favicon.png?not-kept"
  onload="said.push('picture')" onerror="said.push('no picture')">
<script>
  var said = [];
  var socket = new WebSocket("{ws}/_stcore/stream");
  socket.onopen = () => said.push("socket");
  socket.onerror = () => said.push("no socket");
</script></body>"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    own = {name: str(folder / name) for name in ("FINGERCOUNT_DATA", "FINGERCOUNT_MODELS")}
    command = [sys.executable, "-m", "fingercount", "app", "--"]
    running = App(folder, command, REPO, {**own, "FINGERCOUNT_TOKEN": "", "PYTHONUNBUFFERED": "1"})
    yield running
    running.stop()


@pytest.fixture
def foreign(app):
    """The address of another program's page, which tries to use the app."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            ws = app.url.replace("http", "ws")
            self.wfile.write(FOREIGN.replace("{url}", app.url).replace("{ws}", ws).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_printed_address_opens_it_and_only_to_its_own_pages(app, open_browser, foreign):
    (address,) = (line.strip() for line in app.log.read_text().splitlines() if "token=" in line)
    assert address.startswith(f"{app.url}/?token=") and len(address) > len(app.url) + 32
    page = open_browser(None).new_page()
    page.goto(f"{app.url}/train")
    expect(page.get_by_label("Token")).to_be_visible()
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("That is not the token")).to_be_visible()
    page.get_by_label("Token").fill(address.partition("token=")[2])
    page.get_by_role("button", name="Open").click()
    expect(heading(page, "Train")).to_be_visible(timeout=PATIENCE)
    assert "token" not in page.url
    # The browser has the cookie now, and sends it to any page's requests to this machine.
    page.goto(foreign)
    page.wait_for_function("said.length == 2", timeout=PATIENCE)
    assert sorted(page.evaluate("said")) == ["no picture", "no socket"]
    page.wait_for_timeout(2000)
    (frame,) = page.main_frame.child_frames
    assert "fingercount" not in frame.content() and frame.get_by_role("heading").count() == 0
