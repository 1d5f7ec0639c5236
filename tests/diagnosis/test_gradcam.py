"""The heat map lies on what decides."""

import numpy as np
import pytest
import torch
from torchvision.models import resnet18

from fingercount.diagnosis.gradcam import paint, where_it_looked
from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.model import Model


@pytest.fixture
def model():
    torch.manual_seed(0)
    card = {"classes": ["one", "two"], "preprocess": Preprocess(size=64).to_json()}
    network = resnet18(num_classes=2)
    layer = (network.fc.weight.detach().numpy(), network.fc.bias.detach().numpy())
    return Model("mine", card, layer, lambda: network)


def test_it_has_the_photos_size_and_lies_between_0_and_1(model):
    rgb = np.random.default_rng(0).integers(0, 255, (50, 80, 3), dtype=np.uint8)
    heats = [where_it_looked(model, rgb, label) for label in ("one", "two")]
    for heat in heats:
        assert heat.shape == (50, 80) and heat.dtype == np.float32
        assert (heat.min() >= 0 and heat.max() == pytest.approx(1)) or heat.max() == 0
    assert not np.allclose(*heats), "another label, another place"
    painted = paint(rgb, heats[0])
    assert painted.shape == rgb.shape and painted.dtype == np.uint8


def test_a_channel_that_lights_up_in_a_corner_is_shown_there(model, monkeypatch):
    """The last block is replaced by one whose only channel is the picture's own brightness."""

    class Bright(torch.nn.Module):
        def forward(self, x):
            out = torch.zeros(x.shape[0], 512, 4, 4)
            out[:, 0, 0, 3] = 1.0  # the upper right corner
            return out + 0 * x.mean()

    model.network.layer4 = Bright()
    model.network.fc.weight[:] = 0
    model.network.fc.weight[1, 0] = 1.0
    rgb = np.zeros((64, 64, 3), np.uint8)
    heat = where_it_looked(model, rgb, "two")
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    assert y < 16 and x >= 48
    assert where_it_looked(model, rgb, "one").max() == 0, "nothing spoke for one"


def test_an_unknown_label_is_advice(model):
    with pytest.raises(FingercountError, match="does not know six"):
        where_it_looked(model, np.zeros((8, 8, 3), np.uint8), "six")


def test_others_may_ask_the_network_meanwhile(model, monkeypatch):
    rgb = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    alone, asking = where_it_looked(model, rgb, "one"), []
    pool = torch.nn.AdaptiveAvgPool2d.forward

    def pool_after_another(self, x):
        # The last block has answered; now another page's photo goes through the same network.
        if not asking:
            asking.append(True)
            model.predict([np.zeros((64, 64, 3), np.uint8)])
        return pool(self, x)

    monkeypatch.setattr(torch.nn.AdaptiveAvgPool2d, "forward", pool_after_another)
    assert np.allclose(where_it_looked(model, rgb, "one"), alone) and asking


def test_the_model_is_as_it_was(model):
    where_it_looked(model, np.full((32, 32, 3), 90, np.uint8), "one")
    assert not any(p.requires_grad or p.grad is not None for p in model.network.parameters())
