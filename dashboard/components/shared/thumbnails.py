"""Photos small enough to be kept for all viewers."""

from pathlib import Path

import numpy as np
from PIL import Image


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
