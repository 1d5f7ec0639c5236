"""Zips from an address, of a web server on this machine."""

import http.server
import socket
import struct
import threading

import pytest

from fingercount.data.importing import download
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from tests.data.importing.test_zip_source import NOISE, write_zip


@pytest.fixture
def server(tmp_path):
    """A web server on this machine for a folder; yields (folder, address)."""
    folder = tmp_path / "web"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def do_GET(self):
            if self.path.startswith("/cut"):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab")
            elif self.path.startswith("/short"):
                self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nab")
            elif self.path.startswith("/reset"):
                self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nab")
                at_once = struct.pack("ii", 1, 0)  # close with a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                self.connection.close()
            elif self.path.startswith("/no-http"):
                self.wfile.write(b"220 mail.example ready\r\n")
            elif self.path.startswith("/to-ftp"):
                self.send_response(302)
                self.send_header("Location", "ftp://127.0.0.1/a.zip")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *args):
            pass

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    web.server_close()


def test_a_zip_comes_from_an_address(server, tmp_path, make_photos):
    folder, address = server
    photos = make_photos(n=2)
    entries = [
        (str(path.relative_to(tmp_path)), path.read_bytes()) for path in photos.rglob("*.jpg")
    ]
    write_zip(folder / "hands.zip", entries)
    assert import_photos(f"{address}/hands.zip", tmp_path / "data").added == 6


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        pytest.param("/gone.zip", "404", id="missing"),
        pytest.param("/", "not a zip", id="web-page"),
        pytest.param("/to-ftp", "http", id="leads-to-ftp"),
        pytest.param("/my hand.zip", "could not be reached.*by hand", id="a-blank-in-it"),
        pytest.param("/cut", "could not be reached.*by hand", id="cut-off-in-a-chunk"),
        pytest.param("/short", "could not be reached.*broke off.*by hand", id="cut-off"),
        pytest.param("/reset", "could not be reached.*by hand", id="reset"),
        pytest.param("/no-http", "could not be reached.*by hand", id="another-protocol"),
    ],
)
def test_addresses_that_give_no_zip_are_advice(server, tmp_path, path, advice):
    with pytest.raises(FingercountError, match=advice):
        import_photos(server[1] + path, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_downloads_have_a_limit(server, tmp_path, monkeypatch):
    folder, address = server
    (folder / "large.zip").write_bytes(NOISE)
    monkeypatch.setattr(download, "MAX_DOWNLOAD_BYTES", 100_000)
    with pytest.raises(FingercountError, match="larger than"):
        import_photos(f"{address}/large.zip", tmp_path / "data")


def test_without_a_network_the_advice_is_to_download_by_hand(tmp_path):
    with pytest.raises(FingercountError, match="Download it by hand and import the file"):
        import_photos("http://127.0.0.1:9/hands.zip", tmp_path / "data")
