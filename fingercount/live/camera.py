"""Frames of a camera, each with its time."""

import time
from collections.abc import Iterator
from typing import cast

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB

LOST = 30  # reads in a row without a picture before a camera counts as gone: about a second


def camera_frames(number: int) -> Iterator[tuple[float, RGB]]:
    """Yield (seconds since the start, RGB) of a camera's newest frames until it is interrupted.

    Args:
        number: 0 is the first camera.

    Raises:
        FingercountError: if there is no such camera, or it stops.
    """
    import cv2

    camera = cv2.VideoCapture(number)
    try:
        if not camera.isOpened():
            raise FingercountError(
                f"There is no camera {number}, or another program uses it; close that program, or "
                "try --camera 1."
            )
        camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest frame, not one that has waited
        start, missed = time.monotonic(), 0
        while missed < LOST:
            ok, bgr = camera.read()
            missed = 0 if ok else missed + 1
            if ok:
                yield time.monotonic() - start, cast(RGB, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            else:
                time.sleep(1 / 30)
        raise FingercountError(f"Camera {number} gives no more pictures; connect it again.")
    finally:
        camera.release()
