"""What has been taken so far: while photos come in, and of each label."""

from pathlib import Path

import numpy as np
import streamlit as st
from components.collect.recordings import Recording, why_it_ended
from components.shared.bars import bars
from components.shared.plain import plain
from components.shared.thumbnails import within

from fingercount.data.dataset import Dataset
from fingercount.labels import label_in_words
from fingercount.live.burst import RECENT
from fingercount.live.guided_round import GuidedRound
from fingercount.text import plural

FIRST = 20  # photos of a label that a first training needs; they fill its bar
SIDE = 72  # pixels of a photo in the strip


def show_progress(
    key: str, recording: Recording | None, root: Path, label: str | None, running: bool
) -> None:
    """Show what comes in, and how many photos and sessions each label has.

    Args:
        key: the page's prefix.
        recording: the newest one, or None.
        root: the data set's folder.
        label: the one that is picked; its bar stands out.
        running: whether photos come in now.
    """

    @st.fragment(run_every=0.4 if running else None)
    def live():
        if message := why_it_ended(key, recording):
            st.error(plain(message))
        if recording and running:
            _show_running(recording)
        elif recording and (words := left_out_words(recording)):
            st.caption(words)
        if root.is_dir():
            show_counts(Dataset(root), label, running)
        if running and recording.done:
            st.rerun()

    live()


def _show_running(recording: Recording) -> None:
    if isinstance(recording, GuidedRound):
        st.progress(recording.progress, recording.cue.words if recording.cue else recording.so_far)
    elif recording.count is None:
        st.markdown(f"**{recording.so_far}**")
    else:
        st.progress(recording.saved / recording.count, f"{recording.saved} of {recording.count}")
    burst = recording.burst if isinstance(recording, GuidedRound) else recording
    if burst and burst.recent:
        st.image(strip(list(burst.recent)), width="stretch", alt="The photos taken last")
    if words := left_out_words(recording):
        st.caption(words)


def strip(crops: list[np.ndarray]) -> np.ndarray:
    """Return the newest photos beside each other, the newest first: uint8 RGB [72, 12 x 72, 3]."""
    sheet = np.zeros((SIDE, SIDE * RECENT, 4), np.uint8)
    for n, crop in enumerate(reversed(crops[-RECENT:])):
        small = within(crop, SIDE)
        height, width = small.shape[:2]
        sheet[:height, SIDE * n : SIDE * n + width, :3] = small
        sheet[:height, SIDE * n : SIDE * n + width, 3] = 255
    return sheet


def left_out_words(recording: Recording) -> str:
    """Return what the guard found, for a caption; "" where it found nothing."""
    bursts = list(recording.bursts.values()) if isinstance(recording, GuidedRound) else [recording]
    left_out = sum(burst.left_out for burst in bursts)
    faults: dict[str, int] = {}
    for burst in bursts:
        for fault, n in burst.faults.items():
            faults[fault] = faults.get(fault, 0) + n
    parts = [f"{left_out:,} not saved, nearly the same as the one before"] if left_out else []
    parts += [f"{n:,} {fault}" for fault, n in faults.items()]
    return " · ".join(parts)


def show_counts(dataset: Dataset, label: str | None, running: bool) -> None:
    """Show a bar for each label: photos, and in how many sessions they were taken.

    Args:
        running: whether photos come in now; then only their number is looked up, to be quick.
    """
    sessions: dict[str, set[str]] = {}
    if running:
        counts = dataset.counts()
    else:
        listing = dataset.listing()
        counts = listing.counts
        for photo in listing.photos:
            sessions.setdefault(photo.label, set()).add(photo.session)
    rows = [
        (label_in_words(name), min(n / FIRST, 1.0), count_words(n, len(sessions.get(name, ()))))
        for name, n in counts.items()
    ]
    if rows:
        bars(rows, chosen=label_in_words(label or ""))
        st.caption(f"A bar is full at {FIRST} photos, enough for a first model.")


def count_words(photos: int, sessions: int) -> str:
    """Return a bar's text: "20 in 2 sessions"."""
    return f"{photos:,} in {plural(sessions, 'session')}" if sessions else f"{photos:,}"
