"""What a model answers: of photos one by one and together, in one view and in several."""

import weakref

import numpy as np
import pytest
import torch

from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.models.backbones import load_backbone
from fingercount.models.loading import load_model
from fingercount.models.storage import read_tensors
from fingercount.paths import models_dir
from tests.conftest import HANDS, draw
from tests.models.folders import add_head, change_card


def test_a_whole_network_answers_with_probabilities(hands):
    model = load_model("hands")
    photos = [draw("two", seed, size=40) for seed in range(3)]
    rows = model.predict(photos)
    assert rows.shape == (3, len(HANDS)) and rows.dtype == np.float32
    assert rows.sum(1) == pytest.approx(1, abs=1e-5) and (rows >= 0).all()
    assert (model.name, model.classes) == ("hands", list(HANDS))


def test_many_photos_at_once_are_told_as_one_by_one(hands):
    model = load_model("hands")
    photos = [draw("two", seed, size=20 + seed) for seed in range(35)]  # more than one batch
    alone = np.concatenate([model.predict([photo]) for photo in photos])
    assert model.predict(photos) == pytest.approx(alone, abs=1e-5)


def see_all_views(hands):
    """Let the card of models/hands name all views."""
    change_card(hands, preprocess=Preprocess(size=32, views=VIEWS).to_json())


def test_of_several_views_the_mean_is_told(hands):
    photos = [draw("two", seed, size=40) for seed in range(35)]
    one = load_model("hands")
    see_all_views(hands)
    model = load_model("hands")
    each = [[model.predict_view(photo, n) for n in range(5)] for photo in photos]
    assert model.predict(photos) == pytest.approx(np.mean(np.stack(each)[:, :4], 1), abs=1e-5)
    assert model.predict(photos, reference=True) == pytest.approx(model.predict(photos), abs=1e-5)
    assert one.predict(photos) == pytest.approx(np.stack(each)[:, 0], abs=1e-5)
    assert np.array_equal(np.stack(each)[:, 0], np.stack(each)[:, 4]), "views take turns"
    assert not np.allclose(np.stack(each)[:, 0], np.stack(each)[:, 1], atol=1e-4)


def test_a_last_layer_on_a_backbone_of_several_views_is_asked_about_one(hands):
    see_all_views(hands)
    assert load_model(add_head()).n_views == 1 and load_model("hands").n_views == 4


@pytest.mark.parametrize("kind", ["full", "head"])
def test_no_photos_no_answers(hands, kind):
    model = load_model("hands" if kind == "full" else add_head())
    assert model.predict([]).shape == (0, len(model.classes))


def test_a_last_layer_stands_on_its_backbone(hands):
    model, backbone = load_model(add_head()), load_backbone("hands")
    tensors, photo = read_tensors(models_dir() / "mine"), draw("two")
    with torch.no_grad():
        features = backbone.network(torch.from_numpy(backbone.preprocess.batch([photo])))
        expected = torch.softmax(features @ tensors["weight"].T + tensors["bias"], 1).numpy()
    assert model.predict([photo]) == pytest.approx(expected, abs=1e-5)


def test_a_temperature_softens_and_keeps_the_order(hands):
    photo = draw("two")
    sharp = load_model("hands").predict([photo])[0]
    change_card(hands, temperature=4.0)
    soft = load_model("hands").predict([photo])[0]
    assert soft.max() < sharp.max() and soft.argmax() == sharp.argmax()


def test_a_model_that_asks_its_backbone_for_a_hand_leaves_that_much_to_one(hands):
    add_head()
    add_head("asking", hand_check=True)
    plain, asking = load_model("mine"), load_model("asking")
    photos = [draw("one"), draw("two")]
    backbone = load_backbone("hands")
    empty = load_model("hands").predict(photos)[:, backbone.classes.index("none")]
    assert plain.predict(photos).sum(1) == pytest.approx(1)
    assert asking.predict(photos).sum(1) == pytest.approx(1 - empty, abs=1e-5)
    inputs = asking.preprocess.batch(photos)
    assert asking.predict_by_reference(inputs).sum(1) == pytest.approx(1 - empty, abs=0.1)


def test_photos_that_are_read_one_by_one_are_held_one_by_one(hands):
    held = []

    def photos():
        for n in range(3):
            rgb = draw("one", n)
            held.append(weakref.ref(rgb))
            assert sum(photo() is not None for photo in held) <= 2
            yield rgb
            del rgb

    assert load_model("hands").predict(photos()).shape[0] == 3
