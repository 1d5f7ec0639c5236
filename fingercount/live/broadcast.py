"""Committed counts for programs and pages on this machine, over http.

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
from urllib.parse import urlsplit

from fingercount.errors import FingercountError
from fingercount.live.watch import Commit

Tell: TypeAlias = Callable[[Commit], None]

HERE = ("localhost", "127.0.0.1", "::1")
BEAT = 15.0  # seconds after which a comment is sent, so that nobody takes silence for the end
WAITING = 1000  # counts for a listener that does not read; the oldest are dropped


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
