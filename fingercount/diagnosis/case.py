"""All that a reason may look at: the photos, what the network sees in them, and its answers.

case = prepare(model, dataset, report)
case.errors(Focus("two"))
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import cv2
import numpy as np

from fingercount.data.dataset import Dataset
from fingercount.data.snapshot import Photo, Snapshot
from fingercount.diagnosis import confident_learning, cross_validation, distances
from fingercount.diagnosis.reason import Focus
from fingercount.evaluation.report import Report
from fingercount.groups import common_groups
from fingercount.imaging import near_duplicates, quality
from fingercount.imaging.read import encode_jpeg, read_image
from fingercount.imaging.types import RGB
from fingercount.labels import canonical
from fingercount.models.backbones import Backbone, shared_backbone
from fingercount.models.features import Features
from fingercount.models.model import Model
from fingercount.models.registry import SHIPPED

PICTURE = 48  # pixels
# content -> (thumbnail for near-copies, measures, small picture as a JPEG: all pixels of 100,000
# would be 700 MB)
PhotoStats = dict[str, tuple[np.ndarray, np.ndarray, bytes]]


class Case:
    """The photos of a data set, all of them, and which of them were evaluated.

    Attributes:
        report: what the model answered.
        photos: all photos of the data set, in its order.
        labels, sessions, people, paths: of each photo, str [N]; people are "" where unknown.
        guessed: whether nobody has said of some photos which session they are of.
        raw_features: what the backbone sees in each, float32 [N, 512].
        measures: float [N, 6], see fingercount/imaging/quality.py.
        thumbnails: uint8 [N, 768].
        pictures: small photos for the map, as JPEGs; see `picture`.
        trained: which the model was trained on, bool [N].
        at: index of each evaluated photo among all, int [n], in the order of the report's items.
        fine: which a person has looked at and found right, bool [N].
    """

    def __init__(
        self,
        report: Report,
        photos: Sequence[Photo],
        backbone: Backbone,
        features: np.ndarray,
        thumbnails: np.ndarray,
        measured: np.ndarray,
        pictures: Sequence[bytes],
        trained: np.ndarray,
        fine: np.ndarray,
    ):
        self.report, self.photos, self.backbone = report, photos, backbone
        self.labels = np.array([canonical(photo.label) for photo in photos])
        self.sessions = np.array([photo.session for photo in photos])
        self.people = np.array([photo.person or "" for photo in photos])
        self.guessed = any(photo.session_guessed for photo in photos)
        self.paths = np.array([photo.path for photo in photos])
        self.raw_features = features
        self.thumbnails, self.measures, self.pictures = thumbnails, measured, pictures
        self.trained, self.fine = trained, fine
        place = {path: n for n, path in enumerate(self.paths)}
        self.at = np.array([place[item.path] for item in report.items], dtype=np.int64)
        self.actual = np.array([item.actual for item in report.items])
        self.predicted = np.array([item.predicted for item in report.items])

    def features(self, which: np.ndarray) -> np.ndarray:
        """Return what the backbone sees in some photos, unit length: float32 [n, 512].

        Args:
            which: index of each, or bool [N].
        """
        rows = self.raw_features[which]
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    def picture(self, n: int) -> RGB:
        """Return a photo's small picture: uint8 RGB [48, 48, 3]."""
        return read_image(self.pictures[n])

    @property
    def right(self) -> np.ndarray:
        """Whether each evaluated photo was answered correctly, bool [n]."""
        return self.actual == self.predicted

    def errors(self, focus: Focus) -> np.ndarray:
        """Return which evaluated photos are the errors to explain, bool [n]."""
        return np.array([focus.holds(a, p) for a, p in zip(self.actual, self.predicted)], bool)

    def hits(self, focus: Focus) -> np.ndarray:
        """Return which evaluated photos of the same labels were answered correctly, bool [n]."""
        return self.right & np.isin(self.actual, focus.labels)

    @cached_property
    def learned_besides(self) -> np.ndarray:
        """Which the model was trained on, without those that were evaluated, bool [N]."""
        learned = self.trained.copy()
        learned[self.at] = False
        return learned

    @cached_property
    def copy_groups(self) -> np.ndarray:
        """Number of the group of near-copies that each photo is in, int [N]."""
        return near_duplicates.groups(self.thumbnails)

    @cached_property
    def session_groups(self) -> np.ndarray:
        """Number of the session of each photo, int [N]: sessions that share a near-copy are one."""
        return common_groups(self.sessions, self.copy_groups)

    @cached_property
    def sources(self) -> np.ndarray:
        """The person on each photo if all are known, else its session: str [N]."""
        return self.people if (self.people != "").all() else self.sessions

    @cached_property
    def out_of_fold(self) -> np.ndarray | None:
        """Answers of last layers that never saw a photo's session: probabilities [N, labels]."""
        return cross_validation.out_of_fold(self)

    @cached_property
    def second_opinion(self) -> np.ndarray | None:
        """Answers of models that never saw a photo: probabilities [N, labels]."""
        return cross_validation.second_opinion(self)

    @cached_property
    def out_of_scene(self) -> np.ndarray | None:
        """Answers of last layers that never saw a photo's scene: probabilities [N, labels]."""
        return cross_validation.out_of_scene(self)

    @cached_property
    def right_as_split(self) -> np.ndarray:
        """Which evaluated photos a last layer trained on this split gets right, bool [n]."""
        return cross_validation.right_as_split(self)

    @cached_property
    def label_suspects(self) -> list[tuple[int, str, float]]:
        """Photos with a label that may be wrong: (photo, label it looks like, score), by score."""
        if self.second_opinion is None:
            return []
        return confident_learning.suspects(
            self.second_opinion, self.numbers, self.classes, self.fine
        )

    @cached_property
    def training_distances(self) -> np.ndarray:
        """How far each training photo is from other sessions; empty with one session."""
        learned = self.learned_besides
        return distances.between_groups(self.features(learned), self.session_groups[learned])

    @cached_property
    def distances_to_training(self) -> np.ndarray:
        """How far each evaluated photo is from the training photos, float [n]."""
        return distances.to_nearest(self.features(self.at), self.features(self.learned_besides))

    @cached_property
    def classes(self) -> list[str]:
        """The data set's labels, in the order of the columns of `out_of_fold`."""
        return list(dict.fromkeys(self.labels))

    @cached_property
    def numbers(self) -> np.ndarray:
        """Each photo's label as a column of `out_of_fold`, int [N]."""
        return np.array([self.classes.index(label) for label in self.labels])

    @cached_property
    def learning(self) -> cross_validation.Learning | None:
        """How much more photos help, or None if nothing is held out."""
        return cross_validation.learning(self)

    def precompute(
        self, progress: Callable[[str, int, int], None] = lambda stage, done, total: None
    ) -> "Case":
        """Work out what all reasons share, so that choosing a class takes no time afterwards.

        Args:
            progress: called with (stage, stages done, stages in all) as each begins, and at the
                end with the last.
        """
        stages = {
            "out_of_fold": "Checking every label with a model that never saw it",
            "second_opinion": "Checking every label once more",
            "learning": "Learning from fewer photos, to see whether more would help",
        }
        for done, (name, stage) in enumerate(stages.items()):
            progress(stage, done, len(stages))
            getattr(self, name)
        progress(stage, len(stages), len(stages))
        return self


def prepare(
    model: Model,
    dataset: Dataset,
    report: Report,
    *,
    snapshot: Snapshot | None = None,
    stats: PhotoStats | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Case:
    """Look at all photos of a data set again, and return what the reasons need.

    Args:
        model: the one that was evaluated.
        dataset: on which.
        report: the result.
        snapshot: the photos that the report is about; by default as they are now.
        stats: known measures of photos by content hash; new ones are added.
        progress: called with (stage, done, total).

    Raises:
        FingercountError: where the backbone is not here. Photos that cannot be read are left out.
    """
    backbone = backbone_of(model)
    snapshot = snapshot or dataset.snapshot()
    store = Features(snapshot, backbone)
    for done, total in store.compute(snapshot.photos):
        progress("The network looks at photo", done, total)
    snapshot = snapshot.without(store.broken)  # the report notes them
    photos, hashes = snapshot.photos, snapshot.hashes
    stats = {} if stats is None else stats
    _collect_stats(snapshot, stats, progress)
    rows = [stats[hashes[photo.path]] for photo in photos]
    thumbnails, measured = (np.stack([row[n] for row in rows]) for n in range(2))
    fine = dataset.fine(snapshot)
    return Case(
        report,
        photos,
        backbone,
        store.matrix(photos),
        thumbnails,
        measured,
        [row[2] for row in rows],
        np.array([model.seen.get(hashes[photo.path]) == "train" for photo in photos], bool),
        np.array([photo.path in fine for photo in photos], bool),
    )


def backbone_of(model: Model) -> Backbone:
    """Return the frozen network that photos are compared by.

    A fine-tuned network has seen the training photos with their labels, wrong ones too; the one it
    started from has not.
    """
    named = model.card.get("backbone")
    if not isinstance(named, dict):
        return shared_backbone(SHIPPED)
    backbone = shared_backbone(str(named.get("name", SHIPPED)))
    return backbone.with_backend(str(named.get("form"))) or backbone


def _collect_stats(
    snapshot: Snapshot, stats: PhotoStats, progress: Callable[[str, int, int], None]
) -> None:
    by_content = {snapshot.hash_of(photo): photo for photo in snapshot.photos}
    missing = [(content, photo) for content, photo in by_content.items() if content not in stats]

    def look(job):
        content, photo = job
        rgb = snapshot.image(photo)
        small = cv2.resize(rgb, (PICTURE, PICTURE), interpolation=cv2.INTER_AREA)
        jpeg = encode_jpeg(small.astype(np.uint8, copy=False), quality=85)
        return content, (near_duplicates.thumbnail(rgb), quality.measure(rgb), jpeg)

    with ThreadPoolExecutor(2) as pool:
        for first in range(0, len(missing), 256):
            stats |= dict(pool.map(look, missing[first : first + 256]))
            done = min(first + 256, len(missing))
            progress("Measuring light and sharpness of photo", done, len(missing))
