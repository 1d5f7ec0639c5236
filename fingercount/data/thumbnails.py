"""The thumbnails of a data set's photos, to compare them; kept in cache/ by content."""

import contextlib
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.near_duplicates import SIDE, thumbnail
from fingercount.imaging.read import read_image
from fingercount.own_files import read_plain, write_own

STORE = "cache/thumbnails.npz"
VALUES = (3 * SIDE * SIDE,)  # of one thumbnail


def thumbnails(root: Path, hashes: Mapping[str, str], remember: bool) -> dict[str, np.ndarray]:
    """Return {content hash: thumbnail} of photos; those that cannot be read are left out.

    Args:
        root: the data set's folder.
        hashes: {path: content hash}.
        remember: whether cache/ may be written.
    """
    known = _load(Path(root) / STORE)
    found: dict[str, np.ndarray] = {}
    for path, content in hashes.items():
        if content in known:
            found[content] = known[content]
        elif content not in found:
            with contextlib.suppress(FingercountError):
                found[content] = thumbnail(read_image(Path(root) / path))
    if remember and found.keys() != known.keys():
        buffer = BytesIO()
        np.savez(buffer, contents=list(found), pixels=np.array(list(found.values()), np.uint8))
        with contextlib.suppress(FingercountError):  # only slower without: it is a cache
            write_own(root, STORE, buffer.getvalue())
    return found


def _load(store: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(BytesIO(read_plain(store))) as stored:
            contents, pixels = stored["contents"], stored["pixels"]
            if contents.ndim != 1 or pixels.dtype != np.uint8 or pixels.shape[1:] != VALUES:
                return {}
            return dict(zip(contents.tolist(), pixels, strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
