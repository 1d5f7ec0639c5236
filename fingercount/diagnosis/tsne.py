"""t-SNE in a process of its own: beside PyTorch in one process it has crashed, taking all with it.

places = embed(components)          # float32 [N, 2], or None where the process failed
python -m fingercount.diagnosis.tsne IN.npy OUT.npy
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROUNDS = 500  # the first half of them with clusters drawn together
PERPLEXITY = 30  # neighbours that each photo keeps near
PATIENCE = 300  # seconds
_STEP = re.compile(r"Iteration (\d+):")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def embed(
    vectors: np.ndarray, progress: Callable[[int, int], None] = lambda done, total: None
) -> np.ndarray | None:
    """Return a place for each vector, so that near ones stay near; None where that failed.

    Args:
        vectors: float32 [N, D], N over 3 * PERPLEXITY.
        progress: called with (done, total); what it raises ends the process too.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.npy", Path(folder) / "out.npy"
        np.save(given, vectors, allow_pickle=False)
        command = [sys.executable, "-u", "-m", __name__, str(given), str(made)]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=Path(__file__).parents[2],
                # One thread: the person works on meanwhile, and the same photos give the same map.
                env={**os.environ, **dict.fromkeys(_THREADS, "1")},
            )
        except OSError:
            return None
        # Reading its words waits for ever on a process that hangs.
        guard = threading.Timer(PATIENCE, process.kill)
        guard.start()
        assert process.stdout is not None  # a pipe, as asked for
        try:
            for line in process.stdout:
                if step := _STEP.search(line):
                    progress(int(step[1]), ROUNDS)
            process.wait()
            places = np.load(made, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        finally:
            guard.cancel()
            process.kill()
            process.wait()
            process.stdout.close()
    whole = places.shape == (len(vectors), 2) and np.isfinite(places).all()
    return places if whole else None


def main() -> None:
    from sklearn.manifold import TSNE

    given, made = sys.argv[1:]
    method = TSNE(
        perplexity=PERPLEXITY, max_iter=ROUNDS, init="pca", random_state=0, n_jobs=1, verbose=2
    )
    np.save(made, method.fit_transform(np.load(given, allow_pickle=False)), allow_pickle=False)


if __name__ == "__main__":
    main()
