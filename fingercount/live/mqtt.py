"""Committed counts for whoever listens to an MQTT broker.

with mqtt_counts("mqtt://localhost/room/hands") as tell:
    for commit in commits(model, frames, Square()):
        tell(commit)
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.live.broadcast import Tell
from fingercount.live.watch import Commit

CONNECT_WITHIN = 10.0  # seconds to a broker
TOPIC = "fingercount"


@contextlib.contextmanager
def mqtt_counts(url: str) -> Iterator[Tell]:
    """Publish counts through a broker, which keeps the last; yield what tells it.

    Args:
        url: mqtt://[name:password@]host[:port][/topic], or mqtts:// for an encrypted connection.

    Raises:
        FingercountError: where that is no such address, or the broker does not take us.
    """
    parts, wrong = urlsplit(url), f"{url!r} is not mqtt://host[:port][/topic]."
    try:
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    except ValueError as error:
        raise FingercountError(wrong) from error
    topic = parts.path.strip("/") or TOPIC
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or "#" in url or "+" in topic:
        raise FingercountError(wrong)
    with advised():
        from paho.mqtt import client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()
    taken = threading.Event()
    refused: list[str] = []

    def connected(
        _client: object, _data: object, _flags: object, reason: object, _: object
    ) -> None:
        if getattr(reason, "is_failure", False):
            refused.append(str(reason))
        taken.set()

    client.on_connect = connected
    try:
        client.connect(parts.hostname, port)
    except OSError as error:
        raise FingercountError(
            f"The broker at {parts.hostname}:{port} cannot be reached "
            f"({error.strerror or error}); is it running?"
        ) from error
    client.loop_start()
    last: mqtt.MQTTMessageInfo | None = None
    try:
        if not taken.wait(CONNECT_WITHIN) or refused:
            reason = refused[0] if refused else "no answer"
            raise FingercountError(
                f"The broker at {parts.hostname}:{port} does not take us: {reason}."
            )

        def tell(commit: Commit) -> None:
            nonlocal last
            line = json.dumps(commit.to_json(), ensure_ascii=False)
            last = client.publish(topic, line, qos=1, retain=True)

        yield tell
        if last:
            last.wait_for_publish(CONNECT_WITHIN)
    finally:
        client.disconnect()
        client.loop_stop()
