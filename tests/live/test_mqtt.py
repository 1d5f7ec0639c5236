"""Committed counts through a real MQTT broker."""

import contextlib
import json
import shutil
import socket
import subprocess

import pytest

from fingercount.errors import FingercountError
from fingercount.live.mqtt import mqtt_counts
from tests.live.test_broadcast import NONE, TWO, free_port, wait_until


@pytest.mark.parametrize(
    "url", ["localhost", "http://localhost", "mqtt://", "mqtt://x:y", "mqtt://x/a/#", ""]
)
def test_what_is_no_broker_is_said(url):
    with pytest.raises(FingercountError, match="is not mqtt"), mqtt_counts(url):
        pass


def test_a_broker_that_is_not_there_is_said():
    pytest.importorskip("paho.mqtt.client")
    with (
        pytest.raises(FingercountError, match="cannot be reached"),
        mqtt_counts(f"mqtt://localhost:{free_port()}"),
    ):
        pass


@contextlib.contextmanager
def broker(folder, *lines):
    path = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin") or (
        shutil.which("mosquitto")
    )
    if path is None:
        pytest.skip("mosquitto is not installed here")
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text("\n".join([f"listener {port} 127.0.0.1", *lines]) + "\n")
    process = subprocess.Popen([path, "-c", config], stdout=subprocess.DEVNULL, stderr=-1)
    try:
        wait_until(lambda: _open(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _open(port) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_counts_reach_a_broker_and_stay_there(tmp_path):
    mqtt = pytest.importorskip("paho.mqtt.client")
    with broker(tmp_path, "allow_anonymous true") as port:
        with mqtt_counts(f"mqtt://localhost:{port}/room/hands") as tell:
            tell(TWO)
            tell(NONE)
        heard = []
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.on_message = lambda _client, _data, message: heard.append(message)
        client.on_connect = lambda *_: client.subscribe("room/#")
        client.connect("localhost", port)
        client.loop_start()
        wait_until(lambda: heard)
        client.loop_stop()
    assert heard[0].topic == "room/hands"
    assert json.loads(heard[0].payload) == NONE.to_json(), "the last is kept for who comes later"


def test_a_broker_that_refuses_is_said(tmp_path):
    pytest.importorskip("paho.mqtt.client")
    with (
        broker(tmp_path, "allow_anonymous false") as port,
        pytest.raises(FingercountError, match="does not take us"),
        mqtt_counts(f"mqtt://localhost:{port}"),
    ):
        pass
