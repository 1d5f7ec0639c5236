"""The fast form says what the reference says, and is left where it is not that of the weights."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torchvision.models import resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.models import backbones, quantized
from fingercount.models.backbones import load_backbone
from fingercount.models.loading import load_model
from fingercount.models.quantized import GRAPH, WEIGHTS, Fast, graph, load_fast
from fingercount.models.reference import without_last_layer
from fingercount.models.storage import compact, read_full, write_model
from fingercount.paths import REPO, models_dir
from tests.conftest import HANDS, draw

openvino = pytest.importorskip("openvino")
SIZE = 64
SHIPPED = REPO / "models" / "hands"


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(0)
    network = resnet18(num_classes=len(HANDS)).train()
    with torch.no_grad():
        network(torch.randn(8, 3, SIZE, SIZE))  # statistics of BatchNorm that do something
    return {key: value.detach() for key, value in network.state_dict().items()}


@pytest.fixture
def inputs():
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 3, SIZE, SIZE)).astype(np.float32)


def reference(state, inputs):
    with torch.inference_mode():
        return without_last_layer(state)(torch.from_numpy(inputs)).numpy()


def test_the_graph_is_the_network(state, inputs):
    said = Fast(graph(state, SIZE))(inputs)
    assert said.shape == (3, 512) and said.dtype == np.float32
    assert said == pytest.approx(reference(state, inputs), abs=1e-4)
    assert Fast(graph(state, SIZE))(inputs[:0]).shape == (0, 512)


def test_threads_that_ask_at_once_get_their_own_answers(state, inputs):
    fast, expected = Fast(graph(state, SIZE)), reference(state, inputs)
    order = list(np.random.default_rng(1).integers(0, 3, 24))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: fast(inputs[i : i + 1])[0], order))
    for i, said in zip(order, answers):
        assert said == pytest.approx(expected[i], abs=1e-4)


@pytest.fixture
def hands(state):
    """A model with a fast form that shifts each feature a little, so that one can tell."""
    folder = models_dir() / "hands"
    other = {**state, "layer4.1.bn2.bias": state["layer4.1.bn2.bias"] + 0.5}
    stored = {key: value.float() for key, value in compact(state).items()}
    card = {
        "kind": "full",
        "classes": list(HANDS),
        "preprocess": Preprocess(size=SIZE).to_json(),
        "fast": backbones.weights_hash(stored),
    }
    write_model(folder, compact(state), card)
    openvino.save_model(graph(other, SIZE), folder / GRAPH)
    return folder


def test_where_it_is_it_answers(hands):
    backbone, model, photos = (
        load_backbone("hands"),
        load_model("hands"),
        [draw("two"), draw("one")],
    )
    assert (backbone.backend, model.backend) == ("fast", "fast")
    inputs = model.preprocess.batch(photos)
    features = backbone.extract_features(inputs)
    assert not np.allclose(
        features, backbone.with_backend("reference").extract_features(inputs), atol=0.1
    )
    assert model.predict(photos) == pytest.approx(model.predict_features(features), abs=1e-6)
    assert not np.allclose(model.predict(photos), model.predict_by_reference(inputs), atol=1e-3)


@pytest.mark.parametrize("backend", ["fast", "reference"])
def test_a_last_layer_answers_in_the_form_it_learned_from(hands, backend):
    backbone = load_backbone("hands").with_backend(backend)
    head = {"weight": torch.randn(2, 512), "bias": torch.zeros(2)}
    card = {
        "kind": "head",
        "classes": ["one", "two"],
        "preprocess": backbone.preprocess.to_json(),
        "backbone": {"name": "hands", "hash": backbone.hash, "form": backend},
    }
    write_model(models_dir() / "mine", head, card)
    model, photos = load_model("mine"), [draw("two"), draw("one")]
    assert model.backend == backend
    features = backbone.extract_features(model.preprocess.batch(photos))
    assert model.predict(photos) == pytest.approx(model.predict_features(features), abs=1e-6)
    (hands / GRAPH).unlink()
    backbones._cached.cache_clear()
    if backend == "reference":
        assert load_model("mine").backend == backend
    else:
        with pytest.raises(FingercountError, match=r"fast form; here .* reference\); retrain it"):
            load_model("mine")


def test_the_form_of_other_weights_is_left_alone(hands, state):
    card, _ = read_full(hands)
    changed = compact({**state, "conv1.weight": state["conv1.weight"] + 0.1})
    write_model(
        hands.parent / "other",
        changed,
        {k: card[k] for k in ("kind", "classes", "fast", "preprocess")},
    )
    for name in (GRAPH, WEIGHTS):
        shutil.copy(hands / name, hands.parent / "other" / name)
    assert load_model("other").backend == "reference"


def test_without_openvino_pytorch_answers(hands, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openvino", None)
    assert load_fast(hands) is None and load_model("hands").backend == "reference"


LET_GO = """
import os, signal, sys
import faulthandler  # as pytest: signals then have a stack of their own
import numpy as np
from pathlib import Path
from fingercount.models.quantized import load_fast

faulthandler.enable()
signal.signal(signal.SIGUSR1, lambda *_: print("heard"))
photo = np.zeros((1, 3, int(sys.argv[2]), int(sys.argv[2])), np.float32)
first, second = load_fast(Path(sys.argv[1])), load_fast(Path(sys.argv[1]))
first(photo), second(photo)
del first
del second
os.kill(os.getpid(), signal.SIGUSR1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_networks_that_are_let_go_leave_signals_alone(hands):
    """Each with a Core of its own, a signal after them was a segmentation fault."""
    done = subprocess.run(
        [sys.executable, "-c", LET_GO, hands, str(SIZE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr


@pytest.mark.parametrize("name", [GRAPH, WEIGHTS])
def test_a_damaged_form_is_advice(hands, name):
    (hands / name).write_bytes(b"torn")
    with pytest.raises(FingercountError, match=r"fast\.xml is damaged; delete fast"):
        load_model("hands")


@pytest.mark.skipif(not (SHIPPED / GRAPH).is_file(), reason="the shipped model has no fast form")
def test_the_shipped_forms_agree():
    """On rendered hands: the same answers but for a few close calls, and close probabilities."""
    from fingercount.synthetic import render

    photos = [render(seed, size=128, label=label).image for seed in range(8) for label in HANDS]
    model = load_model(SHIPPED)
    assert model.backend == "fast"
    inputs = model.preprocess.batch(photos)
    fast, slow = model.predict_inputs(inputs), model.predict_by_reference(inputs)
    differ = fast.argmax(1) != slow.argmax(1)
    assert differ.mean() <= 0.05
    assert np.abs(fast - slow).mean() < 0.02


def test_it_is_compiled_once_and_only_when_asked(state, inputs, monkeypatch):
    compiled, core = [], quantized.core()

    class Counting:
        def compile_model(self, *words):
            compiled.append(1)
            return core.compile_model(*words)

    monkeypatch.setattr(quantized, "core", Counting)
    fast = Fast(graph(state, SIZE))
    assert not compiled
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fast, [inputs[:1]] * 8))
    assert len(compiled) == 1


def test_many_photos_get_the_features_that_each_gets_alone_in_any_thread(state):
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(3 * quantized.MANY, 3, SIZE, SIZE)).astype(np.float32)
    fast = Fast(graph(state, SIZE))
    alone = np.concatenate([fast(photo[None]) for photo in inputs])
    with ThreadPoolExecutor(3) as pool:
        orders = [rng.permutation(len(inputs)) for _ in range(3)]
        for order, said in zip(orders, pool.map(lambda order: fast(inputs[order]), orders)):
            assert said == pytest.approx(alone[order], abs=1e-5)
