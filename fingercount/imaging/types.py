"""Names for the arrays that are passed around; their shapes are in the docstrings."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

RGB: TypeAlias = npt.NDArray[np.uint8]  # a photo [H, W, 3]
Probabilities: TypeAlias = npt.NDArray[np.floating[Any]]  # [C] or [N, C]; a network's are float32

UInt8Array: TypeAlias = npt.NDArray[np.uint8]  # colours that are no photo: thumbnails, grey, RGBA
Float32Array: TypeAlias = npt.NDArray[np.float32]  # what a network is given, and its features
Float64Array: TypeAlias = npt.NDArray[np.float64]  # measures, and matrices that move pixels
IntArray: TypeAlias = npt.NDArray[np.integer[Any]]  # numbers of photos, groups and classes
BoolArray: TypeAlias = npt.NDArray[np.bool_]
