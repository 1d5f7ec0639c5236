"""A zip that photos are imported from: checked before use, and never unpacked to a path of its own.

A zip may be made to fill a disk or to write elsewhere. Sizes are measured, not believed.
"""

import contextlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from fingercount.data.importing.zip_names import entry_names, is_special, is_unsafe
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.imaging.file_types import HEAD, kind_of_bytes, kind_of_name

MAX_ENTRY_BYTES = 50_000_000  # one photo
MAX_CLIP_BYTES = 2_000_000_000  # a clip; it is unpacked into a file, not into memory
MAX_RATIO = 100  # photos hardly compress: what unpacks to a hundred times its size is not a photo
SMALL = 100_000  # a drawing in one colour compresses that well, and is harmless


class HostileArchiveError(FingercountError):
    """An archive that is refused as a whole."""


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
        with self._opened(path) as entry:
            data = entry.read(MAX_ENTRY_BYTES + 1)
        self._left -= len(data)
        if len(data) > MAX_ENTRY_BYTES or self._left < 0:
            raise HostileArchiveError(self._too_much(path))
        return data

    def head(self, path: str) -> bytes:
        """Return an entry's first bytes, none where it cannot be read."""
        try:
            with self._opened(path) as entry:
                return entry.read(HEAD)
        except FingercountError:
            return b""

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open an entry, such as a clip; it is unpacked into a file without a name."""
        with tempfile.TemporaryFile() as unpacked:
            with self._opened(path) as entry:
                total = 0
                while block := entry.read(1 << 20):
                    total += len(block)
                    self._left -= len(block)
                    if total > MAX_CLIP_BYTES or self._left < 0:
                        raise HostileArchiveError(self._too_much(path))
                    with advice_on_write_errors(Path(tempfile.gettempdir())):
                        unpacked.write(block)
            unpacked.seek(0)
            yield cast(BinaryIO, unpacked)

    @contextlib.contextmanager
    def _opened(self, path: str) -> Iterator[IO[bytes]]:
        """Open an entry that unpacks in steps, and turn what goes wrong with it into advice."""
        info = self._entries[path]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # What other methods unpack to shows only when all is unpacked.
            raise _packed(path, "by a method that photos need not")
        try:
            with self._file.open(info) as entry:
                yield entry
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise FingercountError(f"{path} is damaged inside the zip ({error}).") from error
        except (NotImplementedError, RuntimeError) as error:  # of zipfile: patched, encrypted
            raise _packed(path, error) from error

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
            f"{megabytes(_most(what))} MB or {MAX_RATIO} times its size, as no {kind} does. "
            "If you trust it, unpack it yourself and import the folder."
        )


@contextlib.contextmanager
def open_zip(path: Path, name: str) -> Iterator[ZipSource]:
    """Open a zip by its file; `name` is what it is called in messages."""
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


def _packed(path: str, why: object) -> FingercountError:
    return FingercountError(
        f"{path} is packed in a way that cannot be read ({why}); unpack the zip and import the "
        "folder."
    )


def _most(name: str) -> int:
    """Return how many bytes an entry may unpack to, by its name."""
    return MAX_CLIP_BYTES if kind_of_name(name) == "video" else MAX_ENTRY_BYTES


def megabytes(size: int) -> int:
    return size // 1_000_000
