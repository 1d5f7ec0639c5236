"""The files of docs/sharing.md, and what they start: Caddy and coturn on this machine alone."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from fingercount.paths import REPO

TEXT = (REPO / "docs" / "sharing.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```(yaml|caddyfile|dockerfile)\n(.*?)^```$", TEXT, re.M | re.S))
SERVICES = yaml.safe_load(FILES["yaml"])["services"]
PASSWORDS = {"teacher": "chalk", "class": "sponge"}
TURN_PASSWORD = "relay"


def environment(service: str) -> dict[str, str]:
    """Return the variables of a service."""
    return SERVICES[service].get("environment", {})


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def program(name: str) -> str:
    """Return where a program is; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here: on Debian, apt-get install caddy coturn")
    return found


def caddy_version(caddy: str) -> tuple[int, ...]:
    """Return the numbers of a Caddy's version: (2, 6, 2)."""
    told = subprocess.run([caddy, "version"], check=True, capture_output=True, text=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)\.(\d+)", told).groups()))


def caddyfile(app: str, older: bool, https: bool) -> str:
    """Return the page's Caddyfile, for this machine alone.

    Args:
        app: where the app listens, in place of app:8501; several, with spaces between, as the page
            says for several processes.
        older: whether Caddy is one that calls the directive basicauth.
        https: whether Caddy makes a certificate of its own, as the page says for a house.
    """
    text = FILES["caddyfile"]
    assert text.count("app:8501") == 1 and text.count("basic_auth {") == 1
    text = text.replace("app:8501", app)
    if older:
        text = text.replace("basic_auth {", "basicauth {")
    if https:
        text = text.replace("{$SITE} {\n", "{$SITE} {\n\ttls internal\n", 1)
    if " " in app:
        (line,) = re.findall(r"^    (lb_policy .+)$", TEXT, re.M)
        # A test sees which one answered.
        which = "header_down X-Answered-By {http.reverse_proxy.upstream.hostport}"
        text = text.replace("\t\theader_up X-", f"\t\t{line}\n\t\t{which}\n\t\theader_up X-", 1)
    # Nothing of the system's is changed, and no other port opened.
    return "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n" + text


class Started:
    """A program that runs until the block ends."""

    def __init__(self, words: list[str], log: Path, **variables: str):
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                words, env={**os.environ, **variables}, stdout=file, stderr=file, cwd=log.parent
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_for(self, port: int) -> None:
        """Wait until the program listens."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"It does not listen:\n{self.log.read_text()}")


def start_caddy(folder: Path, app: str, https: bool = False) -> tuple[Started, str]:
    """Start Caddy in front of an app; return it and its address."""
    caddy, port = program("caddy"), free_port()
    older = caddy_version(caddy) < (2, 8)
    (folder / "Caddyfile").write_text(caddyfile(app, older, https), encoding="utf-8")
    site = f"{'https' if https else 'http'}://localhost:{port}"
    hashed = {
        f"{name.upper()}_HASH": subprocess.run(
            [caddy, "hash-password", "--plaintext", password],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for name, password in PASSWORDS.items()
    }
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    words = [caddy, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    started = Started(words, folder / "caddy.log", SITE=site, **hashed, **homes)
    started.wait_for(port)
    return started, site


def start_turn(folder: Path, *more: str) -> tuple[Started, int]:
    """Start coturn as the compose file does, on a port of its own; return it and the port.

    Args:
        more: further options.
    """
    turn, port = program("turnserver"), free_port()
    words = [
        re.sub(r"\$\{TURN_PASSWORD[^}]*\}", TURN_PASSWORD, word).replace("${SITE}", "localhost")
        for word in SERVICES["coturn"]["command"]
        if not word.startswith("--listening-port=")
    ]
    assert not any("${" in word for word in words)
    own = ["-n", f"--listening-port={port}", f"--pidfile={folder / 'pid'}", "--log-file=stdout"]
    own.append(f"--userdb={folder / 'turndb'}")
    started = Started([turn, *own, *words, *more], folder / "turn.log")
    started.wait_for(port)
    return started, port
