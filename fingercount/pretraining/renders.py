"""Rendered hands as training photos: every variant of every count, with exact landmarks."""

import io
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from fingercount import synthetic
from fingercount.labels import NONE, WORDS
from fingercount.pretraining.photos import RENDERED, HandPhoto
from fingercount.pretraining.prepared import Prepared, code_of, key_of

LABELS = (*WORDS[:6], NONE)
TILTED = 2.0  # every second hand is tilted this much more: photos show hands mostly face on


def render_photos(
    per_label: int,
    size: int,
    seed: int,
    store: Path | None = None,
    *,
    cache: Prepared | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[HandPhoto]:
    """Return `per_label` rendered photos of each label zero to five and none.

    Args:
        size: side in pixels.
        seed: the same seed renders the same hands.
        store: an .npz that keeps them for the next time.
        cache: keeps each of them for the next time; for a few.
        progress: called with (done, total).
    """
    if store is not None and store.exists():
        with np.load(store) as file:
            arrays = {key: file[key] for key in file.files}
    else:
        jobs = [(label, size, seed, i) for label in LABELS for i in range(per_label)]
        rows = _render_all(jobs, cache, progress)
        arrays = {
            key: np.stack(column)
            for key, column in zip(("rgb", "mask", "xy", "fingers"), zip(*rows))
        }
        if store is not None:
            store.parent.mkdir(parents=True, exist_ok=True)
            # Several processes may come here at once; each leaves a whole file.
            writing = store.with_name(f".writing-{os.getpid()}-{store.name}")
            np.savez(writing, **arrays)
            writing.replace(store)
    photos = []
    for i, rgb in enumerate(arrays["rgb"]):
        label = LABELS[i // per_label]
        name = f"{RENDERED}:{seed}-{i}"
        photo = HandPhoto(rgb, label, RENDERED, name, name, made=RENDERED)
        if label != NONE:
            photo.landmarks, photo.fingers = arrays["xy"][i], arrays["fingers"][i]
            photo.cutout = arrays["mask"][i]
        photos.append(photo)
    return photos


def _render_all(jobs, cache: Prepared | None, progress) -> list[tuple]:
    """Return what _render does of each job, as far as it can from the cache."""
    keys, known = [], dict[str, bytes]()
    if cache is not None:
        code = code_of(Path(__file__), Path(synthetic.__file__).parent) + cv2.__version__
        keys = [key_of(code, repr(job)) for job in jobs]
        known = cache.get(keys)
    rows = {n: _unpack(known[key]) for n, key in enumerate(keys) if key in known}
    missing = [n for n in range(len(jobs)) if n not in rows]
    progress(len(rows), len(jobs))
    if missing:
        cores = os.cpu_count() or 1
        chunk = max(1, min(16, len(missing) // (4 * cores)))
        with ProcessPoolExecutor(cores, initializer=_one_thread) as pool:
            drawn = pool.map(_render, [jobs[n] for n in missing], chunksize=chunk)
            for n, row in zip(missing, drawn):
                rows[n] = row
                progress(len(rows), len(jobs))
        if cache is not None:
            cache.put({keys[n]: _pack(rows[n]) for n in missing})
    return [rows[n] for n in range(len(jobs))]


def _pack(row: tuple) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, *row)
    return file.getvalue()


def _unpack(data: bytes) -> tuple:
    with np.load(io.BytesIO(data)) as file:
        return tuple(file[f"arr_{n}"] for n in range(len(file.files)))


def _render(job):
    """Return (rgb, mask, landmarks, fingers) of one hand; zeros where there is none."""
    from fingercount.synthetic import render

    label, size, seed, i = job
    rng = np.random.default_rng((seed, LABELS.index(label), i))
    # Most of the camera's faults are drawn anew for each training picture; a few belong here.
    wildness = TILTED if i % 2 else 1.0
    hand = render(rng, size=size, label=label, effects=0.3, wildness=wildness)
    if hand.landmarks is None:
        blank = np.zeros((size, size), np.uint8)
        return hand.image, blank, np.zeros((21, 2), np.float32), np.zeros(5, bool)
    return hand.image, hand.mask, hand.landmarks, np.array(hand.fingers)


def _one_thread() -> None:
    cv2.setNumThreads(0)
