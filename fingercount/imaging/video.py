"""Frames of a clip, upright and with their times."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import av
import numpy as np
from av.sidedata.sidedata import SideData

from fingercount.errors import FingercountError
from fingercount.imaging.file_types import HEAD, is_photo_name, kind_of_bytes
from fingercount.imaging.types import RGB


def _turned(frame: av.VideoFrame) -> Callable[[RGB], RGB]:
    """Return what stands a frame upright, as its clip says: phones often film sideways."""
    try:
        # PyAV's types name only one kind of side data, and not this one.
        matrix = cast(SideData | None, frame.side_data.get("DISPLAYMATRIX"))
    except ValueError:  # beside it is a kind that this PyAV has no name for, such as EXIF
        turns = round(frame.rotation / 90)  # counterclockwise, mirrored or not
        return lambda rgb: np.ascontiguousarray(np.rot90(rgb, turns))
    if matrix is None:
        return lambda rgb: rgb
    # Where a step to the right and one down of the stored frame lead: (x, y) each.
    right_x, right_y, _, down_x, down_y = np.frombuffer(memoryview(matrix), np.int32)[:5].tolist()
    sideways = abs(right_y) > abs(right_x)
    if sideways:
        right_x, down_y = down_x, right_y

    def turn(rgb: RGB) -> RGB:
        rgb = rgb.swapaxes(0, 1) if sideways else rgb
        rgb = rgb[:, ::-1] if right_x < 0 else rgb
        return np.ascontiguousarray(rgb[::-1] if down_y < 0 else rgb)

    return turn


def clip_seconds(source: Path) -> float | None:
    """Return how long a video file says it lasts, or None where it does not say."""
    try:
        with av.open(str(source), mode="r") as container:
            return container.duration / av.time_base if container.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None  # clip_frames says what is wrong with it


def clip_frames(source: Path | BinaryIO, name: str | None = None) -> Iterator[tuple[float, RGB]]:
    """Yield (seconds into the clip, RGB) of every frame of a video file.

    Args:
        source: a file, by its path or open for reading.
        name: what to call it in an error.

    Raises:
        FingercountError: if it is missing, a still, or not a video that can be read.
    """
    path: object = name or (source if isinstance(source, str | Path) else "The video")
    if isinstance(source, str | Path):
        if not Path(source).is_file():
            raise FingercountError(f"There is no video file {path}.")
        with Path(source).open("rb") as opened:
            head = opened.read(HEAD)
    else:
        head = source.read(HEAD)
        source.seek(0)
    # JPEGs in a row are a clip (mjpeg), so the name decides; a GIF can be a clip anyway.
    is_photo = kind_of_bytes(head) == "photo" and not head.startswith(b"GIF")
    if is_photo and is_photo_name(str(path)):
        raise FingercountError(f"{path} is a still photo; a video is needed here.")
    none = True
    try:
        file = str(source) if isinstance(source, str | Path) else source
        with av.open(file, mode="r") as container:
            if not container.streams.video:
                raise FingercountError(f"{path} has no video in it; choose a video file.")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            rate = float(stream.average_rate or stream.guessed_rate or 30)
            offset: float | None = None
            last = 0.0
            turn, rotation = None, 0
            for n, frame in enumerate(container.decode(stream)):
                none = False
                # Some formats (mjpeg) keep no times: then frames follow at the stream's rate.
                now = n / rate if frame.time is None else float(frame.time)
                if offset is None:
                    offset = -now
                elif now + offset < last:  # clips joined together, each of which begins at zero
                    offset = last + 1 / rate - now
                last = now + offset
                # Once, not for each: a frame that was asked for its side data is part of a cycle,
                # and stays until the garbage collector comes by, which took up to 300 MB.
                if turn is None or frame.rotation != rotation:
                    turn, rotation = _turned(frame), frame.rotation
                yield last, turn(cast(RGB, frame.to_ndarray(format="rgb24")))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        where = "it is not a video that can be read" if none else "it is damaged from there on"
        reason = getattr(error, "strerror", None) or error
        raise FingercountError(f"{path}: {where} ({reason}); choose another file.") from error
    if none:
        raise FingercountError(f"{path} has no frames; choose another video file.")
