"""Committed counts for other programs, from every frame of a clip or from a camera.

for commit in commits(model, clip_frames(Path("clip.mp4")), Square()):
    print(commit.time, commit.count)
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.labels import count_of
from fingercount.live.recognizer import STEADY, LiveSettings, Recognizer
from fingercount.models.classifier import Classifier


@dataclass(frozen=True)
class Commit:
    """A change of the committed answer.

    Attributes:
        time: seconds into the clip, or since the camera started.
        count: the number of fingers, or None if the answer is not a number.
        label: a class, "none" or "not sure".
        confidence: the smoothed probability of the most probable class.
    """

    time: float
    count: int | None
    label: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"time": round(self.time, 3), "confidence": round(self.confidence, 4)}


def commits(
    model: Classifier,
    frames: Iterable[tuple[float, RGB]],
    square: Square,
    settings: LiveSettings = STEADY,
) -> Iterator[Commit]:
    """Yield each change of the committed answer.

    Args:
        model: as for Recognizer.
        frames: (seconds, uint8 RGB [H, W, 3]), in order.
        square: where the hand is held.
        settings: how answers become steady.
    """
    recognizer = Recognizer(model, settings)
    told: str | None = None
    for now, rgb in frames:
        reading = recognizer.read(square.crop(rgb), now)
        committed = reading.committed
        if committed is not None and committed != told:
            told = committed
            yield Commit(now, count_of(committed), committed, reading.confidence)
