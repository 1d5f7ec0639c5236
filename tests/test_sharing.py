"""The files of docs/sharing.md fit together, and start what there is. No container is started."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from streamlit import config

from fingercount.cli.app import streamlit_arguments
from fingercount.cli.main import parser
from fingercount.paths import REPO

TEXT = (REPO / "docs" / "sharing.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```(yaml|caddyfile|dockerfile)\n(.*?)^```$", TEXT, re.M | re.S))
SERVICES = yaml.safe_load(FILES["yaml"])["services"]


def environment(service: str) -> dict[str, str]:
    return SERVICES[service].get("environment", {})


def test_only_the_proxy_and_the_relay_can_be_reached():
    assert SERVICES["caddy"]["ports"] == ["80:80", "443:443"]
    assert "ports" not in SERVICES["app"] and "network_mode" not in SERVICES["app"]
    assert [name for name in SERVICES if "network_mode" in SERVICES[name]] == ["coturn"]


def test_each_variable_has_its_line():
    used = set(re.findall(r"\$\{(\w+)", FILES["yaml"]))
    lines = re.search(r"^```\n(SITE=.*?)^```$", TEXT, re.M | re.S)
    assert lines and {line.partition("=")[0] for line in lines[1].splitlines()} == used
    inside = set(re.findall(r"\{\$(\w+)\}", FILES["caddyfile"]))
    assert inside == set(environment("caddy"))


def test_each_volume_is_declared():
    declared = set(yaml.safe_load(FILES["yaml"])["volumes"])
    named = {v.partition(":")[0] for s in SERVICES.values() for v in s.get("volumes", ())}
    assert {name for name in named if not name.startswith(".")} == declared


def test_the_proxy_asks_for_a_password_and_turns_to_the_app():
    caddy = FILES["caddyfile"]
    assert caddy.count("{") == caddy.count("}") and "basic_auth {" in caddy
    (port,) = SERVICES["app"]["expose"]
    assert f"reverse_proxy app:{port}\n" in caddy
    assert caddy.count("handle") == 0, "one site: no path is left out of the password"


def test_caddy_reads_its_file(tmp_path):
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("no caddy here")
    (tmp_path / "Caddyfile").write_text(FILES["caddyfile"], encoding="utf-8")
    words = [program, "validate", "--config", str(tmp_path / "Caddyfile")]
    hashed = subprocess.run(
        [program, "hash-password", "--plaintext", "test"], check=True, capture_output=True
    ).stdout.decode()
    own = {"SITE": "hands.home", "PASSWORD_HASH": hashed.strip(), "HOME": str(tmp_path)}
    subprocess.run(words, env=own, check=True, capture_output=True)


def test_the_app_is_started_with_options_that_it_has():
    start = re.search(r"^CMD (\[.*?\])$", FILES["dockerfile"].replace("\\\n", ""), re.M | re.S)
    program, *words = json.loads(start[1])
    given = parser().parse_args(words)
    assert program == "fingercount" and given.command == "app" and given.no_token
    assert SERVICES["app"]["expose"] == [str(given.port)]
    names = [w[2:] for w in streamlit_arguments(given.port, given.streamlit) if w[:2] == "--"]
    assert names and set(names) <= set(config.get_config_options())
    assert given.streamlit[:2] == ["--server.address", "0.0.0.0"]


def test_the_pages_read_what_they_are_given():
    variables = environment("app")
    filled = re.sub(r"\$\{\w+\}", "filled-in", variables["FINGERCOUNT_ICE_SERVERS"])
    (server,) = json.loads(filled)
    turn = SERVICES["coturn"]["command"]
    port = server["urls"].rpartition(":")[2]
    assert f"--listening-port={port}" in turn
    assert any(word.startswith(f"--user={server['username']}:") for word in turn)
    known = {option.env_var for option in config.get_config_options().values()}
    assert {name for name in variables if name.startswith("STREAMLIT")} <= known
