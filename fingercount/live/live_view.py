"""The viewfinder that counts, without ever delaying the video."""

from collections.abc import Callable
from dataclasses import dataclass

from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.live.hints import SECOND_HAND, Hints
from fingercount.live.recognizer import STEADY, LiveSettings, Reading, Recognizer
from fingercount.live.two_hands import TwoHandsRecognizer, TwoReadings
from fingercount.live.viewfinder import Viewfinder
from fingercount.live.worker import LatestWorker
from fingercount.models.classifier import Classifier


@dataclass(frozen=True)
class Seen:
    """What was read from one crop, and a hint on its light and place, or on a second hand.

    Attributes:
        crop: uint8 RGB [side, side, 3].
        reading: what the model says.
        hint: what the person could do better, or None.
    """

    crop: RGB
    reading: Reading
    hint: str | None = None


@dataclass(frozen=True)
class SeenTwo:
    """What was read from the two squares of one frame.

    Attributes:
        left, right: each square, as the viewer sees them.
        reading: both together.
    """

    left: Seen
    right: Seen
    reading: TwoReadings


class LiveView(Viewfinder):
    """A viewfinder that counts: a worker reads the newest crop, and the answer is written over it.

    With a `pair` of squares it reads a hand in each, and tells them together.

    Each viewer has one of their own; the model may be shared.

    Args:
        square: where the hand is held.
        model: as for Recognizer; may be replaced with `use` while frames come.
        settings: as for Recognizer; may be changed with `tune`.
    """

    def __init__(
        self, square: Square, model: Classifier | None = None, settings: LiveSettings = STEADY
    ):
        super().__init__(square, on_crop=self._submit, caption=self._words)
        self.model = model
        self.settings = settings
        self._hints = Hints(), Hints()
        self._recognizer: Recognizer | TwoHandsRecognizer | None = None
        self._worker: LatestWorker[tuple[RGB, ...], Seen | SeenTwo] | None = None
        self._hands = 0  # how many the worker reads

    def use(self, model: Classifier | None) -> None:
        """Use another model from now on."""
        if model is not self.model:
            self.model = model
            self._drop_worker()

    def tune(self, settings: LiveSettings) -> None:
        """Use other settings for steady answers from now on."""
        self.settings = settings
        recognizer = self._recognizer
        if recognizer:
            recognizer.tune(settings)

    @property
    def seen(self) -> Seen | None:
        """What was last read, and from which crop; None before the first answer, or of two."""
        result = self._result
        return result if isinstance(result, Seen) else None

    @property
    def seen_two(self) -> SeenTwo | None:
        """What was last read from two squares; None before the first answer, or of one."""
        result = self._result
        return result if isinstance(result, SeenTwo) else None

    @property
    def reading(self) -> Reading | None:
        """What was last read from one square, or None before the first answer."""
        seen = self.seen
        return seen.reading if seen else None

    @property
    def _result(self) -> Seen | SeenTwo | None:
        worker = self._worker
        return worker.result if worker else None

    @property
    def error(self) -> Exception | None:
        """What kept the model from answering, or None."""
        worker = self._worker
        return worker.error if worker else None

    def answers_per_second(self) -> float:
        """Return how often the model answers; at most the camera's rate."""
        worker = self._worker
        return worker.rate.per_second() if worker else 0.0

    def close(self) -> None:
        """Forget the picture and the answer, and let the worker end."""
        super().close()
        self._drop_worker()

    def _drop_worker(self) -> None:
        worker, self._worker, self._recognizer = self._worker, None, None
        if worker:
            worker.close()

    def _submit(self, *crops: RGB) -> None:
        if len(crops) != self._hands:
            self._drop_worker()
        worker = self._worker
        if worker is None and self.model is not None:
            worker = self._worker = LatestWorker(self._reader(self.model, len(crops)))
            self._hands = len(crops)
        if worker:
            worker.submit(crops)

    def _reader(self, model: Classifier, hands: int) -> Callable[[tuple[RGB, ...]], Seen | SeenTwo]:
        """Return what the worker does with the crops of a frame."""
        hints = self._hints
        if hands == 1:
            one = self._recognizer = Recognizer(model, self.settings)

            def see(crops: tuple[RGB, ...]) -> Seen:
                (crop,) = crops
                reading, hint = one.read(crop), hints[0].of(crop)
                return Seen(crop, reading, SECOND_HAND if reading.second_hand else hint)

            return see
        both = self._recognizer = TwoHandsRecognizer(model, self.settings)

        def see_two(crops: tuple[RGB, ...]) -> SeenTwo:
            left, right = crops
            reading = both.read(left, right)
            return SeenTwo(
                Seen(left, reading.left, hints[0].of(left)),
                Seen(right, reading.right, hints[1].of(right)),
                reading,
            )

        return see_two

    def _words(self) -> str | tuple[str, ...] | None:
        result = self._result
        if isinstance(result, SeenTwo):
            return result.left.reading.words, result.right.reading.words
        return result.reading.words if result else None
