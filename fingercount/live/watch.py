"""Committed counts for other programs: from a clip, every frame of it, or from a camera.

for commit in commits(model, clip_frames(Path("clip.mp4")), Square()):
    print(commit.time, commit.count)
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np

from fingercount.imaging.roi import Square
from fingercount.labels import count_of
from fingercount.live.recognizer import STEADY, LiveSettings, Recognizer


@dataclass(frozen=True)
class Commit:
    """A change of the committed answer.

    Attributes:
        time: seconds into the clip, or since the camera started.
        count: the number of fingers, or None where the answer is no number.
        label: a class, "none" or "not sure".
        confidence: the smoothed probability of the most probable class.
    """

    time: float
    count: int | None
    label: str
    confidence: float

    def to_json(self) -> dict:
        return asdict(self) | {"time": round(self.time, 3), "confidence": round(self.confidence, 4)}


def commits(
    model,
    frames: Iterable[tuple[float, np.ndarray]],
    square: Square,
    settings: LiveSettings = STEADY,
) -> Iterator[Commit]:
    """Yield each change of the committed answer.

    Args:
        model: as for runtime.Recognizer.
        frames: (seconds, uint8 RGB [H, W, 3]), in order.
        square: where the hand is held.
        steadiness: how answers become steady.
    """
    recognizer, told = Recognizer(model, settings), None
    for now, rgb in frames:
        reading = recognizer.read(square.crop(rgb), now)
        if reading.committed != told:
            told = reading.committed
            yield Commit(now, count_of(told), told, reading.confidence)
