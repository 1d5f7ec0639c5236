"""Evaluation asks the network only about what it has not seen yet: one look, many questions."""

import json

import numpy as np
import pytest

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import prepare
from fingercount.evaluation.evaluator import evaluate
from fingercount.models import quantized
from fingercount.models.backbones import load_backbone
from fingercount.models.features import Features
from fingercount.models.loading import load_model
from fingercount.models.quantized import GRAPH, Fast, graph
from fingercount.models.storage import read_arrays
from fingercount.paths import data_dir
from fingercount.training.settings import Settings
from fingercount.training.trainer import train
from tests.conftest import SESSIONS, draw_photos, files_below

openvino = pytest.importorskip("openvino")
LABELS = ("one", "two", "five")


@pytest.fixture
def fast_hands(fast_hands):
    """The same, asked about two views of each photo."""
    card = json.loads((fast_hands / "card.json").read_text("utf-8"))
    card["preprocess"]["views"] = ["plain", "mirrored"]
    (fast_hands / "card.json").write_text(json.dumps(card), "utf-8")
    return fast_hands


@pytest.fixture
def asked(monkeypatch):
    """How many pictures the network was shown, as a list of batches."""
    batches = list[int]()
    call = Fast.__call__

    def counted(self, inputs):
        batches.append(len(inputs))
        return call(self, inputs)

    monkeypatch.setattr(quantized.Fast, "__call__", counted)
    return batches


@pytest.fixture
def ours(isolated):
    """A data set of the program's own."""
    return Dataset.create(draw_photos(data_dir(), "mine", LABELS, 6, SESSIONS))


def test_what_training_looked_at_is_not_looked_at_again(fast_hands, ours, asked):
    list(train(ours, "mine", Settings(epochs=2, copies=1)))
    looked = sum(asked)
    assert looked > len(ours.photos()), "the network did look"
    report = evaluate(load_model("mine"), ours, "all")
    assert report.n == len(ours.photos()) and sum(asked) == looked


def test_of_two_views_only_the_other_one_is_asked_about(fast_hands, ours, asked):
    model, photos = load_model("hands"), ours.photos()
    list(Features(ours, load_backbone("hands")).compute(photos))
    assert sum(asked) == len(photos)
    evaluate(model, ours, "all")
    assert sum(asked) == 2 * len(photos)


def test_reasons_need_no_other_look(fast_hands, ours, asked):
    model = load_model("hands")
    report = evaluate(model, ours, "all")
    looked = sum(asked)
    assert looked == 2 * report.n
    case = prepare(model, ours, report)
    assert sum(asked) == looked
    inputs = model.preprocess.batch(ours.image(photo) for photo in case.photos)
    assert np.array_equal(case.raw_features, model.extract_features(inputs))


def test_known_or_not_the_numbers_are_the_same(fast_hands, ours):
    model = load_model("hands")
    first = evaluate(model, ours, "all").to_json()
    again = evaluate(load_model("hands"), ours, "all").to_json()
    assert again == first
    seen = np.array([item.probabilities for item in evaluate(model, ours, "all").items])
    told = model.predict(ours.image(photo) for photo in ours.photos())
    assert np.array_equal(seen, told), "and those of a model that is asked photo by photo"


def test_what_is_seen_in_a_data_set_of_ours_is_kept_however_it_is_named(
    fast_hands, ours, asked, monkeypatch
):
    monkeypatch.chdir(data_dir().parent)
    for _ in range(2):
        evaluate(load_model("hands"), Dataset(f"{data_dir().name}/mine"), "all")
    assert sum(asked) == 2 * len(ours.photos())


def test_a_folder_of_somebodys_photos_stays_as_it_was(fast_hands, tmp_path, asked):
    folder = draw_photos(tmp_path, "theirs", LABELS, 4, SESSIONS)
    before = files_below(folder)
    evaluate(load_model("hands"), Dataset(folder), "all")
    assert files_below(folder) == before and sum(asked) == 2 * len(before)


def test_another_form_of_the_same_weights_is_another_network(fast_hands, ours, asked):
    first = evaluate(load_model("hands"), ours, "all")
    changed = {key: value.copy() for key, value in read_arrays(fast_hands).items()}
    changed["layer4.1.bn2.bias"] += 0.5
    size = load_model("hands").preprocess.size
    openvino.save_model(graph(changed, size), fast_hands / GRAPH)
    looked = sum(asked)
    second = evaluate(load_model("hands"), ours, "all")
    assert sum(asked) == 2 * looked
    assert not np.allclose(
        [item.probabilities for item in first.items], [item.probabilities for item in second.items]
    )


def test_a_photo_that_cannot_be_read_is_left_out(fast_hands, ours, asked):
    path = ours.photos()[1].path
    ours.absolute(path).write_bytes(b"no photo")
    report = evaluate(load_model("hands"), ours, "all")
    assert path not in {item.path for item in report.items}
    assert report.n == len(ours.photos()) - 1 and sum(asked) == 2 * report.n
    assert any(path in note for note in report.notes)
