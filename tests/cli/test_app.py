"""Starting the app, and where it keeps things."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from fingercount.cli.app import (
    EDITORS,
    NAME_HEADER,
    TOKEN,
    VIEWER_TOKEN,
    access_settings,
    streamlit_arguments,
)
from fingercount.cli.main import parser
from fingercount.errors import FingercountError
from fingercount.paths import REPO, data_dir, models_dir

HOME = REPO / "dashboard" / "Home.py"


def test_where_tells_ones_own_folders(run):
    code, out, err = run("where", "--json", "-")
    assert code == 0 and f"Photos: {data_dir()}" in err and f"Models: {models_dir()}" in err
    assert json.loads(out) == {
        "data": str(data_dir()),
        "models": str(models_dir()),
        "shipped_data": None,
        "shipped_models": None,
    }


def test_where_tells_what_ships_once_installed(run, installed, tmp_path):
    _, out, err = run("where", "--json", "-")
    assert str(installed / "models") in err
    assert json.loads(out) == {
        "data": str(tmp_path / "home" / "data"),
        "models": str(tmp_path / "home" / "models"),
        "shipped_data": str(installed / "data"),
        "shipped_models": str(installed / "models"),
    }


def test_a_port_and_streamlits_own_options_are_handed_on():
    given = parser().parse_args(["app", "--port", "8600", "--", "--server.headless", "true"])
    assert streamlit_arguments(given.port, given.streamlit) == [
        *("run", str(HOME), "--server.port", "8600", "--server.headless", "true")
    ]
    assert streamlit_arguments(None, []) == ["run", str(HOME)]


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(FingercountError, match=f"no port {port}"):
        streamlit_arguments(port, [])


def test_pages_that_are_not_there_are_told(installed):
    with pytest.raises(FingercountError, match=r"pages are missing \(.*Home\.py\)"):
        streamlit_arguments(None, [])


def settings(*words, **environment):
    return access_settings(parser().parse_args(["app", *words]), environment)


def test_who_gets_in_is_an_editor_with_a_token_unless_it_is_said_otherwise():
    plain, again = settings(), settings()
    assert len(plain[TOKEN]) == 32 and plain[TOKEN] != again[TOKEN]
    assert not any(plain[name] for name in (VIEWER_TOKEN, NAME_HEADER, EDITORS))
    assert settings("--no-token", **{TOKEN: "t"})[TOKEN] == ""
    both = settings("--viewer-link", **{TOKEN: "t"})
    assert both[TOKEN] == "t" and len(both[VIEWER_TOKEN]) == 32
    assert settings("--viewer-link", **{VIEWER_TOKEN: "v"})[VIEWER_TOKEN] == "v"
    assert settings(**{VIEWER_TOKEN: "v"})[VIEWER_TOKEN] == "v"
    behind = settings("--behind-proxy", "X-User", "--editors", "anna,ben")
    assert (behind[NAME_HEADER], behind[EDITORS]) == ("X-User", "anna,ben")
    named = {NAME_HEADER: "X-Name", EDITORS: "eve"}
    assert named.items() <= settings(**named).items()


@pytest.mark.parametrize(
    "words",
    [("--viewer-link", "--no-token"), ("--editors", "anna"),
     ("--behind-proxy", "X-User", "--editors", " ,")],
)  # fmt: skip
def test_options_that_would_make_viewers_editors_are_refused(words):
    with pytest.raises(FingercountError) as refused:
        settings(*words)
    assert "--" in refused.value.terminal


@pytest.mark.parametrize(
    ("started", "name"),
    [
        ("/env/bin/fingercount", "fingercount"),
        ("/fingercount/__main__.py", "python -m fingercount"),
    ],
)
def test_the_help_calls_it_what_was_typed(monkeypatch, started, name):
    monkeypatch.setattr(sys, "argv", [started])
    assert parser().prog == name


def test_the_settings_hold_whatever_folder_it_is_started_in(tmp_path):
    names = ("server.address", "browser.gatherUsageStats", "server.showEmailPrompt")
    names += ("runner.postScriptGC", "client.toolbarMode", "theme.light.primaryColor")
    program = (
        "import json, sys; from streamlit import config; config._main_script_path = sys.argv[1]; "
        "print(json.dumps([config.get_option(name) for name in sys.argv[2:]]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(HOME), *names],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert json.loads(told.stdout) == ["localhost", False, False, False, "minimal", "#0a7a4c"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for another process")
def test_it_starts_from_any_folder_and_ends_with_ctrl_c(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "fingercount", "app", "--port", str(port)]
    path = os.pathsep.join(filter(None, [str(REPO), os.environ.get("PYTHONPATH")]))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--", "--server.headless", "true"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            stdout=log,
            stderr=log,
        )
    try:
        assert _answers(f"http://localhost:{port}/_stcore/health", process)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    said = (tmp_path / "log").read_text()
    assert f"http://localhost:{port}" in said and "Traceback" not in said


def _answers(url: str, process: subprocess.Popen) -> bool:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.2)
    return False
