"""Teaching a model to notice a second hand; its network stays as it is."""

import numpy as np
import pytest

from fingercount.errors import FingercountError
from fingercount.files import write_json
from fingercount.models import quantized
from fingercount.models.backbones import weights_hash
from fingercount.models.loading import load_model
from fingercount.models.quantized import graph
from fingercount.models.second_hand import SURE, read_second_hand, second_hand
from fingercount.models.storage import read_arrays, read_card, vouch
from fingercount.pretraining import second_hand as lesson
from fingercount.pretraining.pairs import Pairs
from fingercount.pretraining.photos import HandPhoto
from tests.pretraining.test_pairs import a_hand


def test_it_finds_what_separates_them():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(4400, 512)).astype(np.float32) * 3 + 1
    two = features[:, 7] - features[:, 8] > 1
    weight, bias = lesson.fit(features[:4000], two[:4000])
    assert weight.shape == (1, 512) and bias.shape == (1,) and weight.dtype == np.float32
    found = second_hand(features[4000:], (weight, bias)) > 0.5
    assert (found == two[4000:]).mean() > 0.85
    assert set(np.argsort(-np.abs(weight[0]))[:2]) == {7, 8}


@pytest.fixture
def pairs():
    wall = np.full((80, 80, 3), 70, np.uint8)
    return Pairs([a_hand(), a_hand(group="b"), HandPhoto(wall, "none", "set", "c", "wall")])


@pytest.fixture
def quick(hands):
    """models/hands with a fast form."""
    openvino = pytest.importorskip("openvino")
    state = read_arrays(hands)
    openvino.save_model(graph(state, 32), hands / quantized.GRAPH)
    write_json(hands / "card.json", {**read_card(hands), "fast": weights_hash(state)})
    vouch(hands)
    return hands


def test_a_model_is_taught_and_counts_as_before(quick, pairs):
    photo = a_hand().rgb
    before, weights = load_model("hands").predict([photo]), read_arrays(quick)
    words = lesson.teach(quick, pairs, count=24)
    after = load_model("hands")
    assert (after.predict([photo]) == before).all()
    assert weights_hash(read_arrays(quick)) == weights_hash(weights)
    assert 0 <= after.look(photo, 0)[1] <= 1
    assert words.startswith("Of 3 new pictures it finds ")


def test_it_is_as_sure_as_was_chosen(quick, pairs, monkeypatch):
    lesson.teach(quick, pairs, count=24)
    card = read_card(quick)
    sure = read_second_hand(quick, card, card["second_hand"])
    monkeypatch.setattr(lesson, "SURE", lesson.SURE + 2)
    lesson.teach(quick, pairs, count=24)
    surer = read_second_hand(quick, card, card["second_hand"])
    assert (surer[0] == sure[0]).all() and surer[1] == pytest.approx(sure[1] - 2)
    assert SURE == 0.5


def test_without_a_fast_form_or_hands_it_is_advice(hands, pairs, make_photos, tmp_path, capsys):
    with pytest.raises(FingercountError, match="no fast form"):
        lesson.teach(hands, pairs, count=20)
    photos = make_photos("photos", n=2)
    np.savez(tmp_path / "marks.npz", path=np.array(["x"]), xy=np.zeros((1, 21, 2), np.float32))
    with pytest.raises(SystemExit) as stop:
        lesson.main([str(photos), "--landmarks", str(tmp_path / "marks.npz"), "--model", "hands"])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert "could be cut out" in said and said.count("\n") == 1
