"""Where an import reads from: a folder, a zip, or the address of a zip; checked before use."""

import contextlib
import http.client
import lzma
import os
import re
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast
from urllib.parse import urlsplit

from fingercount.data.folder import is_ignored
from fingercount.data.importing.zip_names import entry_names, is_special, is_unsafe
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.imaging.file_types import HEAD, kind_of_bytes, kind_of_name

MAX_ENTRY_BYTES = 50_000_000  # one photo
MAX_CLIP_BYTES = 2_000_000_000  # a clip; it is unpacked into a file, not into memory
MAX_RATIO = 100  # photos hardly compress: what unpacks to a hundred times its size is not a photo
SMALL = 100_000  # a drawing in one colour compresses that well, and is harmless
MAX_DOWNLOAD_BYTES = 2_000_000_000
TIMEOUT_SECONDS = 30  # without a byte
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
_PACKED = (NotImplementedError, RuntimeError)
_HOW_PACKED = "is packed in a way that cannot be read ({}); unpack the zip and import the folder."
_BY_HAND = "Download it by hand and import the file."


class FolderSource:
    """The files below a folder."""

    def __init__(self, root: Path):
        self.root = Path(root)
        self.name = str(root)
        self.notes: list[str] = []  # for a person

    def paths(self) -> list[str]:
        """Return posix paths relative to the folder, sorted; links are followed once."""
        found: list[str] = []
        seen: set[str] = set()
        for folder, folders, names in os.walk(self.root, followlinks=True):
            real = os.path.realpath(folder)
            if real in seen:  # a link that leads back up
                folders.clear()
                continue
            seen.add(real)
            folders[:] = [name for name in folders if not is_ignored(name)]
            files = [Path(folder, name) for name in names]
            found += [
                file.relative_to(self.root).as_posix()
                for file in files
                if file.is_file() or not file.exists()  # a pipe would wait for somebody to write
            ]
        return sorted(found)

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        file = self.root / path
        try:
            if file.stat().st_size > MAX_ENTRY_BYTES:
                raise FingercountError(f"{path} is larger than {_mb(MAX_ENTRY_BYTES)} MB.")
            return file.read_bytes()
        except OSError as error:
            raise FingercountError(f"{path} cannot be read: {error.strerror}.") from error

    def head(self, path: str) -> bytes:
        """Return a file's first bytes, none where it cannot be read."""
        try:
            with (self.root / path).open("rb") as file:
                return file.read(HEAD)
        except OSError:
            return b""

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open a file of any size, such as a clip."""
        try:
            file = (self.root / path).open("rb")
        except OSError as error:
            raise FingercountError(f"{path} cannot be read: {error.strerror}.") from error
        with file:
            yield file


class ZipSource:
    """The entries of a zip, read one at a time and never unpacked to a path of their own."""

    def __init__(self, file: zipfile.ZipFile, name: str, size: int):
        self.name = name
        self.notes: list[str] = []  # for a person
        self._file = file
        self._left = max(size * MAX_RATIO, SMALL)
        names, code = entry_names(file.infolist())
        if code:
            shown = next(n for n, i in zip(names, file.infolist()) if not i.orig_filename.isascii())
            self.notes.append(
                f"Names in {name} are in an old code; they were read as {code}, such as {shown!r}. "
                "If that is wrong, unpack it and import the folder."
            )
        self._check(file.infolist(), names)
        # As a folder's paths are: some programs write "./two/1.jpg".
        self._entries = {
            str(PurePosixPath(name)): info
            for info, name in zip(file.infolist(), names)
            if not name.endswith("/")
        }

    def paths(self) -> list[str]:
        """Return the entries' names, sorted."""
        return sorted(self._entries)

    def read(self, path: str) -> bytes:
        """Return an entry's bytes; the size it unpacks to is measured, not taken from the zip."""
        try:
            with self._opened(path) as entry:
                data = entry.read(MAX_ENTRY_BYTES + 1)
        except _DAMAGED as error:
            raise FingercountError(f"{path} is damaged inside the zip ({error}).") from error
        except _PACKED as error:
            raise FingercountError(f"{path} {_HOW_PACKED.format(error)}") from error
        self._left -= len(data)
        if len(data) > MAX_ENTRY_BYTES or self._left < 0:
            raise HostileArchiveError(self._too_much(path))
        return data

    def head(self, path: str) -> bytes:
        """Return an entry's first bytes, none where it cannot be read."""
        try:
            with self._opened(path) as entry:
                return entry.read(HEAD)
        except _DAMAGED + _PACKED:
            return b""

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open an entry, such as a clip; it is unpacked into a file without a name."""
        with tempfile.TemporaryFile() as unpacked:
            try:
                with self._opened(path) as entry:
                    total = 0
                    while block := entry.read(1 << 20):
                        total += len(block)
                        self._left -= len(block)
                        if total > MAX_CLIP_BYTES or self._left < 0:
                            raise HostileArchiveError(self._too_much(path))
                        with advice_on_write_errors(Path(tempfile.gettempdir())):
                            unpacked.write(block)
            except _DAMAGED as error:
                raise FingercountError(f"{path} is damaged inside the zip ({error}).") from error
            except _PACKED as error:
                raise FingercountError(f"{path} {_HOW_PACKED.format(error)}") from error
            unpacked.seek(0)
            yield cast(BinaryIO, unpacked)

    def _opened(self, path: str) -> IO[bytes]:
        """Open an entry that unpacks in steps; what others unpack to shows when all is unpacked."""
        info = self._entries[path]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError("by a method that photos need not")
        return self._file.open(info)

    def _check(self, infos: list[zipfile.ZipInfo], names: list[str]) -> None:
        for info, name in zip(infos, names):
            if is_unsafe(name) or is_special(info):
                raise HostileArchiveError(
                    f"{self.name} was not imported: its entry {name!r} could be written outside "
                    "the data set. Get the archive from a source you trust, or unpack it yourself "
                    "and import the folder."
                )
            if info.flag_bits & 0x1:
                raise FingercountError(
                    f"{self.name} is encrypted; unpack it with its password and import the folder."
                )
            packed = max(info.compress_size, 1)
            large = info.file_size > SMALL and info.file_size > MAX_RATIO * packed
            if info.file_size > _most(name) or large:
                raise HostileArchiveError(self._too_much(name))
        if sum(info.file_size for info in infos) > self._left:
            raise HostileArchiveError(self._too_much("the whole"))

    def _too_much(self, what: str) -> str:
        kind = "clip" if kind_of_name(what) == "video" else "photo"
        return (
            f"{self.name} was not imported: {what} unpacks to more than "
            f"{_mb(_most(what))} MB or {MAX_RATIO} times its size, as no {kind} does. "
            "If you trust it, unpack it yourself and import the folder."
        )


class HostileArchiveError(FingercountError):
    """An archive that is refused as a whole."""


@contextlib.contextmanager
def open_source(source: str | Path) -> Iterator[FolderSource | ZipSource]:
    """Open a folder, a .zip or the http(s) address of a .zip.

    Raises:
        FingercountError: if it is missing, not a zip, encrypted, unsafe, or cannot be reached.
    """
    text = str(source)
    if re.match(r"[a-z][a-z0-9+.-]+://", text, re.IGNORECASE):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "download.zip"
            download(text, file)
            with _open_zip(file, text) as opened:
                yield opened
        return
    path = Path(source).expanduser()
    if path.is_dir():
        yield FolderSource(path)
    elif path.is_file():
        with _open_zip(path, str(path)) as opened:
            yield opened
    else:
        raise FingercountError(f"{path} does not exist; give a folder, a .zip or its address.")


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
                f"{url} is larger than {_mb(MAX_DOWNLOAD_BYTES)} MB; download it by hand, unpack "
                "what you need and import the folder."
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


@contextlib.contextmanager
def _open_zip(path: Path, name: str) -> Iterator[ZipSource]:
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        with contextlib.suppress(OSError), path.open("rb") as file:
            head = file.read(HEAD)
            if kind_of_bytes(head) == "archive" and not head.startswith(b"PK"):
                raise FingercountError(
                    f"{name} is not a zip but another kind of archive (such as .tar.gz, .7z or "
                    ".rar); unpack it and import the folder."
                ) from error
        raise FingercountError(
            f"{name} is not a zip that can be read. Give a .zip (for a web page, the address of "
            "its download link), or unpack it and import the folder."
        ) from error
    with opened as file:
        yield ZipSource(file, name, path.stat().st_size)


def _most(name: str) -> int:
    """Return how many bytes an entry may unpack to, by its name."""
    return MAX_CLIP_BYTES if kind_of_name(name) == "video" else MAX_ENTRY_BYTES


def _mb(size: int) -> int:
    return size // 1_000_000
