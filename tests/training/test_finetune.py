"""Training the whole network: what it starts from, and what it keeps."""

import pytest
import torch

from fingercount.imaging.augment import Augment
from fingercount.models.backbones import shared_backbone
from fingercount.models.features import Features
from fingercount.training.events import Batch, Epoch, Fitted
from fingercount.training.finetune import fit_network
from fingercount.training.settings import Settings
from tests.conftest import SESSIONS

STILL = Augment(*[0.0] * 9)


@pytest.fixture
def photos(make_dataset, hands):
    return make_dataset("mine", labels=("one", "two"), n=4, sessions=SESSIONS)


def fit(dataset, **settings):
    photos = dataset.photos()
    train = [photo for photo in photos if photo.session != SESSIONS[2]]
    val = [photo for photo in photos if photo.session == SESSIONS[2]]
    chosen = Settings(
        **{"mode": "finetune", "epochs": 1, "batch_size": 8, "augment": STILL, **settings}
    )
    features = Features(dataset, shared_backbone("hands"))
    return list(fit_network(features, train, val, ["one", "two"], chosen))


def test_it_starts_where_the_frozen_network_and_a_fitted_layer_stand(photos):
    """With a rate of nearly nothing it is as good as the last layer alone, and has not moved."""
    events = fit(photos, lr=1e-9)
    epoch = next(event for event in events if isinstance(event, Epoch))
    assert epoch.train_accuracy == 1, "not a random layer"
    body = shared_backbone("hands").network.state_dict()
    for key, value in body.items():
        assert torch.allclose(events[-1].tensors[key], value, atol=1e-6), key


def test_it_returns_a_whole_resnet18(photos):
    from torchvision.models import resnet18

    fitted = fit(photos)[-1]
    assert isinstance(fitted, Fitted)
    resnet18(num_classes=2).load_state_dict(fitted.tensors)


def test_all_layers_learn_but_batchnorms_statistics_stay(photos):
    body = {k: v.clone() for k, v in shared_backbone("hands").network.state_dict().items()}
    tensors = fit(photos, lr=1e-3)[-1].tensors
    for key, value in body.items():
        stays = "running_" in key or "num_batches" in key
        assert torch.equal(tensors[key], value) == stays, key


def test_it_can_be_stopped_after_any_batch(photos):
    events = fit(photos, batch_size=4)
    between = events[: next(i for i, e in enumerate(events) if isinstance(e, Epoch))]
    assert sum(isinstance(event, Batch) for event in between) >= 4


def test_batches_are_counted_over_all_epochs(photos):
    told = [event for event in fit(photos, batch_size=4, epochs=2) if isinstance(event, Batch)]
    assert [one.done for one in told] == [*range(1, told[0].total + 1)]


def test_the_best_epoch_by_validation_is_kept(photos):
    events = fit(photos, epochs=3, lr=0.05)
    epochs = [event for event in events if isinstance(event, Epoch)]
    best = max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss))
    assert events[-1].best_epoch == best.epoch


def test_weight_decay_pulls_towards_the_start(photos):
    """As its help says: AdamW's own would pull towards zero, away from what was learned before."""
    body = {k: v.clone() for k, v in shared_backbone("hands").network.state_dict().items()}

    def distance(decay):
        tensors = fit(photos, lr=0.05, epochs=3, weight_decay=decay)[-1].tensors
        return sum(float((tensors[k] - body[k]).square().sum()) for k in body if "conv" in k)

    assert distance(10.0) < 0.5 * distance(0.0)
