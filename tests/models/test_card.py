"""A damaged card is one line of advice, whatever is damaged."""

import json

import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.models.card import read_card
from fingercount.models.loading import load_model
from fingercount.models.storage import read_seen, read_tensors, write_model

GOOD = {
    "format": 1,
    "kind": "full",
    "classes": ["two", "one"],
    "preprocess": {"size": 32, "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2]},
    "metrics": {"test": {"accuracy": 0.5, "interval": [0.1, 0.9], "n": 2, "sessions": 1}},
    "data": {"name": "mine", "photos": {"train": 4}},
    "settings": {"mode": "head", "lr": 0.001, "augment": {"rotation": 10.0}},
    "created": "2026-01-01T00:00:00+00:00",
}


def write(folder, card) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "card.json").write_text(card if isinstance(card, str) else json.dumps(card))


def test_a_good_card_is_read(tmp_path):
    write(tmp_path, GOOD)
    assert read_card(tmp_path) == GOOD


@pytest.mark.parametrize("value", ["text", 1, [], [1], None, {"a": 1}, True, -1.5, 1e400, "NaN"])
@pytest.mark.parametrize(
    "place",
    [
        "metrics",
        "metrics.test",
        "metrics.test.accuracy",
        "metrics.test.interval",
        "metrics.test.n",
        "data",
        "data.name",
        "data.photos",
        "settings",
        "settings.lr",
        "settings.mode",
        "created",
        "threshold",
        "temperature",
        "classes",
        "preprocess",
        "preprocess.std",
        "backbone",
    ],
)
def test_a_value_of_another_kind_is_advice_or_harmless(tmp_path, place, value):

    card = json.loads(json.dumps(GOOD))
    *way, last = place.split(".")
    at = card
    for key in way:
        at = at[key]
    at[last] = value
    write(tmp_path, json.dumps(card))
    try:
        read = read_card(tmp_path)
    except FingercountError as error:
        assert "card.json" in str(error) and "\n" not in str(error)
    else:
        assert isinstance(read.get("created", ""), str)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '{"format": ' + "9" * 5000 + "}"])
def test_what_is_no_card_is_advice(tmp_path, text):
    write(tmp_path, text)
    with pytest.raises(FingercountError, match=r"card\.json") as caught:
        read_card(tmp_path)
    assert len(str(caught.value)) < len(str(tmp_path)) + 300


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}'])
def test_damaged_notes_of_photos_seen_are_none(tmp_path, text):
    (tmp_path / "seen.json").write_text(text)
    assert read_seen(tmp_path) == {}


def test_a_model_whose_answers_are_not_finite_does_not_answer(hands, tmp_path):
    """Its weights are finite; what they compute is not."""
    tensors = {key: value.float() for key, value in read_tensors(hands).items()}
    tensors["fc.weight"] = torch.full_like(tensors["fc.weight"], 3e38)
    card = {key: read_card(hands)[key] for key in ("kind", "classes", "preprocess")}
    model = load_model(write_model(tmp_path / "wild", tensors, card))
    photo = torch.zeros(40, 40, 3, dtype=torch.uint8).numpy()
    for ask in (lambda: model.predict([photo]), lambda: model.predict_view(photo, 0)):
        with pytest.raises(FingercountError, match="not finite"):
            ask()
