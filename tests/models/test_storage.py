"""A model's folder: written whole, read with care."""

import errno
import json
import os

import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.models.storage import (
    compact,
    read_card,
    read_full,
    read_seen,
    read_tensors,
    write_model,
)
from tests.conftest import files_below

CARD = {"kind": "head", "classes": ["one", "two"], "preprocess": {"size": 32}}
TENSORS = {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.ones(2)}


def test_what_is_written_is_read(tmp_path):
    folder = write_model(tmp_path / "mine", TENSORS, CARD, seen={"ab12": "train"})
    card = read_card(folder)
    assert card["name"] == "mine" and card["classes"] == ["one", "two"]
    assert set(card["versions"]) == {"fingercount", "python", "torch", "torchvision"}
    assert card["created"].endswith("+00:00")
    assert read_seen(folder) == {"ab12": "train"}
    tensors = read_tensors(folder)
    assert all(torch.equal(tensors[key], TENSORS[key]) for key in TENSORS)


def test_compact_halves_the_weights_and_leaves_batchnorms_statistics():
    tiny = torch.full((4,), 1e-9)  # a float16 would be 0
    state = {
        "conv.weight": torch.randn(4, 3, 3, 3),
        "bn.running_var": tiny,
        "bn.running_mean": torch.randn(4),
        "bn.num_batches_tracked": torch.tensor(7),
    }
    stored = compact(state)
    assert stored["conv.weight"].dtype == torch.float16
    assert stored["bn.running_var"].dtype == torch.float32
    assert torch.equal(stored["bn.running_var"], tiny)
    assert int(stored["bn.num_batches_tracked"]) == 7
    state["bn.running_mean"].zero_()
    assert stored["bn.running_mean"].any(), "a copy"


def test_float16_comes_back_as_float32(tmp_path):
    folder = write_model(tmp_path / "mine", compact({"weight": torch.full((2, 2), 0.5)}), CARD)
    weight = read_tensors(folder)["weight"]
    assert weight.dtype == torch.float32 and (weight == 0.5).all()


def test_an_existing_model_is_kept_unless_it_may_be_replaced(tmp_path):
    folder = write_model(tmp_path / "mine", TENSORS, CARD)
    before = files_below(tmp_path)
    with pytest.raises(FingercountError, match="exists already"):
        write_model(folder, TENSORS, {**CARD, "classes": ["three", "four"]})
    assert files_below(tmp_path) == before
    write_model(folder, TENSORS, {**CARD, "classes": ["three", "four"]}, replace=True)
    assert read_card(folder)["classes"] == ["three", "four"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("write", [1, 3, 5], ids=["weights", "seen", "card"])
def test_a_disk_that_fills_up_at_any_file_leaves_nothing(tmp_path, monkeypatch, write):
    calls, fsync = [], os.fsync

    def full(handle):
        calls.append(handle)
        if len(calls) == write:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FingercountError, match="No space left on device"):
        write_model(tmp_path / "models" / "mine", TENSORS, CARD)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize(
    "text, advice",
    [
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("{torn", "cannot be read", id="torn"),
        pytest.param("[]", "has format None", id="a-list"),
        pytest.param('{"format": 99}', "has format 99, this version reads 1", id="newer"),
        pytest.param('{"format": 1}', "no list of distinct class names", id="nothing-in-it"),
    ],
)
def test_a_card_that_is_none_is_advice(tmp_path, text, advice):
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(FingercountError, match=advice):
        read_card(tmp_path)


def test_a_card_in_another_encoding_is_advice(tmp_path):
    (tmp_path / "card.json").write_bytes(
        json.dumps({"name": "é"}, ensure_ascii=False).encode("cp1252")
    )
    with pytest.raises(FingercountError, match="cannot be read"):
        read_card(tmp_path)


def test_only_a_whole_network_is_a_backbone(tmp_path):
    with pytest.raises(FingercountError, match="holds only a last layer"):
        read_full(write_model(tmp_path / "mine", TENSORS, CARD))


@pytest.mark.parametrize("text", [None, "torn {"], ids=["missing", "torn"])
def test_without_the_hashes_only_the_hint_is_lost(tmp_path, text):
    folder = write_model(tmp_path / "mine", TENSORS, CARD, seen={"ab": "val"})
    (folder / "seen.json").unlink()
    if text:
        (folder / "seen.json").write_text(text)
    assert read_seen(folder) == {}
