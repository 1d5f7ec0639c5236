"""All photos in two dimensions, those that the network finds alike near each other."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from fingercount.errors import FingercountError
from fingercount.paths import write_atomic

FEW = 30  # photos under which neighbours mean nothing; the two main directions do
PERPLEXITY = 30
ROUNDS = 500
MANY = 2500  # photos that are laid out one by one


def lay_out(
    features: np.ndarray,
    *,
    keep_in: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Return the place of each photo, float32 [N, 2] between 0 and 1.

    The first two principal components; the same photos give the same map.

    Args:
        features: float32 [N, 512].
        keep_in: folder that remembers maps; may be deleted at any time.
        progress: called with (done, total).
    """
    n = len(features)
    if n < 3:
        return np.full((n, 2), 0.5, np.float32) + np.arange(n, dtype=np.float32)[:, None] * 0.1
    digest = hashlib.sha256(np.ascontiguousarray(features, np.float32).tobytes()).hexdigest()[:16]
    file = keep_in / f"map-{digest}.npy" if keep_in else None
    if file and file.is_file():
        with suppress(OSError, ValueError, EOFError):
            places = np.load(file, allow_pickle=False)
            if places.shape == (n, 2):
                return places
    places = _unit(_embed(_components(features), progress))
    if file:
        with suppress(OSError, FingercountError):  # only slower without
            buffer = _npy(places)
            for old in keep_in.glob("map-*.npy"):
                old.unlink()
            write_atomic(file, buffer)
    return places


def _components(features: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import PCA

    count = min(50, *features.shape)
    return PCA(count, svd_solver="randomized", random_state=0).fit_transform(features)


def _embed(components: np.ndarray, progress) -> np.ndarray:
    # Not t-SNE: openTSNE's and scikit-learn's both took the whole test run down beside PyTorch.
    progress(1, 1)
    return components[:, :2]


def _unit(places: np.ndarray) -> np.ndarray:
    low, high = places.min(0), places.max(0)
    return ((places - low) / np.maximum(high - low, 1e-9)).astype(np.float32)


def _npy(array: np.ndarray) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
