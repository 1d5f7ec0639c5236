"""Fitting the last layer, on features made up for the purpose."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from fingercount.imaging.augment import Augment
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import FEATURES, Backbone, shared_backbone
from fingercount.models.features import Features
from fingercount.training.events import Epoch, Fitted
from fingercount.training.head import (
    PULL,
    better,
    class_weights,
    fit_head,
    fit_linear,
    score,
    starting_layer,
    targets,
)
from fingercount.training.settings import Settings
from tests.conftest import SESSIONS

CLASSES = ["one", "two", "five"]


def backbone(classes=()):
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(len(classes), FEATURES, generator=generator)
    layer = (weight.numpy(), np.arange(len(classes), dtype=np.float32))
    return Backbone("hands", torch.nn.Identity, "ab", Preprocess(), "reference", classes, layer)


def clouds(n=60, classes=3, seed=0, spread=3.0):
    """Features of `classes` clouds of points: (float32 [n, 512], class indices [n])."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(0, 1, (classes, FEATURES))
    y = np.arange(n) % classes
    x = centres[y] + rng.normal(0, spread, (n, FEATURES))
    return x.astype(np.float32), y


def fit(x, y, settings, x_val=None, y_val=None, base=None):
    if x_val is None:
        x_val, y_val = np.zeros((0, FEATURES), np.float32), np.zeros(0, np.int64)
    return list(fit_linear(x[None], y, x_val, y_val, CLASSES, base or backbone(), settings))


def accuracy(tensors, x, y):
    return float(((x @ tensors["weight"].T + tensors["bias"]).argmax(1) == y).mean())


def test_targets_are_in_the_order_of_the_classes():
    photos = [SimpleNamespace(label=label) for label in ("five", "one", "two", "five")]
    assert targets(photos, CLASSES).tolist() == [2, 0, 1, 2]
    assert targets([], CLASSES).dtype == np.int64


def test_a_rare_label_counts_as_much_as_a_common_one():
    y = np.array([0] * 30 + [1] * 10)
    weights = class_weights(y, 2)
    assert weights.tolist() == pytest.approx([40 / 60, 2.0])
    totals = np.bincount(y, weights[y])
    assert totals[0] == pytest.approx(totals[1])
    assert np.isfinite(class_weights(y, 3)[2])


def test_it_starts_from_what_the_backbone_knows():
    known = backbone(("five", "two"))
    weight, bias = starting_layer(CLASSES, known)
    assert np.array_equal(weight[1], known.last_layer[0][1]) and bias[1] == 1
    assert np.array_equal(weight[2], known.last_layer[0][0]) and bias[2] == 0
    assert not weight[0].any() and bias[0] == 0, "one is new"


def test_it_learns_and_what_it_returns_works_on_plain_features():
    x, y = clouds()
    events = fit(10 * x + 4, y, Settings(epochs=30, batch_size=16))
    assert accuracy(events[-1].tensors, 10 * x + 4, y) == 1
    losses = [event.train_loss for event in events[:-1]]
    assert losses[-1] < losses[0] / 2


def test_a_tiny_rate_leaves_the_start_where_it_is():
    known = backbone(tuple(CLASSES))
    x, y = clouds()
    tensors = fit(x, y, Settings(epochs=1, lr=1e-9), base=known)[-1].tensors
    assert np.allclose(tensors["weight"], known.last_layer[0], atol=1e-6)


def test_weight_decay_pulls_towards_the_start_and_not_towards_zero():
    known = backbone(tuple(CLASSES))
    x, y = clouds()
    distance = {}
    for decay in (0.0, 10.0):
        tensors = fit(x, y, Settings(epochs=20, lr=0.05, weight_decay=decay), base=known)[
            -1
        ].tensors
        distance[decay] = float(np.linalg.norm(tensors["weight"] - known.last_layer[0]))
    assert distance[10.0] < distance[0.0] / 1.5


def test_few_photos_move_what_it_knows_less_than_many_do():
    base = backbone(tuple(CLASSES))
    start = starting_layer(CLASSES, base)[0]

    def moved(n):
        x, y = clouds(n)
        settings = Settings(epochs=60, batch_size=n, lr=1e-2)
        tensors = fit(x, y, settings, base=base)[-1].tensors
        return float(np.linalg.norm((tensors["weight"] - start) * x.std(0)))

    assert moved(6) < moved(60) < moved(600)


def by_pytorch(views, y, base, settings):
    """The same fit by PyTorch's generator, gradients and AdamW; returns weight and bias."""
    generator = torch.Generator().manual_seed(settings.seed)
    x, y = torch.from_numpy(np.stack(views)), torch.from_numpy(y)
    mean, scale = x[0].mean(0), x[0].std(0, correction=0).clamp_min(1e-3)
    begin = [torch.from_numpy(part) for part in starting_layer(CLASSES, base)]
    change = [torch.zeros_like(part, requires_grad=True) for part in begin]
    optimizer = torch.optim.AdamW(change, lr=settings.lr, weight_decay=0.0)
    steps = settings.epochs * -(-len(y) // settings.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    counts = torch.bincount(y, minlength=len(CLASSES))
    balance = len(y) / ((counts > 0).sum() * counts.clamp_min(1))
    known = torch.tensor([float(label in base.classes) for label in CLASSES])
    pull = known * PULL * settings.weight_decay / (2 * len(y))
    for _ in range(settings.epochs):
        order = torch.randperm(len(y), generator=generator)
        view = torch.randint(len(x), (len(y),), generator=generator)
        for batch in order.split(settings.batch_size):
            taken = x[view[batch], batch]
            out = F.linear((taken - mean) / scale, *change) + F.linear(taken, *begin)
            loss = F.cross_entropy(out, y[batch], weight=balance)
            loss = loss + (pull * (change[0].square().sum(1) + change[1].square())).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    weight, bias = (part.detach() for part in change)
    weight = weight / scale
    return begin[0] + weight, begin[1] + bias - weight @ mean


@pytest.mark.parametrize("seed", [0, 7, 2**40 + 3])
def test_the_weights_are_those_that_pytorch_gives(seed):
    x, y = clouds(50, spread=6)
    views, base = [x, x + np.float32(0.1), x * np.float32(0.9)], backbone(("five", "two"))
    settings = Settings(epochs=8, batch_size=16, lr=0.02, seed=seed)
    empty, nobody = np.zeros((0, FEATURES), np.float32), np.zeros(0, np.int64)
    *_, fitted = fit_linear(views, y, empty, nobody, CLASSES, base, settings)
    weight, bias = by_pytorch(views, y, base, settings)
    assert fitted.tensors["weight"] == pytest.approx(weight.numpy(), abs=1e-4)
    assert fitted.tensors["bias"] == pytest.approx(bias.numpy(), abs=1e-4)


def test_the_best_epoch_by_validation_is_returned():
    x, y = clouds(spread=8)
    x_val, y_val = clouds(seed=1, spread=8)
    events = fit(x, y, Settings(lr=1.0, epochs=15, batch_size=4), x_val, y_val)
    epochs, fitted = events[:-1], events[-1]
    best = max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss))
    assert fitted.best_epoch == best.epoch != len(epochs), "a later one was worse"
    assert accuracy(fitted.tensors, x_val, y_val) == pytest.approx(best.val_accuracy)


def test_unmeasured_the_last_epoch_is_returned():
    x, y = clouds()
    events = fit(x, y, Settings(epochs=4))
    assert isinstance(events[-1], Fitted) and events[-1].best_epoch == 4
    assert all(isinstance(e, Epoch) and e.val_accuracy is None for e in events[:-1])


def test_a_class_with_one_photo_is_learned_too():
    x, y = clouds(61)
    keep = np.flatnonzero(y != 2)
    keep = np.append(keep, 2)
    tensors = fit(x[keep], y[keep], Settings(epochs=40))[-1].tensors
    assert accuracy(tensors, x[2:3], y[2:3]) == 1


@pytest.mark.parametrize(
    "score_, best, expected",
    [
        pytest.param((0.5, 0.9), None, True, id="the-first"),
        pytest.param((0.9, 0.9), (0.1, 0.8), True, id="more-right"),
        pytest.param((0.1, 0.8), (0.9, 0.9), False, id="fewer-right"),
        pytest.param((0.4, 0.9), (0.5, 0.9), True, id="as-many-surer"),
        pytest.param((0.5, 0.9), (0.5, 0.9), False, id="no-better"),
        pytest.param((None, None), (None, None), True, id="unmeasured"),
    ],
)
def test_better(score_, best, expected):
    assert better(score_, best) == expected


def test_score_is_loss_and_accuracy():
    logits = np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]], np.float32)
    loss, right = score(logits, np.array([0, 1, 1]))
    assert right == pytest.approx(2 / 3)
    assert loss == pytest.approx(np.log(1 + np.exp(-2)) * 2 / 3 + np.log(1 + np.exp(2)) / 3)
    assert score(logits[:0], np.zeros(0, np.int64)) == (None, None)


def test_changing_the_learning_rate_looks_at_no_photo_again(make_dataset, hands):
    dataset = make_dataset("mine", labels=("one", "two"), n=4, sessions=SESSIONS)
    photos, network = dataset.photos(), shared_backbone("hands").network
    looked, per_run = [], []
    handle = network.register_forward_hook(lambda *_: looked.append(1))
    try:
        for lr in (1e-3, 1e-2):
            looked.clear()
            settings = Settings(lr=lr, epochs=2, copies=1, augment=Augment(rotation=5))
            known = shared_backbone("hands")
            features = Features(dataset, known, settings.augment, settings.seed)
            list(fit_head(features, photos[:20], photos[20:], ["one", "two"], settings))
            per_run.append(len(looked))
    finally:
        handle.remove()
    assert per_run[0] > 0 and per_run[1] == 0
