"""t-SNE: a place in two dimensions for each photo, so that those alike stay near each other.

places = embed(components)  # float32 [N, 2]
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Progress = Callable[[int, int], None]  # (done, total)

TOGETHER, APART = 250, 250  # rounds with clusters drawn together, and then as they are
EVERY = 10  # rounds from one report of progress to the next
PERPLEXITY = 30  # neighbours that each photo keeps near
SPREAD = 1e-4  # of the places that it starts from


def embed(vectors: Floats, progress: Progress = lambda done, total: None) -> Floats:
    """Return a place for each vector, float32 [N, 2]; the same vectors give the same places.

    On one thread, and other threads of Python go on: the person works meanwhile.

    Args:
        vectors: principal components, the largest first: float32 [N, D], N over 3 * PERPLEXITY,
            not all the same.
        progress: called with (done, total); what it raises ends the work.

    Raises:
        ImportError: where openTSNE is not installed.
    """
    from openTSNE import TSNE

    done = 0

    def report(_rounds: int, _error: float, _places: Floats) -> bool:
        nonlocal done
        done += EVERY
        progress(done, TOGETHER + APART)
        return False  # it goes on

    method = TSNE(
        perplexity=PERPLEXITY,
        early_exaggeration_iter=TOGETHER,
        n_iter=APART,
        n_jobs=1,
        random_state=0,
        callbacks=report,
        callbacks_every_iters=EVERY,
    )
    start = vectors[:, :2].astype(np.float64)
    places = method.fit(vectors, initialization=start * (SPREAD / start[:, 0].std()))
    return np.asarray(places, np.float32)
