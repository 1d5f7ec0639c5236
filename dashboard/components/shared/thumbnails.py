"""Photos small enough to be kept for all viewers."""

import io
from pathlib import Path

import numpy as np
import streamlit as st
from components.shared.plain import plain
from PIL import Image, ImageDraw

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError

THUMBNAIL = 236  # pixels; shown at half that, for sharp screens
FRAME = (128, 140, 133)


def within(rgb: np.ndarray, side: int) -> np.ndarray:
    """Return a photo, shrunk where its longer side has more pixels: uint8 [H, W, 3]."""
    picture = Image.fromarray(rgb)
    picture.thumbnail((side, side))
    return np.asarray(picture)


def stamp_of_file(path: Path) -> tuple[int, ...] | None:
    """Return a file's size and times, others where it was changed; None where it is gone."""
    try:
        file = path.stat()
    except OSError:
        return None
    return file.st_size, file.st_mtime_ns, file.st_ctime_ns


def show_photo(dataset: Dataset, path: str) -> None:
    """Show one photo small; where it cannot be read, say so in its place."""
    try:
        stamp = stamp_of_file(dataset.absolute(path))
        small = _thumbnail(str(dataset.root.resolve()), path, stamp, dataset)
    except (FingercountError, OSError):
        st.caption(f":material/broken_image: {plain(path)} cannot be read")
    else:
        st.image(small, width="stretch", alt=path)


@st.cache_data(max_entries=2000, show_spinner=False)
def _thumbnail(root: str, path: str, stamp: tuple[int, int], _dataset: Dataset) -> bytes:
    """Return a small JPEG of a photo; `stamp` (size, time) makes a changed file a new one."""
    picture = Image.fromarray(within(_dataset.image(path), THUMBNAIL))
    # Seen on a light page and on a dark one: a white photo on white has no edge of its own.
    frame = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(picture).rectangle(frame, outline=FRAME)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
