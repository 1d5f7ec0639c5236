"""A model with a fast form, so that no process of a test waits for PyTorch."""

import json

import pytest

from fingercount.models.backbones import weights_hash
from fingercount.models.quantized import GRAPH, graph
from fingercount.models.storage import read_arrays


@pytest.fixture
def fast_hands(hands):
    """A `hands` with random weights and a fast form."""
    openvino = pytest.importorskip("openvino")
    card = json.loads((hands / "card.json").read_text("utf-8"))
    weights = read_arrays(hands)
    card["fast"] = weights_hash(weights)
    (hands / "card.json").write_text(json.dumps(card), "utf-8")
    openvino.save_model(graph(weights, card["preprocess"]["size"]), hands / GRAPH)
    return hands
