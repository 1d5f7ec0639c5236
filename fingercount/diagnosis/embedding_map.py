"""All photos in two dimensions; those that look alike to the network are near each other."""

import hashlib
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from fingercount.diagnosis import tsne
from fingercount.diagnosis.tsne import Floats, Progress
from fingercount.errors import FingercountError
from fingercount.own_files import write_own

Names = NDArray[np.str_]

FEW = 100  # photos; with fewer, t-SNE has too few neighbours, and two main directions do
MANY = 3000  # photos that are laid out; more go to those that they are most like
COMPONENTS = 50
NEIGHBOURS = 3
KNOWN = 0.9  # share of known photos from which a map is kept, and the new ones are put into it


def lay_out(
    features: Floats,
    *,
    keep_in: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Floats:
    """Return the place of each photo, float32 [N, 2] between 0 and 1.

    By t-SNE; of few photos, or where that is not installed, the first two principal components. The
    order of the photos does not matter, and they keep their places when a few come or go.

    Args:
        features: float32 [N, 512].
        keep_in: folder that remembers the map; may be deleted at any time.
        progress: called with (done, total).
    """
    n = len(features)
    if n < 3:
        return np.full((n, 2), 0.5, np.float32) + np.arange(n, dtype=np.float32)[:, None] * 0.1
    names = _names(features)
    order = np.argsort(names, kind="stable")
    names, vectors = names[order], _components(features[order])
    places = np.empty((n, 2), np.float32)
    places[order] = _places(names, vectors, keep_in / "map.npz" if keep_in else None, progress)
    return places


def _places(names: Names, vectors: Floats, file: Path | None, progress: Progress) -> Floats:
    """Return a place for each photo, with the help of the map on disk where it fits."""
    main_directions = vectors[:, :2]
    if len(vectors) < FEW or not np.ptp(main_directions):
        return _unit(main_directions)
    known, places = _read(file, names)
    anew = known.mean() < KNOWN
    if anew:
        some = np.random.default_rng(0).permutation(len(vectors))[:MANY]
        try:
            laid = tsne.embed(vectors[some], progress)
        except ImportError:  # it has no wheel for this machine
            return _unit(main_directions)
        known = np.zeros(len(vectors), bool)
        known[some] = True
        places[some] = _unit(laid)
    places[~known] = _among(vectors[~known], vectors[known], places[known])
    if anew and file:
        _write(file, names, places)
    return places


def _among(vectors: Floats, others: Floats, places: Floats) -> Floats:
    """Return places [N, 2] between those of the others that each is most like."""
    if not len(vectors):
        return np.zeros((0, 2), np.float32)
    with threadpool_limits(1):
        table = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(others)
        distances, nearest = table.kneighbors(vectors)
    weights = 1 / np.maximum(distances**2, 1e-6)
    weights /= weights.sum(1, keepdims=True)
    found = (weights[..., None] * places[nearest]).sum(1)
    return found.astype(np.float32)


def _components(features: Floats) -> Floats:
    """Return the first principal components, float32 [N, up to COMPONENTS], the largest first."""
    pca = PCA(min(COMPONENTS, len(features)), svd_solver="covariance_eigh")
    # With one thread: on a busy machine, several wait for each other for seconds. Where all photos
    # are the same it divides nothing by nothing, for a ratio that is not asked for.
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        components: Floats = pca.fit_transform(features)
    return components


def _unit(places: Floats) -> Floats:
    low, high = places.min(0), places.max(0)
    return ((places - low) / np.maximum(high - low, 1e-9)).astype(np.float32)


def _names(features: Floats) -> Names:
    """Return a short digest of each row, str [N]."""
    rows = np.ascontiguousarray(features, np.float32)
    return np.array([hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest() for row in rows])


def _read(file: Path | None, names: Names) -> tuple[NDArray[np.bool_], Floats]:
    """Return (which photos the map on disk knows, bool [N]; their places [N, 2], 0 elsewhere)."""
    known, places = np.zeros(len(names), bool), np.zeros((len(names), 2), np.float32)
    with suppress(OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        if file and file.is_file():
            with np.load(file, allow_pickle=False) as kept:
                at = dict(zip(kept["names"].tolist(), kept["places"]))
            for n, name in enumerate(names.tolist()):
                if name in at:
                    known[n], places[n] = True, at[name]
    return known, places


def _write(file: Path, names: Names, places: Floats) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, names=names, places=places)
    with suppress(OSError, FingercountError):  # only slower without
        write_own(file.parent.parent, f"{file.parent.name}/{file.name}", buffer.getvalue())
