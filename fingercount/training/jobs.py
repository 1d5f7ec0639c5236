"""A training in the background, which outlives the page that started it and can be stopped."""

import threading
import time
from dataclasses import dataclass, field

from fingercount.access import refuse_viewers
from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.models.registry import new_model_folder
from fingercount.paths import models_dir
from fingercount.training.events import (
    Batch,
    Cancelled,
    Epoch,
    Event,
    FeatureProgress,
    Finished,
)
from fingercount.training.settings import Settings


@dataclass
class Job:
    """One training and what it has reported so far.

    Attributes:
        dataset, name, settings: what is trained.
        state: "running", "finished", "cancelled" or "failed".
        looking: how far the frozen network is through the photos.
        learned: how far a whole network is through its batches.
        epochs: the passes so far.
        finished: the last event, with the model's card.
        error: one line of advice if it failed.
    """

    dataset: str
    name: str
    settings: Settings
    state: str = "running"
    looking: FeatureProgress | None = None
    learned: Batch | None = None
    epochs: list[Epoch] = field(default_factory=list)
    finished: Finished | None = None
    error: str = ""
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    _cancel: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def cancel(self) -> None:
        """Ask it to stop; it does so after the batch it is at, and leaves nothing behind."""
        self._cancel.set()

    @property
    def cancelling(self) -> bool:
        return self.state == "running" and self._cancel.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is over; return whether it is."""
        assert self._thread is not None  # `Jobs.start` set it
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1; for a last layer, looking at the photos is the larger part."""
        passes = len(self.epochs) / self.settings.epochs
        if self.learned:
            passes = self.learned.done / self.learned.total
        looked = self.looking.done / max(1, self.looking.total) if self.looking else 0.0
        share = 0.9 if self.settings.mode == "head" else 0.1
        return min(1.0, share * (1.0 if passes else looked) + (1 - share) * passes)

    @property
    def stage(self) -> str:
        """What it is doing, in words."""
        if self.cancelling:
            return "Stopping …"
        if self.learned and self.learned.done < self.learned.total:
            return f"Epoch {len(self.epochs) + 1} of {self.settings.epochs}"
        if self.epochs:
            return f"Epoch {self.epochs[-1].epoch} of {self.settings.epochs}"
        if self.looking:
            return f"The network looks at photo {self.looking.done:,} of {self.looking.total:,}"
        return "Starting …"

    def _run(self, dataset: Dataset, replace: bool) -> None:
        try:
            with advised():  # here, for PyTorch is not for pages that only ask how far a job is
                from fingercount.training.trainer import train
            for event in train(
                dataset, self.name, self.settings, replace=replace, cancel=self._cancel
            ):
                self._take(event)
        except FingercountError as error:
            self.state, self.error = "failed", str(error)
        except Exception as error:  # nobody would see an error in a thread
            self.state = "failed"
            self.error = f"The training broke off ({type(error).__name__}: {error}); try it again."
        finally:
            self.seconds = time.monotonic() - self.started

    def _take(self, event: Event) -> None:
        if isinstance(event, FeatureProgress):
            self.looking = event
        elif isinstance(event, Batch):
            self.learned = event
        elif isinstance(event, Epoch):
            self.epochs.append(event)
        elif isinstance(event, Finished):
            self.finished, self.state = event, "finished"
        elif isinstance(event, Cancelled):
            self.state = "cancelled"


class Jobs:
    """The trainings of one process: one at a time, because each takes the whole machine."""

    def __init__(self) -> None:
        self.latest: Job | None = None
        self._lock = threading.Lock()

    def start(self, dataset: Dataset, name: str, settings: Settings, replace: bool = False) -> Job:
        """Start a training.

        Raises:
            FingercountError: if another one is running, or the name is taken or not possible.
        """
        refuse_viewers(models_dir())  # here: in the training's own thread nobody is asking
        with self._lock:
            if self.latest and self.latest.state == "running":
                raise FingercountError(
                    f"{self.latest.name} is still being trained; wait for it or cancel it."
                )
            new_model_folder(name, replace)  # a taken name is reported at once, not after minutes
            job = Job(dataset.name, name, settings)
            # A daemon: closing the app must not wait for a training.
            job._thread = threading.Thread(target=job._run, args=(dataset, replace), daemon=True)
            self.latest = job
            job._thread.start()
            return job
