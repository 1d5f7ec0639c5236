"""What can be set about a training."""

import json
from dataclasses import fields

import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.training.settings import DEFAULTS, Settings


@pytest.mark.parametrize("mode", DEFAULTS)
def test_each_mode_has_what_suits_it_and_what_is_chosen_wins(mode):
    settings = Settings.make(mode=mode)
    assert {key: getattr(settings, key) for key in DEFAULTS[mode]} == DEFAULTS[mode]
    chosen = Settings.make(mode=mode, lr=0.5, epochs=None, rotation=3.0, flip=None)
    assert (chosen.lr, chosen.epochs) == (0.5, DEFAULTS[mode]["epochs"])
    assert chosen.augment == Augment(rotation=3.0)


def test_settings_go_through_a_card_unchanged():
    settings = Settings.make(mode="finetune", lr=1e-5, seed=3, erasing=0.4)
    assert Settings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_a_card_from_another_version_loses_only_what_is_not_known_here():
    card = Settings(seed=4).to_json()
    card["momentum"] = 0.9
    card["augment"]["fog"] = 0.5
    assert Settings.from_json(card) == Settings(seed=4)
    assert Settings.from_json({}) == Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "magic"},
        {"lr": 0},
        {"lr": -1},
        {"lr": 2},
        {"lr": float("nan")},
        {"epochs": 0},
        {"epochs": 10_000},
        {"batch_size": 0},
        {"weight_decay": -0.1},
        {"copies": -1},
        {"copies": 100},
        {"seed": -1},
        {"seed": 2**63},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_limits(wrong):
    (name,) = wrong
    with pytest.raises(FingercountError, match=name.replace("_", "-")):
        Settings(**wrong)


@pytest.mark.parametrize("slider", fields(Augment), ids=lambda slider: slider.name)
def test_each_transform_stays_within_its_slider(slider):
    most = slider.metadata["most"]
    Settings.make(**{slider.name: most})
    for value in (-0.01, most + 0.01, float("nan")):
        with pytest.raises(FingercountError, match=f"{slider.name} must be between 0 and"):
            Settings.make(**{slider.name: value})
