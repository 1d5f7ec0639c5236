"""The two backbones: frozen, named by their weights, and advice where a file is missing."""

import urllib.error
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import ResNet18_Weights, resnet18

from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import (
    FEATURES,
    load_backbone,
    shared_backbone,
    weights_hash,
)
from fingercount.models.loading import load_model
from fingercount.models.reference import imagenet_file
from fingercount.models.storage import read_card, read_tensors, write_model
from fingercount.paths import models_dir
from fingercount.training.events import Finished
from fingercount.training.settings import Settings
from fingercount.training.trainer import train
from tests.conftest import HANDS


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(5)
    return resnet18().state_dict()


@pytest.fixture
def no_network(monkeypatch):
    def refused(*_, **__):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("torch.hub.download_url_to_file", refused)


def put(state):
    imagenet_file().parent.mkdir(parents=True)
    torch.save(state, imagenet_file())


def test_the_shipped_one_brings_its_last_layer_along(hands):
    backbone = load_backbone("hands")
    assert backbone.classes == HANDS and backbone.preprocess.size == 32
    weight, bias = backbone.last_layer
    assert weight.shape == (len(HANDS), FEATURES) and bias.shape == (len(HANDS),)
    x = torch.from_numpy(backbone.preprocess.batch([np.zeros((40, 40, 3), np.uint8)]))
    whole = load_model("hands").network
    with torch.no_grad():
        features = backbone.network(x)
        assert features.shape == (1, FEATURES)
        assert torch.allclose(features @ weight.T + bias, whole(x), atol=1e-5)


def test_it_is_frozen(hands):
    network = load_backbone("hands").network
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
    before = network.bn1.running_mean.clone()
    network(torch.randn(4, 3, 32, 32))
    assert torch.equal(network.bn1.running_mean, before)


def test_it_is_loaded_once_and_again_when_its_file_changes(hands):
    first = shared_backbone("hands")
    assert shared_backbone("hands") is first
    tensors = read_tensors(hands)
    tensors["conv1.weight"] *= 1.5
    write_model(hands, tensors, read_card(hands), replace=True)
    assert shared_backbone("hands").hash != first.hash


def test_the_hash_is_of_what_the_backbone_computes(state):
    own = weights_hash(state)
    assert len(own) == 16 and own == weights_hash(dict(reversed(state.items())))
    assert weights_hash({**state, "fc.bias": state["fc.bias"] + 1}) == own
    assert weights_hash({k: v for k, v in state.items() if not k.startswith("fc.")}) == own
    assert weights_hash({**state, "bn1.num_batches_tracked": torch.tensor(9)}) == own
    halved = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    restored = {k: v.float() for k, v in halved.items()}
    assert weights_hash(halved) == weights_hash(restored), "whatever it is stored as"
    changed = {**state, "bn1.running_mean": state["bn1.running_mean"] + 1e-6}
    assert weights_hash(changed) != own


@pytest.mark.parametrize("name", ["", "resnet50", "../hands"])
def test_an_unknown_name_tells_the_known_ones(name):
    with pytest.raises(FingercountError, match="choose one of hands, imagenet"):
        load_backbone(name)


def test_without_the_shipped_model_it_says_which_file_is_missing():
    with pytest.raises(FingercountError, match=r"hands/card\.json"):
        load_backbone("hands")


def test_a_last_layer_alone_is_no_backbone(hands):
    card = {"kind": "head", "classes": ["a", "b"], "preprocess": {"size": 32}}
    write_model(hands, {"weight": torch.zeros(2, 512)}, card, replace=True)
    with pytest.raises(FingercountError, match="not a whole network"):
        load_backbone("hands")


def test_imagenet_trains_from_torchs_cache_with_no_network(
    state, no_network, make_dataset, tmp_path
):
    put(state)
    assert imagenet_file() == tmp_path / "torch_home/hub/checkpoints/resnet18-f37072fd.pth"
    dataset = make_dataset(labels=("one", "two"), n=3)
    settings = Settings(
        backbone="imagenet", epochs=2, copies=0, augment=replace(Augment(), rotation=0)
    )
    card = list(train(dataset, "mine", settings))[-1]
    assert isinstance(card, Finished)
    assert card.card["preprocess"]["size"] == 224
    assert card.card["backbone"] == {
        "name": "imagenet",
        "hash": weights_hash(state),
        "form": "reference",
    }
    assert_answers_as_its_owner(state, dataset)


def assert_answers_as_its_owner(state, dataset):
    """Compare the last layer `mine` with PyTorch's own ResNet-18 of these weights."""
    photo, model = dataset.image(dataset.photos()[0]), load_model("mine")
    owners = resnet18()
    owners.load_state_dict(state)
    owners.fc = torch.nn.Linear(512, 2)  # the new last layer
    owners.fc.load_state_dict(read_tensors(models_dir() / "mine"))
    with torch.no_grad():
        logits = owners.eval()(torch.from_numpy(model.preprocess.batch([photo])))
    expected = torch.softmax(logits / model.temperature, 1)[0].numpy()
    assert model.predict([photo])[0] == pytest.approx(expected, abs=1e-5)


def test_a_last_layer_on_a_brought_network_answers_as_its_owner_would(hands, state, make_dataset):
    preprocess = Preprocess(size=64).to_json()
    card = {"kind": "full", "classes": ["a", "b"], "preprocess": preprocess}
    brought = {**state, "fc.weight": torch.randn(2, 512), "fc.bias": torch.zeros(2)}
    folder = write_model(models_dir() / "brought", brought, card)
    dataset = make_dataset(labels=("one", "two"), n=3)
    finished = list(train(dataset, "mine", Settings.make("brought", epochs=2, copies=0)))[-1]
    assert isinstance(finished, Finished)
    assert finished.card["backbone"]["name"] == "brought"
    assert_answers_as_its_owner(state, dataset)
    assert load_model("mine").preprocess.size == 64
    changed = {**brought, "bn1.bias": brought["bn1.bias"] + 1}
    write_model(folder, changed, card, replace=True)
    with pytest.raises(FingercountError, match="not the one here"):
        load_model("mine")


def test_without_network_and_file_it_says_where_to_put_it(no_network):
    with pytest.raises(FingercountError) as told:
        load_backbone("imagenet")
    message = str(told.value)
    assert str(imagenet_file()) in message and "use the backbone hands" in message
    assert ResNet18_Weights.IMAGENET1K_V1.url in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"<html>not found</html>"), id="a-web-page"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:100_000]), id="half-downloaded"
        ),
        pytest.param(lambda path: torch.save({"a": torch.zeros(1)}, path), id="another-network"),
        pytest.param(lambda path: torch.save(nn.Linear(2, 2), path), id="a-program"),
    ],
)
def test_a_damaged_file_is_advice(state, no_network, damage):
    put(state)
    damage(imagenet_file())
    with pytest.raises(
        FingercountError, match=f"{imagenet_file()} cannot be read; delete the file"
    ):
        load_backbone("imagenet")
