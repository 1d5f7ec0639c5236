"""Train the whole network, starting from the frozen one and a fitted last layer."""

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from fingercount.data.snapshot import Photo, Snapshot
from fingercount.errors import FingercountError
from fingercount.imaging.types import RGB, Float32Array
from fingercount.models.backbones import FEATURES, Backbone
from fingercount.models.features import Features
from fingercount.models.reference import as_tensors
from fingercount.training.events import Batch, Epoch, FeatureProgress, Fitted
from fingercount.training.head import better, class_weights, fit_head, score, targets
from fingercount.training.settings import DEFAULTS, Settings

HEAD_RATE = 5.0  # the last layer learns faster than the network below it


def fit_network(
    features: Features,
    train: Sequence[Photo],
    val: Sequence[Photo],
    classes: Sequence[str],
    settings: Settings,
) -> Iterator[FeatureProgress | Batch | Epoch | Fitted]:
    """Fit the last layer first, then all layers together.

    A random last layer would first wreck what the network knows (Kumar et al. 2022). BatchNorm's
    statistics stay those of the backbone: batches of a few similar photos would only blur them.

    Args:
        features: of the photos' data set, by the frozen network to start from.
    """
    snapshot, backbone = features.snapshot, features.backbone
    network = copy.deepcopy(backbone.network)
    network.fc = nn.Linear(FEATURES, len(classes))
    head = replace(settings, mode="head", copies=0, **DEFAULTS["head"])
    for event in fit_head(features, train, val, classes, head):
        if isinstance(event, FeatureProgress):
            yield event
        elif isinstance(event, Fitted):
            network.fc.load_state_dict(as_tensors(event.tensors))
    network.requires_grad_(True)

    body = [p for name, p in network.named_parameters() if not name.startswith("fc.")]
    groups: list[dict[str, Any]] = [
        {"params": body},
        {"params": [*network.fc.parameters()], "lr": settings.lr * HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(
        groups,
        lr=settings.lr,
        weight_decay=0.0,  # AdamW's own would pull towards zero, away from what was learned before
    )
    begun_with = [[p.detach().clone() for p in group["params"]] for group in optimizer.param_groups]
    steps = settings.epochs * -(-len(train) // settings.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps))
    y, y_val = torch.from_numpy(targets(train, classes)), targets(val, classes)
    balance = torch.from_numpy(class_weights(targets(train, classes), len(classes)))
    generator = torch.Generator().manual_seed(settings.seed)
    network.eval()  # for BatchNorm; nothing else in ResNet-18 behaves differently in training

    best, best_score = (0, network.state_dict()), None
    with ThreadPoolExecutor(2) as pool:
        for epoch in range(1, settings.epochs + 1):
            order = torch.randperm(len(train), generator=generator)
            loss_sum = right = 0.0
            batches = order.split(settings.batch_size)
            for batch, x in _ahead(pool, snapshot, train, batches, backbone, settings, epoch):
                out = network(x)
                loss = F.cross_entropy(out, y[batch], weight=balance)
                optimizer.zero_grad()
                loss.backward()
                _pull_back(optimizer, begun_with, settings.weight_decay)
                optimizer.step()
                schedule.step()
                loss_sum += float(loss.detach()) * len(batch)
                right += int((out.argmax(1) == y[batch]).sum())
                # So that a cancelled training stops within a batch, not an epoch.
                yield Batch(schedule.last_epoch, steps)
            measured = score(_logits(network, snapshot, val, backbone, len(classes)), y_val)
            yield Epoch(epoch, settings.epochs, loss_sum / len(y), right / len(y), *measured)
            if better(measured, best_score):
                best_score, best = measured, (epoch, copy.deepcopy(network.state_dict()))
    best_epoch, tensors = best
    yield Fitted(tensors, best_epoch)


@torch.no_grad()
def _pull_back(
    optimizer: torch.optim.Optimizer, begun_with: list[list[torch.Tensor]], decay: float
) -> None:
    """Pull the weights towards where they started, by a share of the learning rate.

    Decoupled from the gradient, as AdamW's decay is, but towards the start (L2-SP: Li, Grandvalet
    and Davoine 2018, "Explicit inductive bias for transfer learning").
    """
    for group, starts in zip(optimizer.param_groups, begun_with):
        share = min(1.0, group["lr"] * decay)
        for weight, start in zip(group["params"], starts):
            weight.lerp_(start, share)


def _ahead(
    pool: ThreadPoolExecutor,
    snapshot: Snapshot,
    photos: Sequence[Photo],
    batches: Sequence[torch.Tensor],
    backbone: Backbone,
    settings: Settings,
    epoch: int,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield (indices, inputs), reading the next batch while the network works on this one."""

    def read(i: int) -> Float32Array:
        rng = np.random.default_rng((settings.seed, epoch, int(i)))
        return backbone.preprocess(settings.augment(_image(snapshot, photos[i]), rng))

    def start(batch: torch.Tensor) -> list[Future[Float32Array]]:
        return [pool.submit(read, i) for i in batch.tolist()]

    waiting = start(batches[0])
    for batch, following in zip(batches, [*batches[1:], None]):
        futures = waiting
        waiting = [] if following is None else start(following)
        yield batch, _tensor(np.stack([future.result() for future in futures]))


def _image(snapshot: Snapshot, photo: Photo) -> RGB:
    if not snapshot.absolute(photo).is_file():
        raise FingercountError(
            f"{photo.path} was deleted or relabelled while the training ran, which reads each "
            "photo in every epoch; start it again."
        )
    return snapshot.image(photo)


def _tensor(inputs: Float32Array) -> torch.Tensor:
    return torch.from_numpy(inputs).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def _logits(
    network: nn.Module,
    snapshot: Snapshot,
    photos: Sequence[Photo],
    backbone: Backbone,
    classes: int,
) -> Float32Array:
    parts = [torch.zeros(0, classes)]
    for first in range(0, len(photos), 32):
        rgb = (_image(snapshot, photo) for photo in photos[first : first + 32])
        parts.append(network(_tensor(backbone.preprocess.batch(rgb))))
    logits: Float32Array = torch.cat(parts).numpy()
    return logits
