"""Committed counts for other programs, over http."""

import http.client
import json
import socket
import threading
import time

import pytest

from fingercount.errors import FingercountError
from fingercount.live.broadcast import http_counts
from fingercount.live.watch import Commit

TWO, NONE = Commit(1.23456, 2, "two", 0.91), Commit(2.0, None, "none", 0.8)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"localhost:{port}", **headers})
    return connection.getresponse()


def events(port, n, told: list):
    """Read n events of a stream into a list."""
    answer = get(port, "/counts")
    assert answer.headers["Content-Type"] == "text/event-stream"
    while len(told) < n and (line := answer.readline()):
        if line.startswith(b"data: "):
            told.append(json.loads(line[6:]))


def wait_until(true):
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_every_listener_hears_every_count_and_the_last_one_before():
    port = free_port()
    heard = [[], [], []]
    with http_counts(port) as tell:
        assert json.loads(get(port, "/count").read()) is None
        tell(TWO)
        threads = [threading.Thread(target=events, args=(port, 2, told)) for told in heard]
        for thread in threads:
            thread.start()
        wait_until(lambda: all(heard))
        tell(NONE)
        for thread in threads:
            thread.join(20)
        assert json.loads(get(port, "/count").read()) == NONE.to_json()
    assert heard == [[TWO.to_json(), NONE.to_json()]] * 3


def test_a_listener_that_goes_does_not_disturb_and_the_end_is_told():
    port, told = free_port(), []
    with http_counts(port) as tell:
        gone = get(port, "/counts")
        gone.close()
        reader = threading.Thread(target=events, args=(port, 99, told))
        reader.start()
        for _ in range(3):
            tell(TWO)
        wait_until(lambda: told)
    reader.join(20)
    assert not reader.is_alive(), "the stream ends with the watching"


def test_only_pages_of_this_machine_may_read():
    port = free_port()
    with http_counts(port) as tell:
        tell(TWO)
        allow = "Access-Control-Allow-Origin"
        for origin in ("http://localhost:3000", "http://127.0.0.1:5500", "null"):
            assert get(port, "/count", Origin=origin).headers[allow] == origin
        assert get(port, "/count", Origin="https://example.org").headers[allow] is None
        assert get(port, "/count", Host=f"example.org:{port}").status == 403
        assert get(port, "/other").status == 404
        page = get(port, "/")
        assert page.status == 200 and b"EventSource" in page.read()


def test_a_port_that_is_taken_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        for port in (taken, 70_000):
            with pytest.raises(FingercountError, match="cannot be had"), http_counts(port):
                pass
