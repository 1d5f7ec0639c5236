"""What all photos of a label have in common, and should not: the picture, the session, the light.

    found = find_lacks(photos, thumbnails)       # what matters most first
    if found:
        print(advice_on(found[0]))

A model learns whatever goes with a label. Only what thumbnails and sessions say for certain is
found: where the hand is in a photo, and how it is turned, is not measured. `imaging.quality` takes
what stands out from the border for the hand; with people and rooms around it that was a hand in 23
of 100 squares (`python benchmarks/variety.py`), so advice from it would be wrong too often.
"""

import functools
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fingercount.data.snapshot import Listing, Photo
from fingercount.errors import FingercountError
from fingercount.imaging.near_duplicates import thumbnail
from fingercount.imaging.read import read_image
from fingercount.imaging.types import Float32Array, UInt8Array
from fingercount.labels import NONE

PHOTOS = 40  # of a label that are looked at
FEW = 15  # of fewer photos nothing is said
# Median correlation distance of two photos of a label, in 16 x 16 areas. Measured on real hands
# that were cut out and put before real rooms (`python benchmarks/variety.py`): of hands held still
# it is said in 28 to 84 of 100, the less the larger they are, and of hands that were turned, moved
# and held near and far in 1 of 300.
ALIKE = 0.005
# Brightness from the 10th to the 90th percentile, 0 to 1. Of photos of two recordings by webcam it
# is 0.12 or more in 98 of 100 draws, and even of one recording that goes through a room 0.06.
LIGHT = 0.05
SESSIONS = 3  # that the other labels have where one of a single session stands out


@dataclass(frozen=True)
class Lack:
    """What does not vary.

    Attributes:
        kind: "picture", "session" or "light".
        labels: in which it does not vary.
        everywhere: whether these are all labels that were looked at.
        others: sessions that each of the other labels has at least, for "session".
    """

    kind: str
    labels: tuple[str, ...]
    everywhere: bool = False
    others: int = 0


def find_lacks(photos: Iterable[Photo], thumbnails: Mapping[str, UInt8Array]) -> list[Lack]:
    """Return what does not vary in a data set's photos, what matters most first.

    Args:
        photos: all of them.
        thumbnails: {path: uint8 [768]} of some of each label's, as `near_duplicates` makes them.
    """
    by_label: dict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        by_label[photo.label].append(photo)
    small = {
        label: np.array([thumbnails[p.path] for p in some if p.path in thumbnails], np.float32)
        for label, some in by_label.items()
    }
    judged = [label for label, rows in small.items() if len(rows) >= FEW]
    hands = [label for label in judged if label != NONE]
    found = []
    alike = tuple(label for label in hands if median_distance(small[label]) < ALIKE)
    if alike:
        found.append(Lack("picture", alike, len(alike) == len(hands) > 1))
    found += _single_sessions(by_label)
    same_light = tuple(label for label in judged if spread_of_light(small[label]) < LIGHT)
    if same_light:
        found.append(Lack("light", same_light, len(same_light) == len(judged) > 1))
    return found


def advice_on(lack: Lack) -> str:
    """Return what does not vary and what to do about it, in one sentence."""
    names = _together(lack.labels)
    if lack.kind == "session":
        return (
            f"The photos of {names} are of one session, those of the other labels of "
            f"{lack.others} or more: photograph {names} in another place, or on another day."
        )
    whose = "each label" if lack.everywhere else names
    if lack.kind == "picture":
        return (
            f"The photos of {whose} are nearly all the same picture: turn your hand, move it about "
            "in the square, step back and come closer."
        )
    return (
        f"The photos of {whose} are all equally bright: take some by a window, and some by a lamp "
        "in the evening."
    )


def find_advice(listing: Listing) -> str:
    """Return the most important advice on a data set's photos, or "" where there is none."""
    found = find_lacks(listing.photos, read_thumbnails(listing))
    return advice_on(found[0]) if found else ""


def read_thumbnails(listing: Listing) -> dict[str, UInt8Array]:
    """Return {path: thumbnail} of up to PHOTOS photos of each label; broken ones are left out.

    Unchanged files are not read again in the same process.
    """
    found = {}
    for label in listing.labels:
        for photo in sample([p for p in listing.photos if p.label == label]):
            path = listing.root / photo.path
            try:
                stat = path.stat()
            except OSError:
                continue
            small = _thumbnail(path, (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
            if small is not None:
                found[photo.path] = small
    return found


def sample(photos: Sequence[Photo], n: int = PHOTOS) -> list[Photo]:
    """Return up to n of some photos, spread over all of them; with more photos few are others."""
    return sorted(photos, key=lambda photo: zlib.crc32(photo.path.encode()))[:n]


def median_distance(thumbnails: Float32Array) -> float:
    """Return how different two photos are, as a rule: 1 - correlation, of float32 [N, 768]."""
    rows = thumbnails - thumbnails.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return float(np.median(1 - (rows @ rows.T)[np.triu_indices(len(rows), 1)]))


def spread_of_light(thumbnails: Float32Array) -> float:
    """Return how far brightness goes, from the 10th to the 90th percentile: 0 to 1."""
    luma = thumbnails.reshape(len(thumbnails), -1, 3) @ np.array([0.299, 0.587, 0.114]) / 255
    low, high = np.quantile(luma.mean(axis=1), [0.1, 0.9])
    return float(high - low)


def _single_sessions(by_label: Mapping[str, list[Photo]]) -> list[Lack]:
    """Return the labels of one session where the others have several; nothing if any is guessed."""
    if any(photo.session_guessed for some in by_label.values() for photo in some):
        return []
    sessions = {
        label: len({p.session for p in some})
        for label, some in by_label.items()
        if len(some) >= FEW
    }
    single = tuple(label for label, n in sessions.items() if n == 1)
    others = min((n for n in sessions.values() if n > 1), default=0)
    return [Lack("session", single, others=others)] if single and others >= SESSIONS else []


def _together(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


@functools.lru_cache(maxsize=4096)  # 3 MB
def _thumbnail(path: Path, stamp: tuple[int, int, int]) -> UInt8Array | None:
    """Return a photo's thumbnail, None if it cannot be read; another stamp reads it again."""
    try:
        return thumbnail(read_image(path))
    except FingercountError:
        return None
