"""The temperature is folded into the last layer: as sure as right, and no answer changed."""

import numpy as np
import pytest
import torch
from torch import nn

from fingercount.pretraining.calibrate import calibrate
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe

CLASSES = ["one", "two"]
RECIPE = Recipe(size=32, epochs=2, draws=256, batch_size=64, renders=0, amplitude=0.0)


class Reader(nn.Module):
    """Right in four of five pictures, by a dot that the label cannot be told from."""

    def __init__(self, sureness: float):
        super().__init__()
        self.resnet = nn.Module()
        self.resnet.fc = nn.Linear(2, 2)
        with torch.no_grad():
            self.resnet.fc.weight.copy_(sureness * torch.eye(2))
            self.resnet.fc.bias.zero_()

    def forward(self, x):
        score = torch.stack([x[:, 0].mean((1, 2)), x[:, 2].mean((1, 2))], 1)
        said = nn.functional.one_hot(score.argmax(1), 2).float()
        return (self.resnet.fc(said),)


@pytest.fixture
def photos():
    """Red is one and blue is two, but one photo of five has the other's colour."""
    made = []
    for i in range(10):
        for k, label in enumerate(CLASSES):
            rgb = np.full((40, 40, 3), 30, np.uint8)
            rgb[..., 2 * (k if i % 5 else 1 - k)] = 220
            made.append(HandPhoto(rgb, label, "ada", f"{label}{i}", f"{label}{i}"))
    return made


@pytest.mark.parametrize("sureness", [0.9, 3.0], ids=["unsure", "too sure"])
def test_it_becomes_as_sure_as_it_is_right(photos, sureness):
    network = Reader(sureness)
    temperature = calibrate(network, photos, CLASSES, RECIPE)
    # Two classes, one of them named at 80 %: the difference of the logits is log 4.
    assert torch.allclose(network.resnet.fc.weight, sureness / temperature * torch.eye(2))
    assert sureness / temperature == pytest.approx(np.log(4), rel=0.35)
    assert (temperature < 1) == (sureness < np.log(4))


def test_the_pictures_are_not_those_of_the_run(photos, monkeypatch):
    drawn = []
    from fingercount.pretraining.sampling import TrainingSet

    item = TrainingSet.__getitem__
    monkeypatch.setattr(
        TrainingSet, "__getitem__", lambda self, i: drawn.append(i) or item(self, i)
    )
    calibrate(Reader(1.0), photos, CLASSES, RECIPE)
    assert min(drawn) == 512 and len(drawn) == len(set(drawn)) == 512


def test_a_batch_larger_than_all_its_pictures_will_do(photos):
    large = Recipe(**{**RECIPE.to_json(), "batch_size": 256})
    network = Reader(3.0)
    assert calibrate(network, photos, CLASSES, large, pictures=128) != 1.0


def test_few_pictures_say_nothing(photos):
    tiny = Recipe(size=32, epochs=1, draws=16, batch_size=8, renders=0)
    network = Reader(3.0)
    assert calibrate(network, photos, CLASSES, tiny) == 1.0
    assert torch.equal(network.resnet.fc.weight, 3 * torch.eye(2))
