"""What evaluation says, live, after the camera's way, and from an export, on the same photos."""

import numpy as np
import pytest
import torch

from fingercount.checks import parity as module
from fingercount.checks.parity import Parity, Way, compare, parity
from fingercount.errors import FingercountError
from fingercount.export.to_onnx import export_onnx
from fingercount.live.recognizer import Recognizer
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model


def answer(row):
    return "sure" if row.max() >= 0.6 else "not sure"


def test_compare_names_the_photo_that_differs_most_and_counts_answers():
    ours = np.array([[0.9, 0.1], [0.61, 0.39], [0.2, 0.8]])
    theirs = np.array([[0.9, 0.1], [0.59, 0.41], [0.5, 0.5]])
    way = compare("camera", ["a", "b", "c"], ours, theirs, answer)
    assert way.max_difference == pytest.approx(0.3) and way.worst == "c"
    assert way.mean_difference == pytest.approx((0 + 0.02 + 0.3) / 3)
    assert way.answers_changed == 2 and not way.broken


@pytest.mark.parametrize(
    "name, difference, changed, broken",
    [
        ("live", 0.0, 0, False),
        ("live", 1e-7, 0, False),
        ("live", 1e-3, 0, True),
        ("live", 1e-7, 1, True),
        ("camera", 0.5, 3, False),
        ("onnx", 0.1, 1, False),
    ],
)
def test_only_live_on_the_same_pixels_must_be_the_same(name, difference, changed, broken):
    way = Way(name, difference, difference, changed, "two/a.jpg")
    assert way.broken == broken
    result = Parity("hands", "fast", "mine", "all", 10, [way])
    assert bool(result.warning) == broken
    if broken:
        assert "two/a.jpg" in result.warning


def test_sentence_says_each_way():
    ways = [Way("live", 0.0, 0.0, 0, "a"), Way("camera", 0.12, 0.01, 1, "b")]
    words = Parity("hands", "fast", "mine", "all", 10, ways).sentence
    assert words == (
        "hands on 10 photos of mine, compared with what evaluation says: live changes no answer "
        "(largest difference 0); camera changes 1 answer of 10 (largest difference 0.12)."
    )


@pytest.fixture
def sharp(hands):
    """A model with random weights that tells photos apart, so that differences can be seen."""
    model = load_model("hands")
    torch.manual_seed(0)
    with torch.no_grad():
        model.network.fc.weight.normal_(0, 1)
    return model


def test_all_ways_on_the_same_photos(sharp, make_dataset):
    dataset, steps = make_dataset(n=3), []
    result = parity(
        sharp,
        dataset,
        find_model("hands"),
        progress=lambda done, total: steps.append((done, total)),
    )
    assert (result.model, result.n, result.split) == ("hands", 9, "all")
    assert [way.name for way in result.ways] == ["live", "camera", "mjpeg", "onnx"], "no fast form"
    live, camera, mjpeg, onnx = result.ways
    assert live.max_difference < 1e-5 and live.answers_changed == 0 and not result.warning
    assert onnx.max_difference < 1e-4 and onnx.answers_changed == 0
    assert camera.max_difference > onnx.max_difference, "compression costs something"
    assert mjpeg.mean_difference != camera.mean_difference
    paths = {photo.path for photo in dataset.photos()}
    assert {way.worst for way in result.ways} <= paths
    assert steps[0] == (0, 9) and steps[-1] == (9, 9)
    written = result.to_json()
    assert set(written["ways"][0]) == {
        "name",
        "max_difference",
        "mean_difference",
        "answers_changed",
        "worst",
    }


def test_a_live_path_of_its_own_is_found_out(sharp, make_dataset, monkeypatch):
    class Mirrored(Recognizer):
        def read(self, crop, now=None):
            return super().read(crop[:, ::-1].copy(), now)

    monkeypatch.setattr(module, "Recognizer", Mirrored)
    result = parity(sharp, make_dataset(n=2), find_model("hands"))
    assert result.ways[0].broken and "report" in result.warning


def test_an_export_of_another_model_shows(sharp, make_dataset, tmp_path):
    export_onnx("hands", tmp_path / "old.onnx")  # before its last layer changed
    dataset = make_dataset(n=2)
    result = parity(sharp, dataset, find_model("hands"), onnx=tmp_path / "old.onnx", limit=3)
    assert result.n == 3 and result.ways[-1].max_difference > 0.05


def test_nothing_to_compare_is_advice(sharp, make_dataset, tmp_path):
    dataset, folder = make_dataset(n=1), find_model("hands")
    with pytest.raises(FingercountError, match="limit of 0"):
        parity(sharp, dataset, folder, limit=0)
    with pytest.raises(FingercountError, match="does not exist"):
        parity(sharp, dataset, folder, onnx=tmp_path / "no.onnx")
    with pytest.raises(FingercountError, match="no test side"):
        parity(sharp, dataset, folder, "test")
