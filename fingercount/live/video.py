"""Frames of a clip, upright and with their times, or of a camera."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideData

from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB

LOST = 30  # reads in a row without a picture after which a camera is gone: about a second


def upright(frame: av.VideoFrame) -> RGB:
    """Return a frame as RGB, turned as its clip says: phones film lying on their side."""
    rgb = cast(RGB, frame.to_ndarray(format="rgb24"))
    try:
        # PyAV's types name only one kind of side data, and not this one.
        matrix = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
    except ValueError:  # beside it is a kind that this PyAV has no name for, such as EXIF
        turns = round(getattr(frame, "rotation", 0) / 90)  # counterclockwise, mirrored or not
        return np.ascontiguousarray(np.rot90(rgb, turns))
    if matrix is None:
        return rgb
    # Where a step to the right and one down of the stored frame lead: (x, y) each.
    right_x, right_y, _, down_x, down_y = np.frombuffer(memoryview(matrix), np.int32)[:5]
    if abs(right_y) > abs(right_x):
        rgb, right_x, down_y = rgb.swapaxes(0, 1), down_x, right_y
    rgb = rgb[:, ::-1] if right_x < 0 else rgb
    return np.ascontiguousarray(rgb[::-1] if down_y < 0 else rgb)


def clip_frames(path: Path) -> Iterator[tuple[float, RGB]]:
    """Yield (seconds into the clip, RGB) of every frame of a video file.

    Raises:
        FingercountError: where it is missing, or is no video that can be read.
    """
    if not Path(path).is_file():
        raise FingercountError(f"There is no video file {path}.")
    none = True
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise FingercountError(f"{path} has no picture in it; choose a video file.")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            rate = float(stream.average_rate or stream.guessed_rate or 30)
            offset: float | None = None
            last = 0.0
            for n, frame in enumerate(container.decode(stream)):
                none = False
                # Some formats (mjpeg) keep no times: then frames follow at the stream's rate.
                now = n / rate if frame.time is None else float(frame.time)
                if offset is None:
                    offset = -now
                elif now + offset < last:  # clips put together, each of which begins at nought
                    offset = last + 1 / rate - now
                last = now + offset
                yield last, upright(frame)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        where = "it is no video that can be read" if none else "it is damaged from there on"
        raise FingercountError(f"{path}: {where} ({error}); choose another file.") from error
    if none:
        raise FingercountError(f"{path} has no frames; choose another video file.")


def camera_frames(number: int) -> Iterator[tuple[float, RGB]]:
    """Yield (seconds since the start, RGB) of a camera's newest frames until it is interrupted.

    Args:
        number: 0 is the first camera.

    Raises:
        FingercountError: where there is no such camera, or it stops.
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
