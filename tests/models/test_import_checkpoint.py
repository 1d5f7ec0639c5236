"""Foreign checkpoints: the notebook's come in, programs stay out."""

import os
import pickle
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.optim.swa_utils import AveragedModel
from torchvision.models import resnet18, resnet34

from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.imaging.read import read_image
from fingercount.models.import_checkpoint import import_checkpoint
from fingercount.models.loading import load_model
from fingercount.models.registry import list_models
from fingercount.models.storage import read_card
from fingercount.paths import models_dir
from tests.conftest import draw

NOTEBOOKS = ["five", "four", "one", "three", "two"]


@pytest.fixture(scope="module")
def state():
    """A bare state_dict of a ResNet-18 with five outputs, as the notebook saved one."""
    torch.manual_seed(3)
    network = resnet18(num_classes=5).train()
    with torch.no_grad():
        network(torch.randn(4, 3, 32, 32))  # statistics of a training, not 0 and 1
    return network.state_dict()


@pytest.fixture
def save(tmp_path):
    def write(value, name="modelParams.pth", **options) -> Path:
        torch.save(value, tmp_path / name, **options)
        return tmp_path / name

    return write


def test_the_notebooks_checkpoint_is_a_model_like_any_other(state, save, make_dataset):
    card = import_checkpoint(save(state), NOTEBOOKS, "original", size=32)
    assert card["classes"] == NOTEBOOKS
    model = load_model("original")
    assert model.classes == NOTEBOOKS and model.card["origin"] == "modelParams.pth"

    photo = draw("two")
    assert model.predict([photo])[0] == pytest.approx(asked(state, model, photo), abs=1e-5)

    report = evaluate(model, make_dataset(labels=("one", "two"), n=2))
    assert report.n == 4 and report.classes == NOTEBOOKS


def test_an_evaluation_of_it_says_what_the_owners_pytorch_does(state, save, make_dataset):
    dataset = make_dataset(labels=("one", "two", "five"), n=3)
    behind = {k.replace("fc.", "fc.1."): v for k, v in state.items()}
    import_checkpoint(save({"state_dict": behind}), NOTEBOOKS, "original", size=32)
    model = load_model("original")
    items = evaluate(model, dataset).to_json()["items"]
    assert len(items) == 9
    for item in items:
        photo = read_image((dataset.root / item["path"]).read_bytes())
        expected = asked(state, model, photo)
        assert item["predicted"] == NOTEBOOKS[int(expected.argmax())]
        assert item["confidence"] == pytest.approx(float(expected.max()), abs=1e-5)


def test_without_a_size_it_sees_what_the_notebook_showed_it(state, save):
    card = import_checkpoint(save(state), NOTEBOOKS, "original")
    assert card["preprocess"]["size"] == 224
    assert load_model("original").predict([draw("two")]).shape == (1, 5)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda s: {f"module.{k}": v for k, v in s.items()}, id="data-parallel"),
        pytest.param(
            lambda s: {k: v for k, v in s.items() if "num_batches" not in k}, id="no-counters"
        ),
        pytest.param(lambda s: {k: v.double() for k, v in s.items()}, id="float64"),
        pytest.param(
            lambda s: {k: v.half() if v.is_floating_point() else v for k, v in s.items()},
            id="float16",
        ),
        pytest.param(lambda s: prefixed(s, "_orig_mod."), id="compiled"),
        pytest.param(lambda s: prefixed(s, "module.backbone.net."), id="prefixes"),
        pytest.param(lambda s: {"state_dict": s, "epoch": 3}, id="state-dict"),
        pytest.param(
            lambda s: {"optimizer": {"state": {0: torch.zeros(2)}}, "model_state_dict": s},
            id="mine",
        ),
        pytest.param(lambda s: {"model": {"net": s}, "best": np.float64(0.7)}, id="deep"),
        pytest.param(
            lambda s: {
                "pytorch-lightning_version": "2.4.0",
                "state_dict": {**prefixed(s, "model."), "criterion.weight": torch.ones(5)},
                "hyper_parameters": {"lr": 1e-3},
                "callbacks": {},
            },
            id="lightning",
        ),
        pytest.param(lambda s: AveragedModel(filled(s)).state_dict(), id="a-mean-of-weights"),
        pytest.param(lambda s: torch.nn.DataParallel(filled(s)).state_dict(), id="by-torch"),
        pytest.param(
            lambda s: {k.replace("fc.", "fc.1."): v for k, v in s.items()}, id="behind-a-dropout"
        ),
        pytest.param(
            lambda s: {
                "model": prefixed({k.replace("fc.", "fc.0."): v for k, v in s.items()}, "m.")
            },
            id="before-a-softmax",
        ),
    ],
)
def test_variants_of_a_state_dict_answer_as_it_does(state, save, change):
    import_checkpoint(save(change(dict(state))), NOTEBOOKS, "original", size=32)
    model, photo = load_model("original"), draw("two")
    exact = 1e-5 if all(v.dtype != torch.float16 for v in flat(change(dict(state)))) else 5e-3
    assert model.predict([photo])[0] == pytest.approx(asked(state, model, photo), abs=exact)


def filled(state):
    """Return a network with these weights."""
    network = resnet18(num_classes=5)
    network.load_state_dict(state)
    return network


def prefixed(state, prefix):
    return {f"{prefix}{key}": value for key, value in state.items()}


def flat(content):
    """Return all tensors in a content."""
    if isinstance(content, torch.Tensor):
        return [content]
    return [t for v in content.values() for t in flat(v)] if isinstance(content, dict) else []


def asked(state, model, photo):
    """Return what the owner's own network says."""
    network = filled(state).eval()
    with torch.no_grad():
        x = torch.from_numpy(model.preprocess.batch([photo]))
        return torch.softmax(network(x), 1)[0].numpy()


def test_safetensors_come_in(state, tmp_path):
    save_file({k: v.contiguous() for k, v in state.items()}, tmp_path / "model.safetensors")
    import_checkpoint(tmp_path / "model.safetensors", NOTEBOOKS, "original", size=32)
    model, photo = load_model("original"), draw("two")
    assert model.predict([photo])[0] == pytest.approx(asked(state, model, photo), abs=1e-5)


def test_a_last_layer_without_a_bias_comes_in(state, save):
    bare = {k: v for k, v in state.items() if k != "fc.bias"}
    import_checkpoint(save(bare), NOTEBOOKS, "original", size=32)
    model, photo = load_model("original"), draw("two")
    expected = asked({**state, "fc.bias": torch.zeros(5)}, model, photo)
    assert model.predict([photo])[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "beside",
    [
        {"classes": NOTEBOOKS},
        {"class_to_idx": {label: n for n, label in enumerate(NOTEBOOKS)}},
        {"config": {"idx_to_class": dict(enumerate(NOTEBOOKS))}},
        {"hyper_parameters": {"id2label": {str(n): label for n, label in enumerate(NOTEBOOKS)}}},
        {"args": Namespace(class_names=NOTEBOOKS)},
    ],
    ids=["list", "by-name", "by-number", "by-text", "arguments"],
)
def test_the_files_own_class_names_are_taken(state, save, beside):
    card = import_checkpoint(save({"model": state, **beside}), None, "original", size=32)
    assert card["classes"] == NOTEBOOKS


def test_without_class_names_they_are_asked_for(state, save):
    with pytest.raises(FingercountError, match="name them in their order"):
        import_checkpoint(save({"model": state, "classes": 5}), None, "original")
    assert list_models() == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(state, save, value):
    broken = {**state, "layer1.0.conv1.weight": torch.full((64, 64, 3, 3), value)}
    with pytest.raises(FingercountError, match="not finite"):
        import_checkpoint(save(broken), NOTEBOOKS, "original")
    assert list_models() == []


def test_the_old_file_format_comes_in(state, save):
    file = save(state, _use_new_zipfile_serialization=False)
    import_checkpoint(file, NOTEBOOKS, "original", size=32)
    assert list_models() == ["original"]


class Payload:
    """What a hostile checkpoint holds: a program that runs when it is unpickled."""

    def __init__(self, victim):
        self.victim = victim

    def __reduce__(self):
        return os.mkdir, (str(self.victim),)


@pytest.mark.parametrize("new_format", [True, False], ids=["zip", "legacy"])
def test_a_payload_in_a_checkpoint_is_refused_and_does_not_run(state, save, tmp_path, new_format):
    victim = tmp_path / "victim"
    file = save({**state, "fc.bias": Payload(victim)}, _use_new_zipfile_serialization=new_format)
    with pytest.raises(FingercountError, match="holds more than weights and is refused"):
        import_checkpoint(file, NOTEBOOKS, "original")
    assert not victim.exists() and list_models() == []


def test_a_bare_pickle_with_a_payload_is_refused_and_does_not_run(tmp_path):
    victim, file = tmp_path / "victim", tmp_path / "evil.pth"
    file.write_bytes(pickle.dumps(Payload(victim)))
    with pytest.raises(FingercountError):
        import_checkpoint(file, NOTEBOOKS, "original")
    assert not victim.exists()


def test_a_whole_model_is_a_program_and_refused(save):
    with pytest.raises(FingercountError, match=r"torch\.save\(model\.state_dict\(\), FILE\)"):
        import_checkpoint(save(resnet18(num_classes=5)), NOTEBOOKS, "original")


@pytest.mark.parametrize(
    "make, advice",
    [
        pytest.param(
            lambda s: (
                {k.replace("fc.", "fc.0.") if k.startswith("fc") else k: v for k, v in s.items()}
                | {"fc.2.weight": torch.zeros(5, 5), "fc.2.bias": torch.zeros(5)}
            ),
            "not a ResNet-18",
            id="two-last-layers",
        ),
        pytest.param(lambda s: [1, 2], "has no state_dict", id="a-list"),
        pytest.param(lambda s: torch.zeros(3), "has no state_dict", id="a-tensor"),
        pytest.param(lambda s: {}, "has no state_dict", id="empty"),
        pytest.param(lambda s: {1: torch.zeros(3)}, "has no state_dict", id="numbers-for-names"),
        pytest.param(
            lambda s: resnet34(num_classes=5).state_dict(), "not a ResNet-18", id="resnet34"
        ),
        pytest.param(
            lambda s: {**s, "conv1.weight": torch.zeros(64, 1, 7, 7)}, "not a ResNet-18", id="grey"
        ),
        pytest.param(
            lambda s: {k: v for k, v in s.items() if not k.startswith("fc.")},
            "not a ResNet-18",
            id="no-last-layer",
        ),
        pytest.param(
            lambda s: {**s, "fc.weight": torch.tensor(1.0)}, "not a ResNet-18", id="fc-is-a-number"
        ),
    ],
)
def test_what_is_no_resnet18_is_refused(state, save, make, advice):
    with pytest.raises(FingercountError, match=advice):
        import_checkpoint(save(make(dict(state))), NOTEBOOKS, "original", size=32)
    assert list_models() == []


@pytest.mark.parametrize("data", [b"", b"no checkpoint at all", b"PK\x03\x04torn"])
def test_a_file_that_is_no_checkpoint_is_advice(tmp_path, data):
    file = tmp_path / "model.pth"
    file.write_bytes(data)
    with pytest.raises(FingercountError, match=r"model\.pth"):
        import_checkpoint(file, NOTEBOOKS, "original")


def test_a_file_that_is_not_there_is_advice(tmp_path):
    with pytest.raises(FingercountError, match=r"There is no file .*nowhere"):
        import_checkpoint(tmp_path / "nowhere.pth", NOTEBOOKS, "original")


@pytest.mark.parametrize(
    "classes, advice",
    [
        pytest.param(NOTEBOOKS[:4], "has 5 outputs, but 4 names", id="too-few"),
        pytest.param([*NOTEBOOKS, "zero"], "has 5 outputs, but 6 names", id="too-many"),
        pytest.param(["one", "two", "three", "four", "4"], "distinct names", id="twice"),
        pytest.param(["one"], "distinct names", id="one"),
        pytest.param([], "distinct names", id="none"),
        pytest.param([*NOTEBOOKS[:4], "a/b"], "cannot be a folder", id="slash"),
        pytest.param([*NOTEBOOKS[:4], "not sure"], "is an answer", id="an-answer"),
    ],
)
def test_class_names_must_fit(state, save, classes, advice):
    with pytest.raises(FingercountError, match=advice):
        import_checkpoint(save(state), classes, "original", size=32)
    assert list_models() == []


def test_a_size_that_no_network_takes_is_refused(state, save):
    with pytest.raises(FingercountError, match="input size 8"):
        import_checkpoint(save(state), NOTEBOOKS, "original", size=8)
    assert list_models() == []


@pytest.mark.parametrize("name", ["hands", "../out", "a/b", ""])
def test_a_name_that_cannot_be_is_refused(state, save, hands, name):
    with pytest.raises(FingercountError):
        import_checkpoint(save(state), NOTEBOOKS, name)
    assert [folder.name for folder in models_dir().iterdir()] == ["hands"]


def test_digits_name_the_same_classes_and_replace_replaces(state, save):
    file = save(state)
    import_checkpoint(file, NOTEBOOKS, "original", size=32)
    with pytest.raises(FingercountError, match="exists already"):
        import_checkpoint(file, ["5", "4", "1", "3", "2"], "original", size=32)
    import_checkpoint(file, ["5", "4", "1", "3", "2"], "original", size=64, replace=True)
    card = read_card(models_dir() / "original")
    assert card["classes"] == NOTEBOOKS and card["preprocess"]["size"] == 64
