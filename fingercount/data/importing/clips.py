"""Photos out of a clip: frames that differ, spread over the whole of it."""

from collections.abc import Iterable

import numpy as np

from fingercount.imaging.near_duplicates import NEAR, thumbnail
from fingercount.imaging.types import RGB

EVERY_SECONDS = 0.2  # hands move little in less
ROUNDING = 1e-6  # seconds; times differ by less than they say, and no frame is skipped for that
MOST = 200  # frames of one clip: more of one recording teach nothing new


def distinct_frames(frames: Iterable[tuple[float, RGB]], most: int = MOST) -> list[RGB]:
    """Return frames of which no two are near-copies, in their order, spread where there are many.

    Args:
        frames: (seconds, uint8 RGB [H, W, 3]).
        most: how many at the most.
    """
    kept: list[RGB] = []
    vectors: list[np.ndarray] = []
    last: float | None = None
    for now, rgb in frames:
        if last is not None and now - last < EVERY_SECONDS - ROUNDING:
            continue
        last = now
        vector = _unit(thumbnail(rgb))
        if vectors and float((np.stack(vectors) @ vector).max()) >= 1 - NEAR:
            continue
        kept.append(rgb)
        vectors.append(vector)
        if len(kept) > 2 * most:  # hours of video: no more than this is held at a time
            kept, vectors = kept[::2], vectors[::2]
    if len(kept) <= most:
        return kept
    return [kept[n * len(kept) // most] for n in range(most)]


def _unit(pixels: np.ndarray) -> np.ndarray:
    """Return a thumbnail as a vector whose products with others are correlations: float [768]."""
    vector = pixels.astype(np.float32)
    vector -= vector.mean()
    return vector / max(float(np.linalg.norm(vector)), 1e-6)
