"""Committed counts for programs that listen: over http on this machine, or through an MQTT broker.

    with http_counts(8765) as tell:
        for commit in commits(model, frames, Square()):
            tell(commit)

`/counts` sends each as a server-sent event, `/count` answers with the last one, and `/` is a page
that shows it.
"""

import contextlib
import json
import queue
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.live.watch import Commit

Tell: TypeAlias = Callable[[Commit], None]

HERE = ("localhost", "127.0.0.1", "::1")
BEAT = 15.0  # seconds after which a comment is sent, so that nobody takes silence for the end
WAITING = 1000  # counts for a listener that does not read; the oldest are dropped
CONNECT_WITHIN = 10.0  # seconds to a broker
TOPIC = "fingercount"


@contextlib.contextmanager
def http_counts(port: int) -> Iterator[Tell]:
    """Serve counts on this machine, to any number of listeners; yield what tells them.

    Pages of other machines' sites may not read them: only those that were opened from here.

    Args:
        port: 0 takes a free one.

    Raises:
        FingercountError: where the port cannot be had.
    """
    try:
        server = _Server(("127.0.0.1", port), _Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "it is no port"
        raise FingercountError(
            f"Port {port} cannot be had ({reason}); give another one, such as --http 8765."
        ) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.tell
        finally:
            server.end()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._lock = threading.Lock()
        self._listeners: set[queue.Queue[str | None]] = set()
        self.last: str | None = None

    def tell(self, commit: Commit) -> None:
        line = json.dumps(commit.to_json(), ensure_ascii=False)
        with self._lock:
            self.last = line
            for listener in self._listeners:
                _put(listener, line)

    def end(self) -> None:
        """Let the listeners' threads end."""
        with self._lock:
            for listener in self._listeners:
                _put(listener, None)

    @contextlib.contextmanager
    def listening(self) -> Iterator["queue.Queue[str | None]"]:
        """Yield a queue of what is told from now on, the last count first."""
        listener: queue.Queue[str | None] = queue.Queue(WAITING)
        with self._lock:
            if self.last is not None:
                listener.put_nowait(self.last)
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)


def _put(listener: "queue.Queue[str | None]", line: str | None) -> None:
    with contextlib.suppress(queue.Empty):
        if listener.full():
            listener.get_nowait()
    listener.put_nowait(line)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        # A site that names its own address as this machine's must not listen in.
        if _host(self.headers.get("Host", "")) not in HERE:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        path = urlsplit(self.path).path
        if path == "/":
            page = files("fingercount.live").joinpath("counts.html").read_bytes()
            self._answer(page, "text/html; charset=utf-8")
        elif path == "/count":
            self._answer((self.server.last or "null").encode(), "application/json")
        elif path == "/counts":
            self._stream()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _answer(self, body: bytes, kind: str) -> None:
        self._head(kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _head(self, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        origin = self.headers.get("Origin")
        # "null" is a page that was opened as a file.
        if origin == "null" or (origin and urlsplit(origin).hostname in HERE):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Vary", "Origin")

    def _stream(self) -> None:
        self._head("text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with self.server.listening() as listener, contextlib.suppress(OSError):
            while True:
                try:
                    line = listener.get(timeout=BEAT)
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                    continue
                if line is None:
                    return
                self.wfile.write(f"data: {line}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def _host(named: str) -> str:
    return urlsplit(f"//{named}").hostname or ""


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
