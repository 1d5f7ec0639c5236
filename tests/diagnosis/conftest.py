"""Cases made of numbers: what a network would see is drawn around a point for each label."""

import numpy as np
import pytest
import torch

from fingercount.data.snapshot import Photo
from fingercount.diagnosis import Case
from fingercount.evaluation.report import PhotoResult, Report
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.read import encode_jpeg
from fingercount.models.backbones import Backbone

LABELS = ("one", "two", "three")


class World:
    """Photos of three labels in several sessions; tests spoil them, then ask for the case.

    Attributes:
        truth: what each photo shows, str [N].
        labels: what it is labelled, str [N].
        sessions, people: of each photo, str [N].
        sides: "train" or "test", str [N].
        said: what the model answers, str [N].
        features: float32 [N, 512].
        thumbnails: uint8 [N, 768].
        measures: float [N, 6].
    """

    def __init__(self, per_label=40, sessions=8, seed=0):
        rng = np.random.default_rng(seed)
        self.truth = np.repeat(LABELS, per_label)
        n = len(self.truth)
        self.sessions = np.array([f"s{k % sessions}" for k in range(n)])
        self.people = np.full(n, "")
        self.sides = np.where(np.isin(self.sessions, ["s0", "s1"]), "test", "train")
        self.labels, self.said = self.truth.copy(), self.truth.copy()
        middle = {label: rng.normal(size=512) for label in LABELS}
        rooms = {s: 0.3 * rng.normal(size=512) for s in sorted(set(self.sessions))}
        self.features = np.stack(
            [
                middle[t] + rooms[s] + 0.3 * rng.normal(size=512)
                for t, s in zip(self.truth, self.sessions)
            ]
        ).astype(np.float32)
        self.thumbnails = rng.integers(0, 256, (n, 768), dtype=np.uint8)
        self.measures = rng.normal(size=(n, 6))
        self.fine = np.zeros(n, bool)
        self.trained = self.sides == "train"

    def case(self) -> Case:
        names = [
            f"{la}/{s}-{k:04d}.jpg" for k, (la, s) in enumerate(zip(self.labels, self.sessions))
        ]
        photos = [
            Photo(path, str(la), str(s), str(side), str(who) or None)
            for path, la, s, side, who in zip(
                names, self.labels, self.sessions, self.sides, self.people
            )
        ]
        asked = np.flatnonzero(self.sides == "test")
        items = [
            PhotoResult(
                names[k], str(self.labels[k]), str(self.said[k]), "", (1.0,), str(self.sessions[k])
            )
            for k in asked
        ]
        report = Report("mine", "world", "test", list(LABELS), items)
        blank = Backbone("hands", torch.nn.Identity, "0" * 16, Preprocess(size=32))
        pictures = [encode_jpeg(np.zeros((48, 48, 3), np.uint8))] * len(photos)
        return Case(
            report,
            photos,
            blank,
            self.features,
            self.thumbnails,
            self.measures,
            pictures,
            self.trained,
            self.fine,
        )

    def fail(self, label: str, n: int, called: str) -> np.ndarray:
        """Let the model call the first n test photos of a label something else; return them."""
        places = np.flatnonzero((self.sides == "test") & (self.labels == label))[:n]
        self.said[places] = called
        return places


@pytest.fixture
def world():
    return World()
