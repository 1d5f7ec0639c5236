"""The pages without a browser: Streamlit's AppTest, with folders of their own."""

import functools
import sys
import threading
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from fingercount.imaging.preprocess import Preprocess
from fingercount.models.storage import write_model
from tests.conftest import random_weights

SMALL = Preprocess(size=32)
DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"


@pytest.fixture(scope="session", autouse=True)
def packages_scanned_once():
    """Half of an AppTest's time goes into reading what all installed packages say of themselves.

    Streamlit looks for components there, each time. Packages do not change while tests run.
    """
    name = "scan_component_manifests"
    with pytest.MonkeyPatch.context() as patch:
        if scan := getattr(manifest_scanner, name, None):  # another version may have none
            patch.setattr(manifest_scanner, name, functools.cache(scan))
        yield


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Empty data and models folders; returns (data, models)."""
    data, models = tmp_path / "data", tmp_path / "models"
    data.mkdir()
    models.mkdir()
    monkeypatch.setenv("FINGERCOUNT_DATA", str(data))
    monkeypatch.setenv("FINGERCOUNT_MODELS", str(models))
    return data, models


@pytest.fixture
def add_model(folders):
    """Return a function that puts an untrained model into the models folder."""

    def add(name: str, classes=("two", "one", "none"), **card) -> Path:
        card = {"classes": list(classes), "kind": "full", "preprocess": SMALL.to_json(), **card}
        return write_model(folders[1] / name, random_weights(len(classes)), card)

    return add


@pytest.fixture
def open_page(folders, monkeypatch):
    """Return a function that opens a page ("collect") as a viewer who has just come."""
    monkeypatch.syspath_prepend(str(DASHBOARD))
    # The camera component looks for a browser's session, which AppTest does not have.
    monkeypatch.setattr("streamlit_webrtc.component.get_this_session_info", lambda: None)

    def open_one(name: str, query: dict | None = None, user=None, **typed) -> AppTest:
        """Open a page at an address; `typed` gives widgets values not among their options.

        Args:
            user: what the server says of whoever looks; nothing if None.
        """
        app = AppTest.from_file(str(DASHBOARD / "Home.py"), default_timeout=60)
        app.user = user or {}
        app.run()
        app.switch_page(f"app_pages/{name}.py")
        for key, value in (query or {}).items():
            app.query_params[key] = value
        for key, value in typed.items():
            app.session_state[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    yield open_one
    # Threads that still compute when Python ends take it down with them.
    for thread in threading.enumerate():
        if thread.name == "background work":
            thread.join(60)
    for module in [m for m in sys.modules if m.partition(".")[0] == "components"]:
        del sys.modules[module]
