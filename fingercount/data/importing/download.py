"""Fetch a zip from an http(s) address."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from fingercount.data.importing.zip_source import megabytes
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors

MAX_DOWNLOAD_BYTES = 2_000_000_000
TIMEOUT_SECONDS = 30  # without a byte
_BY_HAND = "Download it by hand and import the file."


def download(url: str, file: Path) -> None:
    """Fetch an address into a file, at most 2 GB."""
    _check_scheme(url)
    request = urllib.request.Request(url, headers={"User-Agent": "fingercount"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            _check_scheme(answer.geturl())
            with advice_on_write_errors(file), file.open("wb") as target:
                for block in _blocks(answer, url):
                    target.write(block)
    except urllib.error.HTTPError as error:
        raise FingercountError(
            f"{url} answered {error.code} {error.reason}; check the address. {_BY_HAND}"
        ) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _out_of_reach(url, error) from error


def _blocks(answer: http.client.HTTPResponse, url: str) -> Iterator[bytes]:
    """Yield what an address sends; a broken connection is not reported as a disk error."""
    got, promised = 0, answer.headers.get("Content-Length") or ""
    while True:
        try:
            block = answer.read(1 << 20)
        except (OSError, http.client.HTTPException) as error:
            raise _out_of_reach(url, error) from error
        if not block:
            break
        got += len(block)
        if got > MAX_DOWNLOAD_BYTES:
            raise FingercountError(
                f"{url} is larger than {megabytes(MAX_DOWNLOAD_BYTES)} MB; download it by hand, "
                "unpack what you need and import the folder."
            )
        yield block
    if promised.isdigit() and got < int(promised):
        raise _out_of_reach(url, "it broke off")


def _out_of_reach(url: str, error: Exception | str) -> FingercountError:
    reason = " ".join(str(getattr(error, "reason", None) or error).split())
    return FingercountError(f"{url} could not be reached ({reason}). {_BY_HAND}")


def _check_scheme(url: str) -> None:
    if urlsplit(url).scheme.lower() not in ("http", "https"):
        raise FingercountError(f"{url} is not an http or https address; download it and import it.")
