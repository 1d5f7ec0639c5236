"""The files of docs/sharing.md fit together; what is here of Caddy and coturn is started with them.

No container is started. In a browser: tests/e2e/test_sharing.py.
"""

import asyncio
import base64
import http.server
import json
import re
import threading
import urllib.error
import urllib.request

import pytest
import yaml
from streamlit import config

from fingercount.cli.app import streamlit_arguments
from fingercount.cli.main import parser
from tests import sharing
from tests.sharing import FILES, PASSWORDS, SERVICES, TEXT, TURN_PASSWORD, environment

turn = pytest.importorskip("aioice.turn", reason="aioice comes with the app")


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
    assert f"reverse_proxy app:{port} {{\n" in caddy
    assert caddy.count("handle") == 0, "one site: no path is left out of the password"


def test_the_app_is_started_with_options_that_it_has():
    start = re.search(r"^CMD (\[.*?\])$", FILES["dockerfile"].replace("\\\n", ""), re.M | re.S)
    program, *words = json.loads(start[1])
    given = parser().parse_args(words)
    assert program == "fingercount" and given.command == "app" and given.no_token
    assert SERVICES["app"]["expose"] == [str(given.port)]
    names = [w[2:] for w in streamlit_arguments(given.port, given.streamlit) if w[:2] == "--"]
    assert names and set(names) <= set(config.get_config_options())
    assert given.streamlit[:2] == ["--server.address", "0.0.0.0"]
    assert f"header_up {given.behind_proxy} {{http.auth.user.id}}" in FILES["caddyfile"]


def test_the_pages_read_what_they_are_given():
    variables = environment("app")
    filled = re.sub(r"\$\{\w+\}", "filled-in", variables["FINGERCOUNT_ICE_SERVERS"])
    (server,) = json.loads(filled)
    relay = SERVICES["coturn"]["command"]
    port = server["urls"].rpartition(":")[2]
    assert f"--listening-port={port}" in relay
    assert any(word.startswith(f"--user={server['username']}:") for word in relay)
    known = {option.env_var for option in config.get_config_options().values()}
    assert {name for name in variables if name.startswith("STREAMLIT")} <= known


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self):
        told = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The address of Caddy, in front of a server that tells what it is sent."""
    sharing.program("caddy")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("caddy")
    started, address = sharing.start_caddy(folder, f"127.0.0.1:{server.server_port}")
    with started:
        yield address
    server.shutdown()
    server.server_close()


def ask(address: str, name: str, password: str, **headers: str) -> list[list[str]]:
    login = base64.b64encode(f"{name}:{password}".encode()).decode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        address, headers={"Authorization": f"Basic {login}", **headers}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def test_caddy_says_who_logged_in_whatever_the_browser_says(proxy):
    for name, password in PASSWORDS.items():
        told = ask(proxy, name, password, X_Forwarded_User="principal", Authorized="no")
        assert [value for key, value in told if key == "x-forwarded-user"] == [name]
        assert not any(key == "authorization" for key, _ in told), "passwords end at the proxy"
        assert ["host", proxy.partition("://")[2]] in told


@pytest.mark.parametrize("password", ["", "wrong", PASSWORDS["teacher"]])
def test_caddy_lets_in_nobody_else(proxy, password):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(proxy, "class", password)
    assert refused.value.code == 401


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """Where coturn listens."""
    started, port = sharing.start_turn(tmp_path_factory.mktemp("turn"))
    with started:
        yield "127.0.0.1", port


@pytest.fixture(scope="module")
def relay_here(tmp_path_factory):
    """Where a coturn listens that also serves peers on this machine, as both are in a test."""
    folder = tmp_path_factory.mktemp("turn")
    started, port = sharing.start_turn(folder, "--allow-loopback-peers")
    with started:
        yield "127.0.0.1", port


class Kept(asyncio.DatagramProtocol):
    """Remembers what comes."""

    def __init__(self):
        self.came = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.came.put_nowait(data)


async def allocated(relay, password=TURN_PASSWORD, **options):
    return await turn.create_turn_endpoint(Kept, relay, "hands", password, **options)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_relay_carries_datagrams_between_two_who_know_its_password(relay_here, transport):
    async def talk():
        one, _ = await allocated(relay_here, transport=transport)
        two, heard = await allocated(relay_here)
        places = [end.get_extra_info("sockname") for end in (one, two)]
        for _ in range(20):  # until both have allowed each other
            two.sendto(b"hello", places[0])
            one.sendto(b"video", places[1])
            await asyncio.sleep(0.1)
        said = heard.came.get_nowait()
        one.close(), two.close()
        return said, places

    said, places = asyncio.run(talk())
    ports = dict(re.findall(r"--(min|max)-port=(\d+)", " ".join(SERVICES["coturn"]["command"])))
    assert said == b"video"
    assert all(int(ports["min"]) <= port <= int(ports["max"]) for _, port in places)


def test_the_relay_is_nobodys_without_the_password(relay):
    with pytest.raises(Exception, match="401"):
        asyncio.run(allocated(relay, "wrong"))


@pytest.mark.parametrize(
    "peer", ["10.1.2.3", "192.168.1.1", "169.254.169.254", "127.0.0.1", "224.0.0.1"]
)
def test_the_relay_leads_to_no_machine_of_the_house(relay, peer):
    async def bind():
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(relay, "hands", TURN_PASSWORD, 600, 500),
            remote_addr=relay,
        )
        await protocol.connect()
        try:
            await protocol.channel_bind(0x4000, ("172.17.0.2", 50000))  # the app's container
            await protocol.channel_bind(0x4001, (peer, 9))
        finally:
            await protocol.delete()

    with pytest.raises(Exception, match="403"):
        asyncio.run(bind())


def test_nobody_comes_around_the_proxy_through_the_relay(relay, monkeypatch):
    """The relay may reach the app's container: by TCP it would reach the app's pages, too."""
    monkeypatch.setattr(turn, "UDP_TRANSPORT", turn.TCP_TRANSPORT)
    with pytest.raises(Exception, match=r"442|403"):
        asyncio.run(allocated(relay, transport="tcp"))
