"""Ask a model about a folder of any size with Ray: many processes, on one machine or on many.

    summary = predict_folder("hands", Path("photos"), Path("answers"))
    summary.right, summary.labelled

Ray Data hands out the photos, starts another process for one that ended, and takes machines as they
come. The answers are Parquet files, a thousand photos each. Whatever stops a run, the next one goes
on behind the last whole file.
"""

import contextlib
import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fingercount.cluster.answers import Answers
from fingercount.cluster.parts import answered, begin
from fingercount.cluster.photos import Asked, photos_in
from fingercount.cluster.summary import Summary, summarise
from fingercount.errors import FingercountError
from fingercount.extras import need
from fingercount.models.registry import find_model
from fingercount.models.storage import file_hashes, read_card
from fingercount.paths import data_dir, models_dir

if TYPE_CHECKING:
    import pyarrow as pa

# What in a card decides an answer, beside the files it names.
DECIDES = ("classes", "preprocess", "threshold", "temperature", "hand_check", "backbone")
PART = 1024  # photos in a file: some ten seconds' work that a stop can cost


def predict_folder(
    model: str | Path,
    folder: Path,
    out: Path,
    *,
    workers: int | None = None,
    address: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Summary:
    """Ask a model about each photo of a folder that has no answer in `out` yet.

    Args:
        model: its name in models/, or its path.
        folder: of photos. With several machines, all must see it, `out` and the model under the
            same path.
        out: where the Parquet files go; it is made. One of the same model and photos is gone on
            with.
        workers: processes, one core each; None takes as many as Ray counts cores.
        address: of a Ray cluster; None starts Ray on this machine, for this run.
        progress: called with (photos done, photos in all).

    Raises:
        FingercountError: if there is no such model, no photo, or `out` holds something else.
    """
    need("cluster")
    if address is None:
        _check_workers(workers, os.cpu_count() or 1)
    place, folder, out = find_model(model).resolve(), folder.resolve(), out.resolve()
    if out == folder or folder in out.parents:
        raise FingercountError(f"{out} is among the photos; name a folder beside them.")
    card = read_card(place)
    photos = photos_in(folder, card["classes"])
    decides = {key: card.get(key) for key in DECIDES} | {"files": file_hashes(place)}
    begin(out, {"format": 1, "model": place.name, "data": str(folder), "decides": decides})
    before = answered(out)
    left = [photo for photo in photos if photo.path not in before]
    done = len(photos) - len(left)
    progress(done, len(photos))
    if left:
        with _ray(address):
            for n in _work_through(left, (place, folder, out), workers):
                done += n
                progress(done, len(photos))
    return summarise(place.name, folder, out, [*card["classes"]])


class Worker:
    """An actor of Ray's: it is given the blocks of a table of photos, one at a time."""

    def __init__(self, model: Path, folder: Path, out: Path):
        self.answers = Answers(model, folder, out)

    def __call__(self, block: "pa.Table") -> "dict[str, np.ndarray]":
        photos = [Asked(row["path"], row["actual"]) for row in block.to_pylist()]
        self.answers.answer(photos)
        return {"done": np.array([len(photos)])}


def _work_through(
    photos: Sequence[Asked], places: tuple[Path, Path, Path], workers: int | None
) -> Iterator[int]:
    """Let Ray's processes answer the photos; yield how many each file holds, as it is written."""
    import pyarrow as pa
    import ray

    cores = int(ray.cluster_resources().get("CPU", 1))
    _check_workers(workers, cores)
    workers = workers or cores
    size = min(PART, -(-len(photos) // workers))  # so that of few photos each has some
    blocks = [
        pa.table(
            [[photo.path for photo in part], [photo.actual for photo in part]],
            schema=pa.schema([("path", pa.string()), ("actual", pa.string())]),
        )
        for part in (photos[first : first + size] for first in range(0, len(photos), size))
    ]
    answers = ray.data.from_arrow(blocks).map_batches(
        Worker,
        fn_constructor_args=places,
        batch_size=None,
        batch_format="pyarrow",
        concurrency=workers,
        num_cpus=1,
    )
    try:
        for row in answers.iter_rows():
            yield int(row["done"])
    except ray.exceptions.RayError as error:
        last = str(error).strip().splitlines()[-1]
        raise FingercountError(
            f"A worker ended ({last}). What is answered is kept; run the same command again."
        ) from error


def _check_workers(workers: int | None, cores: int) -> None:
    """Refuse more processes than there are cores: Ray would wait for them without end."""
    if workers is not None and not 1 <= workers <= cores:
        raise FingercountError(
            f"{workers} workers need as many cores, and there are {cores}; choose 1 to {cores}."
        )


@contextlib.contextmanager
def _ray(address: str | None) -> Iterator[None]:
    """Reach a cluster, or start Ray here for as long as the block lasts."""
    _tell_ray(address)
    import ray.data

    # So that a worker finds what this process would.
    places = {"FINGERCOUNT_MODELS": str(models_dir()), "FINGERCOUNT_DATA": str(data_dir())}
    try:
        with _deaf_to_the_web() if address is None else contextlib.nullcontext():
            ray.init(
                address=address or "local",
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"env_vars": places},
            )
    except (ConnectionError, ValueError) as error:
        raise FingercountError(
            f"No Ray cluster answers at {address} ({error}). Is it there, and the same version?"
        ) from error
    except OSError as error:  # its sockets lie in its folder, and may have 107 bytes
        raise FingercountError(
            f"Ray cannot start here ({error}). Where a path is too long, RAY_TMPDIR=/tmp helps."
        ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield
    finally:
        ray.shutdown()


def _tell_ray(address: str | None) -> None:
    """Set what Ray reads from the environment, when it is imported.

    On Linux it listens to the network even where it is told to use this machine alone, so it gets a
    key that only its own processes know. Where somebody has imported it before, it is as they set
    it.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is told to anybody
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its notes to developers
    if address is None and "ray" not in sys.modules:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


@contextlib.contextmanager
def _deaf_to_the_web() -> Iterator[None]:
    """Let the processes that are started meanwhile reach no page, so that none is asked.

    With its statistics off, too, Ray looks whether it runs in somebody's cloud: it asks the
    addresses at which the clouds tell a machine about itself.
    """
    nowhere = "http://127.0.0.1:1"  # a proxy that is not there
    settings = {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": ""}
    before = {name: os.environ.pop(name, None) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            del os.environ[name]
            if value is not None:
                os.environ[name] = value
