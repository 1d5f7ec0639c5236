"""Photos that are nearly the same picture: frames of one burst, one photo saved twice.

Each photo is shrunk to 16 x 16 colours. Two photos are near-copies if these correlate to 1 - NEAR
or more (light and contrast do not matter). Near-copies of near-copies are in the same group.

NEAR = 0.04 was measured on the photos that the `hands` model was trained with:
  Sign Language Digits, 1,837 photos of 219 people in the same poses on plain walls: one pair of
      two people is joined. At 0.08 it is 121 photos in groups of up to 29, at 0.12 people chain;
  SubhiH's webcam recordings, 2,318 photos: 561 are joined to another (280 at 0.02), the largest
      group is 11, and 19 photos are in a group that spans two recordings of the same man;
  a webcam that stood still, 195 photos of one person: all in one group;
  over all 6,856 photos no group spans two of the nine collections.
A difference hash (dHash, 288 bits) was worse at both ends: at the distance where it joined 353 of
the recordings it had 48 photos of the 219 people in groups. Copies that were turned, sheared or
mirrored (tz28 has eight of each photo: 9 of 896 joined) are out of reach of either; only a CSV of
groups keeps those together.
"""

import cv2
import numpy as np

from fingercount.groups import Groups, common_groups, join
from fingercount.imaging.types import RGB, UInt8Array

SIDE = 16
NEAR = 0.04
_BLOCK = 512  # rows of the distance table at a time: 20 MB for 10,000 photos instead of 400


def thumbnail(rgb: RGB) -> UInt8Array:
    """Return a photo's colours in 16 x 16 areas: uint8 RGB [H, W, 3] -> uint8 [768]."""
    small = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return small.reshape(-1).astype(np.uint8, copy=False)


def groups(thumbnails: UInt8Array, contents: list[str] | None = None, near: float = NEAR) -> Groups:
    """Return a group number for each photo, in the order of each group's first photo: int [N].

    Args:
        thumbnails: uint8 [N, 768].
        contents: content hashes; photos that share one are in one group whatever they show.
        near: largest correlation distance of near-copies.
    """
    n = len(thumbnails)
    vectors = thumbnails.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, 1e-6)  # a photo of one colour is not like any other

    group = common_groups(np.array(contents)) if contents else np.arange(n)
    for start in range(0, n, _BLOCK):
        likeness = vectors[start : start + _BLOCK] @ vectors[start:].T
        rows, columns = np.nonzero(likeness >= 1 - near)
        group = join(group, rows + start, columns + start)
    return group
