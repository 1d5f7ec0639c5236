"""The viewfinder that counts, without ever delaying the video."""

from dataclasses import dataclass

from fingercount.imaging.roi import Square
from fingercount.imaging.types import RGB
from fingercount.live.hints import Hints
from fingercount.live.recognizer import STEADY, LiveSettings, Reading, Recognizer
from fingercount.live.viewfinder import Viewfinder
from fingercount.live.worker import LatestWorker
from fingercount.models.classifier import Classifier


@dataclass(frozen=True)
class Seen:
    """What was read from one crop, and a hint on its light and place.

    Attributes:
        crop: uint8 RGB [side, side, 3].
        reading: what the model says.
        hint: what the person could do better, or None.
    """

    crop: RGB
    reading: Reading
    hint: str | None = None


class LiveView(Viewfinder):
    """A viewfinder that counts: a worker reads the newest crop, and the answer is written over it.

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
        self._hints = Hints()
        self._recognizer: Recognizer | None = None
        self._worker: LatestWorker[RGB, Seen] | None = None

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
        """What was last read, and from which crop, or None before the first answer."""
        worker = self._worker
        return worker.result if worker else None

    @property
    def reading(self) -> Reading | None:
        """What was last read, or None before the first answer."""
        seen = self.seen
        return seen.reading if seen else None

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

    def _submit(self, crop: RGB) -> None:
        worker = self._worker
        if worker is None and self.model is not None:
            self._recognizer = recognizer = Recognizer(self.model, self.settings)

            def see(crop: RGB) -> Seen:
                return Seen(crop, recognizer.read(crop), self._hints.of(crop))

            worker = self._worker = LatestWorker(see)
        if worker:
            worker.submit(crop)

    def _words(self) -> str | None:
        reading = self.reading
        return reading.words if reading else None
