"""The counts of a whole clip, as stretches of time, and as files for other programs.

counts = count_clip(model, Path("clip.mp4"), Square())
Path("clip.srt").write_text(to_srt(counts.stretches))
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fingercount.errors import FingercountError
from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.imaging.video import clip_frames
from fingercount.live.recognizer import STEADY, LiveSettings
from fingercount.live.watch import Commit, commits
from fingercount.models.classifier import Classifier
from fingercount.models.decision import words_of


@dataclass(frozen=True)
class Stretch:
    """A part of a clip with one held answer.

    Attributes:
        start, end: seconds into the clip.
        label: a class, "none" or "not sure".
        count: the number of fingers, or None if the answer is not a number.
        confidence: when it was committed.
    """

    start: float
    end: float
    label: str
    count: int | None
    confidence: float

    @property
    def middle(self) -> float:
        """The time in its middle."""
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class ClipCounts:
    """What a clip shows: its stretches in order, and how many seconds it lasts."""

    stretches: list[Stretch]
    seconds: float


def count_clip(
    model: Classifier,
    source: Path | BinaryIO,
    square: Square,
    settings: LiveSettings = STEADY,
    progress: Callable[[float], None] = lambda seconds: None,
) -> ClipCounts:
    """Count in every frame of a clip.

    Args:
        model, square, settings: as for `watch.commits`.
        source: a file, by its path or open for reading.
        progress: called with the seconds that are done.

    Raises:
        FingercountError: if it is not a clip that can be read.
    """
    last = 0.0

    def frames() -> Iterator[tuple[float, RGB]]:
        nonlocal last
        for last, rgb in clip_frames(source):
            progress(last)
            yield last, rgb

    told = list(commits(model, frames(), square, settings))
    return ClipCounts(stretches(told, last), last)


def stretches(told: list[Commit], end: float) -> list[Stretch]:
    """Return the stretches between changes of the held answer; what comes before has none."""
    ends = [commit.time for commit in told[1:]] + [end]
    return [
        Stretch(one.time, until, one.label, one.count, one.confidence)
        for one, until in zip(told, ends)
        if until > one.time
    ]


def crop_at(source: Path | BinaryIO, seconds: float, square: Square) -> RGB:
    """Return what the square shows of the last frame until then: uint8 RGB [side, side, 3].

    Raises:
        FingercountError: if there is none, or the clip cannot be read.
    """
    frame: RGB | None = None
    for now, rgb in clip_frames(source):
        if frame is not None and now > seconds:
            break
        frame = rgb
    if frame is None:
        raise FingercountError("The clip has no frames.")
    return square.crop(frame)


def to_csv(found: list[Stretch]) -> str:
    """Return stretches as a table: start,end,count,label,confidence; times in seconds."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["start", "end", "count", "label", "confidence"])
    for one in found:
        count = "" if one.count is None else one.count
        times = (f"{one.start:.3f}", f"{one.end:.3f}")
        writer.writerow([*times, count, one.label, f"{one.confidence:.4f}"])
    return buffer.getvalue()


def to_srt(found: list[Stretch]) -> str:
    """Return stretches as subtitles (SubRip), which players show over the clip."""
    return "\n".join(
        f"{number}\n{_stamp(one.start)} --> {_stamp(one.end)}\n{words_of(one.label)}\n"
        for number, one in enumerate(found, 1)
    )


def _stamp(seconds: float) -> str:
    ms = round(1000 * seconds)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"
