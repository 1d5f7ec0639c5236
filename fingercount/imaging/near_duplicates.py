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

from collections.abc import Iterator

import cv2
import numpy as np

from fingercount.groups import Groups, common_groups, join
from fingercount.imaging.types import RGB, Float32Array, UInt8Array

SIDE = 16
NEAR = 0.04
_ROWS, _COLUMNS = 1024, 4096  # of the table of all pairs at a time: 16 MB
_FEW = 4096  # photos up to which every pair is compared in full
_SKETCH = 32  # numbers of a photo that rule out most pairs
_SAMPLE = 2000  # photos by which these are chosen
_SPARSE = 0.003  # share of pairs that are left up to which it is faster to compare one by one
_IN_VAIN = 4  # parts of the table of which too many were left, after which sketches are given up
_SLACK = 1e-3  # what rounding may do to a sketch, and more
_PAIRS = 20_000  # compared one by one at a time: 120 MB


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
    group = common_groups(np.array(contents)) if contents else np.arange(n)
    for rows, columns in _near_pairs(thumbnails, near):
        group = join(group, rows, columns)
    return group


def _near_pairs(thumbnails: UInt8Array, near: float) -> Iterator[tuple[Groups, Groups]]:
    """Yield (rows, columns) of the near-copies among all pairs, a part of the table at a time."""
    n = len(thumbnails)
    sketches, in_vain = (_sketches(thumbnails) if n > _FEW else None), 0
    for row in range(0, n, _ROWS):
        for column in range(row, n, _COLUMNS):
            these, those = slice(row, row + _ROWS), slice(column, column + _COLUMNS)
            found = None
            if sketches is not None and in_vain < _IN_VAIN:
                rows, columns = _left_by(sketches[these], sketches[those], near)
                if len(rows) <= _SPARSE * _ROWS * _COLUMNS:
                    found = _compared(thumbnails, rows + row, columns + column, near)
                in_vain += 1 if found is None else -1
            if found is None:
                likeness = _units(thumbnails[these]) @ _units(thumbnails[those]).T
                rows, columns = np.nonzero(likeness >= 1 - near)
                found = rows + row, columns + column
            apart = found[0] < found[1]
            if apart.any():
                yield found[0][apart], found[1][apart]


def _units(thumbnails: UInt8Array) -> Float32Array:
    """Return what is correlated: without the mean and of length 1, float32 [N, 768]."""
    vectors = thumbnails.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, 1e-6)  # a photo of one colour is not like any other
    return vectors


def _sketches(thumbnails: UInt8Array) -> Float32Array:
    """Return each photo's coordinates along the directions in which photos differ most: [N, 32].

    Two photos are never farther apart there than they are.
    """
    sample = _units(thumbnails[:: -(-len(thumbnails) // _SAMPLE)])
    _, directions = np.linalg.eigh(sample.T @ sample)
    basis = directions[:, -_SKETCH:].astype(np.float32)
    parts = range(0, len(thumbnails), _COLUMNS)
    return np.concatenate([_units(thumbnails[i : i + _COLUMNS]) @ basis for i in parts])


def _left_by(a: Float32Array, b: Float32Array, near: float) -> tuple[Groups, Groups]:
    """Return the pairs of rows of two sketches that may be near-copies.

    With vectors no longer than 1, a correlation of 1 - near means a squared distance of at most
    2 * near.
    """
    half_a, half_b = (np.square(x).sum(1, keepdims=True) / 2 for x in (a, b))
    one_a, one_b = np.ones_like(half_a), np.ones_like(half_b)
    minus_half_squared = np.hstack([a, -half_a, one_a]) @ np.hstack([b, one_b, -half_b]).T
    rows, columns = np.nonzero(minus_half_squared >= -near - _SLACK)
    return rows, columns


def _compared(
    thumbnails: UInt8Array, rows: Groups, columns: Groups, near: float
) -> tuple[Groups, Groups]:
    """Return those of some pairs that are near-copies."""
    apart = rows < columns
    rows, columns = rows[apart], columns[apart]
    close = np.zeros(len(rows), bool)
    for i in range(0, len(rows), _PAIRS):
        part = slice(i, i + _PAIRS)
        a, b = _units(thumbnails[rows[part]]), _units(thumbnails[columns[part]])
        close[part] = np.einsum("ij,ij->i", a, b) >= 1 - near
    return rows[close], columns[close]
