"""Rendered hands as training photos: every variant of every count, with exact landmarks."""

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from fingercount.labels import NONE, WORDS
from fingercount.pretraining.photos import RENDERED, HandPhoto

LABELS = (*WORDS[:6], NONE)
TILTED = 2.0  # every second hand is tilted this much more: photos show hands mostly face on


def render_photos(
    per_label: int, size: int, seed: int, store: Path | None = None
) -> list[HandPhoto]:
    """Return `per_label` rendered photos of each label zero to five and none.

    Args:
        size: side in pixels.
        seed: the same seed renders the same hands.
        store: an .npz that keeps them for the next time.
    """
    if store is not None and store.exists():
        with np.load(store) as file:
            arrays = {key: file[key] for key in file.files}
    else:
        jobs = [(label, size, seed, i) for label in LABELS for i in range(per_label)]
        with ProcessPoolExecutor(os.cpu_count(), initializer=_one_thread) as pool:
            rows = list(pool.map(_render, jobs, chunksize=16))
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
