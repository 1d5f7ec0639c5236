"""A page that `export --web` wrote, asked in a real browser that shows nothing.

    with asked_page(Path("page"), classes) as ways:
        ways["web"](rgb)             # probabilities, as Model.predict gives them

The page is served on this machine alone, with the headers that let it use several threads.
"""

import base64
import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.imaging.types import RGB, Probabilities
from fingercount.json_files import read_json
from fingercount.web.page import ABOUT, GPU_FILES, ORT_FILES, stored

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120_000  # milliseconds for the page to load its model
FLAGS = ("--no-sandbox", "--disable-gpu")
# Chromium has its own WebGPU in software where there is no graphics card.
GPU_FLAGS = ("--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan")
_LOAD = """async ({ address, backend }) => {
  const { Counter } = await import(`${address}fingercount.js`);
  window.counter = await Counter.load(`${address}model/`, { backend });
  return window.counter.network.why ?? "";
}"""
_ASK = """async ({ data, height, width }) => {
  const rgb = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const said = await window.counter.predict({ rgb, height, width });
  return window.counter.classes.map((label) => said.probabilities[label]);
}"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves files with what browsers ask for before threads may share memory, and says nothing."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".webmanifest": "application/manifest+json",
    }

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def asked_page(
    folder: Path, classes: Sequence[str], webgpu: bool = False
) -> Iterator[dict[str, Callable[[RGB], Probabilities]]]:
    """Open a page in a browser; yield {"web": what asks it}: uint8 RGB [H, W, 3] -> float64 [C].

    Args:
        folder: what `export --web` wrote, with onnxruntime-web's files.
        classes: those that its model must have, in this order.
        webgpu: whether to yield "webgpu" beside it, the same page by WebGPU.

    Raises:
        FingercountError: where it is no such page, it has no onnxruntime-web, no browser is here,
            or its WebGPU does not work.
    """
    _check(folder, classes, ORT_FILES + GPU_FILES if webgpu else ORT_FILES)
    backends = {"web": "wasm", **({"webgpu": "webgpu"} if webgpu else {})}
    with advised():
        from playwright.sync_api import Error, sync_playwright
    with served(folder) as address, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=find_browser(playwright.chromium.executable_path),
                args=GPU_FLAGS if webgpu else FLAGS,
            )
            pages = {}
            for name, backend in backends.items():
                pages[name] = page = browser.new_page()
                page.set_default_timeout(PATIENCE)
                page.goto(f"{address}model/model.json")  # of this origin, but not the page at work
                why_not = page.evaluate(_LOAD, {"address": address, "backend": backend})
                if why_not:
                    raise FingercountError(f"The page in {folder} does not use WebGPU: {why_not}")
        except Error as error:
            reason = str(error).splitlines()[0]
            raise FingercountError(f"The page in {folder} does not load: {reason}") from error

        def ask(name: str, photo: RGB) -> Probabilities:
            height, width = photo.shape[:2]
            data = base64.b64encode(np.ascontiguousarray(photo).tobytes()).decode()
            row = pages[name].evaluate(_ASK, {"data": data, "height": height, "width": width})
            return np.asarray(row)

        try:
            yield {name: partial(ask, name) for name in pages}
        finally:
            browser.close()


def find_browser(own: str) -> str:
    """Return a Chromium to start: $CHROMIUM, the system's, or Playwright's own.

    Raises:
        FingercountError: where there is none.
    """
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, BROWSERS), own]
    found = next((path for path in candidates if path and Path(path).exists()), None)
    if found is None:
        raise FingercountError(
            "There is no Chromium here to ask the page in; install Chromium or Chrome, or set "
            "CHROMIUM to where it is."
        )
    return found


def _check(folder: Path, classes: Sequence[str], needed: Sequence[str]) -> None:
    if not (folder / ABOUT).is_file():
        raise FingercountError(f"{folder} is not an exported page; write one with export --web.")
    try:
        said = read_json(folder / ABOUT)["classes"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FingercountError(
            f"{folder / ABOUT} cannot be read; write the page again with export --web."
        ) from error
    if said != list(classes):
        raise FingercountError(
            f"{folder} is of a model with other classes ({', '.join(map(str, said))}); write one "
            "of this model with export --web."
        )
    if not all((folder / "ort" / stored(name)).is_file() for name in needed):
        raise FingercountError(
            f"{folder} has no onnxruntime-web yet: run npm install in it, or write it again with "
            "export --web and --ort."
        )
