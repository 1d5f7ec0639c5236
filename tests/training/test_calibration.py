"""How sure a model may be, and whether its backbone looks for a hand first."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from fingercount.files import write_json
from fingercount.models.loading import load_model
from fingercount.models.storage import read_card
from fingercount.paths import models_dir
from fingercount.training.calibration import (
    ENOUGH,
    RANGE,
    can_check_hands,
    fit_temperature,
    lowest,
)
from fingercount.training.settings import Settings
from fingercount.training.trainer import train


def answers(n: int, temperature: float, seed: int = 0):
    """Return (probabilities [n, 3], classes [n]) that are right as often as they say, made surer
    or less sure than that by a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, 3))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    y = np.array([rng.choice(3, p=row) for row in p])
    said = np.exp(logits / temperature)
    return said / said.sum(1, keepdims=True), y


@pytest.mark.parametrize("wrong_by", [0.6, 1.0, 1.6], ids=["too-sure", "right", "too-modest"])
def test_temperature_is_found(wrong_by):
    p, y = answers(4000, wrong_by)
    assert fit_temperature(p, y, same_session=False) == pytest.approx(1 / wrong_by, rel=0.1)


def test_photos_of_sessions_trained_on_make_no_model_surer():
    p, y = answers(4000, 1.6)
    assert fit_temperature(p, y, same_session=True) == pytest.approx(1, abs=1e-3)
    p, y = answers(4000, 0.6)
    assert fit_temperature(p, y, same_session=True) > 1.4


def test_few_photos_change_nothing_and_perfect_ones_not_without_end():
    p, y = answers(ENOUGH - 1, 0.5)
    assert fit_temperature(p, y, same_session=False) == 1
    perfect = np.full((200, 2), (0.8, 0.2))
    low = fit_temperature(perfect, np.zeros(200, int), same_session=False)
    assert low == pytest.approx(RANGE[0], rel=0.01)
    assert fit_temperature(perfect, np.ones(200, int), False) == pytest.approx(RANGE[1], rel=0.01)


def backbone(hand_check=True):
    """Stands for a backbone that sees no hand where the first feature is large."""
    weight, bias = np.zeros((2, 512), np.float32), np.zeros(2, np.float32)
    weight[1, 0] = 10
    bias[1] = -5
    return SimpleNamespace(hand_check=(weight, bias, 1) if hand_check else None)


def photos(no_hands: int) -> np.ndarray:
    features = np.zeros((100, 512), np.float32)
    features[:no_hands, 0] = 1
    return features


@pytest.mark.parametrize(
    "features, classes, base, checks",
    [
        pytest.param(photos(2), ["one", "two"], backbone(), True, id="hands"),
        pytest.param(photos(3), ["cup", "plate"], backbone(), False, id="other-things"),
        pytest.param(photos(0), ["one", "none"], backbone(), False, id="knows-none-itself"),
        pytest.param(photos(0), ["one", "two"], backbone(False), False, id="backbone-cannot"),
    ],
)
def test_the_backbone_looks_for_a_hand_only_where_the_photos_show_hands(
    features, classes, base, checks
):
    assert can_check_hands(features, base, classes) is checks


@pytest.mark.parametrize("known", [True, False], ids=["sessions", "people-unknown"])
def test_a_training_writes_what_the_model_knows_of_itself(make_dataset, hands, known, monkeypatch):
    asked = []

    def fit(rows, y, same_session):
        asked.append((rows.shape, y.shape, same_session))
        return 1.5

    monkeypatch.setattr("fingercount.training.calibration.fit_temperature", fit)
    days = [f"2026010{n}-101010" for n in range(1, 5)]
    photos = make_dataset(labels=("one", "two"), n=20, sessions=days)
    record = json.loads((photos.root / "dataset.json").read_text(encoding="utf-8"))
    write_json(photos.root / "dataset.json", record | {"people_unknown": not known})
    for _ in train(photos, "mine", Settings.make("hands", "head", epochs=2, copies=0)):
        pass
    card = read_card(models_dir() / "mine")
    assert asked == [((40, 2), (40,), not known)]
    assert card["temperature"] == 1.5 and isinstance(card["hand_check"], bool)
    assert load_model("mine").temperature == 1.5
    assert (load_model("mine").hand_check is not None) == card["hand_check"]


@pytest.mark.parametrize("at", [-1.0, 0.3, 2.0])
def test_the_lowest_point_of_a_valley_is_found_at_its_ends_too(at):
    assert lowest(lambda x: abs(x - at) ** 1.5, -1, 2) == pytest.approx(at, abs=1e-5)
