"""Training where the package is installed: on what ships, into one's own folder."""

import json

from fingercount.data.dataset import SAMPLE, open_dataset
from fingercount.evaluation.evaluator import evaluate
from fingercount.imaging.augment import Augment
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model, list_models
from fingercount.models.storage import read_seen
from fingercount.paths import models_dir
from fingercount.training.settings import Settings
from fingercount.training.trainer import train
from tests.conftest import files_below

STILL = Augment(*[0.0] * 9)


def test_a_model_is_trained_on_the_sample_and_measured_on_its_test_side(installed):
    before = files_below(installed)
    list(train(open_dataset(SAMPLE), "mine", Settings(epochs=2, copies=0, augment=STILL)))
    report = evaluate(load_model("mine"), open_dataset(SAMPLE))
    assert (report.split, report.n, report.sessions) == ("test", 16, 1)
    assert list_models() == ["hands", "mine"] and find_model("mine").parent == models_dir()
    assert files_below(installed) == before


def test_hands_trained_again_takes_its_place_and_keeps_what_it_had_seen(installed):
    (installed / "models" / "hands" / "seen.json").write_text(json.dumps({"before": "train"}))
    before = files_below(installed)
    settings = Settings(mode="finetune", epochs=1, lr=1e-4, augment=STILL)
    list(train(open_dataset(SAMPLE), "hands", settings, replace=True))
    assert find_model("hands") == models_dir() / "hands"
    assert read_seen(find_model("hands"))["before"] == "train"
    assert load_model("hands").classes == ["one", "two"]
    assert files_below(installed) == before
