"""Committed counts for other programs, from every frame of a clip or from a camera.

for commit in commits(model, clip_frames(Path("clip.mp4")), Square()):
    print(commit.time, commit.count)

With `TwoSquares()` instead, a hand in each is counted, and `commit.count` is their sum.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from fingercount.imaging.roi import Square
from fingercount.imaging.two_squares import TwoSquares
from fingercount.imaging.types import RGB
from fingercount.labels import count_of
from fingercount.live.recognizer import STEADY, LiveSettings, Recognizer
from fingercount.live.sums import label_of_sum, sum_of
from fingercount.live.two_hands import TwoHandsRecognizer
from fingercount.models.classifier import Classifier


@dataclass(frozen=True)
class Hand:
    """One of two hands: as for Commit."""

    count: int | None
    label: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"confidence": round(self.confidence, 4)}


@dataclass(frozen=True)
class Commit:
    """A change of the committed answer.

    Attributes:
        time: seconds into the clip, or since the camera started.
        count: the number of fingers, of two hands their sum, or None if the answer is not a number.
        label: a class, "none" or "not sure"; of two hands such as "three + five".
        confidence: the smoothed probability of the most probable class; of two hands the smaller.
        hands: the left and the right one where two are watched, else empty.
    """

    time: float
    count: int | None
    label: str
    confidence: float
    hands: tuple[Hand, ...] = ()

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "time": round(self.time, 3),
            "count": self.count,
            "label": self.label,
            "confidence": round(self.confidence, 4),
        }
        return found | ({"hands": [hand.to_json() for hand in self.hands]} if self.hands else {})


def commits(
    model: Classifier,
    frames: Iterable[tuple[float, RGB]],
    square: Square | TwoSquares,
    settings: LiveSettings = STEADY,
    on_second_hand: Callable[[], None] = lambda: None,
) -> Iterator[Commit]:
    """Yield each change of the committed answer.

    Args:
        model: as for Recognizer.
        frames: (seconds, uint8 RGB [H, W, 3]), in order.
        square: where the hand is held; two squares for two hands, left and right in the frame.
        settings: how answers become steady.
        on_second_hand: called once, when two hands are in the square for the first time.
    """
    if isinstance(square, TwoSquares):
        yield from _sums(model, frames, square, settings)
        return
    recognizer = Recognizer(model, settings)
    told: str | None = None
    warned = False
    for now, rgb in frames:
        reading = recognizer.read(square.crop(rgb), now)
        if reading.second_hand and not warned:
            warned = True
            on_second_hand()
        committed = reading.committed
        if committed is not None and committed != told:
            told = committed
            yield Commit(now, count_of(committed), committed, reading.confidence)


def _sums(
    model: Classifier,
    frames: Iterable[tuple[float, RGB]],
    squares: TwoSquares,
    settings: LiveSettings,
) -> Iterator[Commit]:
    recognizer = TwoHandsRecognizer(model, settings)
    told: tuple[str, str] | None = None
    for now, rgb in frames:
        left, right = squares.at(rgb.shape[1], rgb.shape[0])
        both = recognizer.read(left.crop(rgb), right.crop(rgb), now)
        if both.committed is None or both.committed == told:
            continue
        told = both.committed
        hands = tuple(
            Hand(count_of(label), label, reading.confidence)
            for label, reading in zip(told, (both.left, both.right))
        )
        yield Commit(now, sum_of(*told), label_of_sum(*told), both.confidence, hands)
