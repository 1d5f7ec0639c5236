"""The real app in a process of its own, and a real Chromium with a fake camera."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import torch
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.storage import compact, write_model
from fingercount.web.browser import find_browser

REPO = Path(__file__).resolve().parents[2]
STREAMLIT = (sys.executable, "-m", "streamlit", "run", str(REPO / "dashboard" / "Home.py"))
FAILED = pytest.StashKey[bool]()
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("FINGERCOUNT_REQUIRE_BROWSER") == "1"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]


def missing(reason: str):
    """Skip, or fail where a browser is required."""
    (pytest.fail if REQUIRED else pytest.skip)(reason)


def find_chromium(playwright) -> str | None:
    """Return a browser to drive, None where there is none."""
    try:
        return find_browser(playwright.chromium.executable_path)
    except FingercountError:
        return None


def has_network_interface() -> bool:
    """Return whether there is an interface other than loopback, which WebRTC leaves out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return False
        return not probe.getsockname()[0].startswith("127.")


class App:
    """The app, running with folders of its own.

    Args:
        folder: where its log and, unless the environment says otherwise, its folders are.
        command: what starts it, before Streamlit's options.
        cwd: the folder it is started in.
        environment: what is different from here.
    """

    def __init__(self, folder: Path, command=STREAMLIT, cwd: Path = REPO, environment=None):
        self.data, self.models = folder / "data", folder / "models"
        self.log = folder / "app.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://localhost:{port}"
        own = {"FINGERCOUNT_DATA": str(self.data), "FINGERCOUNT_MODELS": str(self.models)}
        options = [f"--server.port={port}", "--server.headless=true", "--logger.level=warning"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=cwd,
                env={**os.environ, "FINGERCOUNT_ICE_SERVERS": "", **(environment or own)},
                stdout=log,
                stderr=log,
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"The app did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    (folder / "data").mkdir()
    (folder / "models").mkdir()
    running = App(folder)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def backbone(app):
    """Put the model that ships where the app looks, or an untrained one where there is none."""
    shipped = REPO / "models" / "hands"
    if (shipped / "card.json").exists():
        shutil.copytree(shipped, app.models / "hands")
        return
    torch.manual_seed(0)
    card = {
        "classes": ["zero", "one", "two", "three", "four", "five", "none"],
        "kind": "full",
        "preprocess": Preprocess().to_json(),
    }
    network = resnet18(num_classes=len(card["classes"]))
    write_model(app.models / "hands", compact(network.state_dict()), card)


@pytest.fixture(scope="module")
def playwright():
    # Not for the whole run: Playwright waits on a stack of its own inside this thread, and coming
    # back to it after all other tests ended in a segmentation fault.
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def open_browser(playwright, request, tmp_path, app):
    """Return a function that starts a Chromium whose camera plays a clip."""
    path = find_chromium(playwright)
    if path is None:
        missing("no Chromium here: install it, or set CHROMIUM to where it is")
    opened = []

    def open_one(clip: Path | None, *flags: str, allow: bool = True):
        options = [*FLAGS, *flags]
        if allow:
            options.append("--use-fake-ui-for-media-stream")
        if clip:
            options.append(f"--use-file-for-fake-video-capture={clip}")
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=options)
        opened.append(browser)
        return browser

    yield open_one
    for n, browser in enumerate(opened):
        pages = [page for context in browser.contexts for page in context.pages]
        for page in pages if FAILED in request.node.stash else []:
            picture = tmp_path / f"browser-{n}.png"
            page.screenshot(path=picture)
            print(f"{page.url}, see {picture}:\n{page.inner_text('body')}")
        browser.close()
    if FAILED in request.node.stash:
        print(f"The app's log:\n{app.log.read_text()[-4000:]}")


@pytest.fixture
def needs_webrtc():
    if not has_network_interface():
        missing("only a loopback interface here, over which WebRTC does not connect")


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory):
    """A page of the model that ships, with onnxruntime-web where $FINGERCOUNT_ORT has it."""
    if not (REPO / "models" / "hands" / "card.json").is_file():
        pytest.skip("models/hands is not here")
    from fingercount.web.page import export_web

    folder = tmp_path_factory.mktemp("web")
    export_web(REPO / "models" / "hands", folder / "page", ort=os.environ.get("FINGERCOUNT_ORT"))
    return folder / "page"


@pytest.fixture
def with_ort(page_folder):
    from fingercount.web.page import ORT

    if not (page_folder / "ort").is_dir():
        pytest.skip(f"npm install onnxruntime-web@{ORT}, and say where in FINGERCOUNT_ORT")
    return page_folder
