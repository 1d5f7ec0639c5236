"""Where an import reads from: a folder, a zip, or the address of a zip."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fingercount.data.folder import is_ignored
from fingercount.data.importing.download import download
from fingercount.data.importing.zip_source import MAX_ENTRY_BYTES, ZipSource, megabytes, open_zip
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import HEAD


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
                raise FingercountError(f"{path} is larger than {megabytes(MAX_ENTRY_BYTES)} MB.")
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
            with open_zip(file, text) as opened:
                yield opened
        return
    path = Path(source).expanduser()
    if path.is_dir():
        yield FolderSource(path)
    elif path.is_file():
        with open_zip(path, str(path)) as opened:
            yield opened
    else:
        raise FingercountError(f"{path} does not exist; give a folder, a .zip or its address.")
