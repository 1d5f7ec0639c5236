"""Train the last layer on features of a frozen network: seconds, not minutes.

In NumPy: where features are known, importing PyTorch would take several times as long as the fit.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from fingercount.data.snapshot import Photo
from fingercount.imaging.types import Float32Array, IntArray
from fingercount.models.backbones import FEATURES, Backbone
from fingercount.models.features import PLAIN, Features
from fingercount.models.last_layer import LastLayer, softmax
from fingercount.training.adam import Adam, cosine
from fingercount.training.draws import Draws
from fingercount.training.events import Epoch, FeatureProgress, Fitted
from fingercount.training.settings import Settings

# How strong a weight decay of 1 is. The default, 0.05, was better than none with 1 to 50 photos a
# label in two sets, on the same people and on others; ten times as strong learned less from them.
PULL = 600.0
Score: TypeAlias = tuple[float | None, float | None]  # loss and accuracy, None if unmeasured


def fit_head(
    features: Features,
    train: Sequence[Photo],
    val: Sequence[Photo],
    classes: Sequence[str],
    settings: Settings,
) -> Iterator[FeatureProgress | Epoch | Fitted]:
    """Look at every photo once with the frozen network, then fit the last layer to its outputs.

    Args:
        features: of the photos' data set, with the settings' transforms and seed.
    """
    copies = 0 if settings.augment.changes_nothing else settings.copies
    for done, total in features.compute(train, copies):
        yield FeatureProgress(done, total)
    for _ in features.compute(val):
        yield FeatureProgress(total, total)
    views = [features.matrix(train, kind) for kind in (PLAIN, *range(1, copies + 1))]
    y, y_val = targets(train, classes), targets(val, classes)
    yield from fit_linear(
        views, y, features.matrix(val), y_val, classes, features.backbone, settings
    )


def targets(photos: Sequence[Photo], classes: Sequence[str]) -> IntArray:
    """Return class indices [N]."""
    return np.array([classes.index(photo.label) for photo in photos], np.int64)


def class_weights(y: IntArray, classes: int) -> Float32Array:
    """Return a weight per class, so that a rare label counts as much as a common one."""
    counts = np.bincount(y, minlength=classes)
    # A class without a photo plays no part here; only its weight must not be infinite.
    weights: Float32Array = len(y) / ((counts > 0).sum() * counts.clip(1)).astype(np.float32)
    return weights


def starting_layer(classes: Sequence[str], backbone: Backbone) -> LastLayer:
    """Return (weight [C, 512], bias [C]) to start from.

    If the backbone already knows some of these classes, they start from what it knows; with ten
    photos a class, that is worth more than the photos. Classes it does not know start at zero.
    """
    weight = np.zeros((len(classes), FEATURES), np.float32)
    bias = np.zeros(len(classes), np.float32)
    for i, label in enumerate(classes):
        if backbone.last_layer is not None and label in backbone.classes:
            j = backbone.classes.index(label)
            known_weight, known_bias = backbone.last_layer
            weight[i], bias[i] = known_weight[j], known_bias[j]
    return weight, bias


def fit_linear(
    views: Sequence[Float32Array],
    y: IntArray,
    val: Float32Array,
    y_val: IntArray,
    classes: Sequence[str],
    backbone: Backbone,
    settings: Settings,
) -> Iterator[Epoch | Fitted]:
    """Fit a linear layer by Adam; each epoch draws one view of every photo.

    What is learned is the change from the starting layer, on standardised features; weight decay
    pulls the classes that the backbone knows towards that start. The pull is part of the loss and
    divided by the number of photos, so few photos change little of what the backbone knows, and
    many change more. (A decay of each step, as AdamW has, would do little: a last layer takes too
    few steps.)

    Args:
        views: [N, 512] each: features of the photos, then of their augmented copies.
        y: class indices [N].
        val, y_val: the validation side, [M, 512] and [M]; may be empty.
    """
    draws = Draws(settings.seed)
    mean, scale = views[0].mean(0), views[0].std(0).clip(1e-3)
    base_weight, base_bias = starting_layer(classes, backbone)
    weight, bias = np.zeros_like(base_weight), np.zeros_like(base_bias)
    balance = class_weights(y, len(classes))
    known = np.array([label in backbone.classes for label in classes], np.float32)
    pull = known * np.float32(PULL * settings.weight_decay / (2 * max(1, len(y))))
    steps = settings.epochs * -(-len(y) // settings.batch_size)
    adam = Adam([weight, bias])
    base_val = val @ base_weight.T + base_bias

    best = (0, weight.copy(), bias.copy())
    best_score: Score | None = None
    for epoch in range(1, settings.epochs + 1):
        order, view = draws.order(len(y)), draws.below(len(views), len(y))
        loss_sum = right = 0.0
        for first in range(0, len(y), settings.batch_size):
            batch = order[first : first + settings.batch_size]
            x, actual = drawn(views, view[batch], batch), y[batch]
            out = x @ base_weight.T + base_bias
            x -= mean
            x /= scale
            out += x @ weight.T + bias
            share = balance[actual] / balance[actual].sum()
            slope = softmax(out)
            rows = np.arange(len(batch))
            loss = -(share * np.log(slope[rows, actual].clip(1e-38))).sum()
            loss += (pull * (np.square(weight).sum(1) + np.square(bias))).sum()
            loss_sum += float(loss) * len(batch)
            right += int((out.argmax(1) == actual).sum())
            slope[rows, actual] -= 1
            slope *= share[:, None]
            adam.step(
                [slope.T @ x + 2 * pull[:, None] * weight, slope.sum(0) + 2 * pull * bias],
                cosine(settings.lr, adam.steps, steps),
            )
        change = weight / scale
        measured = score(base_val + val @ change.T + (bias - change @ mean), y_val)
        yield Epoch(epoch, settings.epochs, loss_sum / len(y), right / len(y), *measured)
        if better(measured, best_score):
            best_score = measured
            best = (epoch, weight.copy(), bias.copy())
    best_epoch, change, shift = best
    change = change / scale
    tensors = {
        "weight": base_weight + change,
        "bias": base_bias + shift - change @ mean,
    }
    yield Fitted(tensors, best_epoch)


def drawn(views: Sequence[Float32Array], view: IntArray, rows: IntArray) -> Float32Array:
    """Return some rows, each from the view that was drawn for it; always a copy.

    The views are not stacked: that would hold all features twice.

    Args:
        views: [N, 512] each.
        view: the number of a view for each row, [B].
        rows: which, [B].
    """
    taken = views[0][rows]
    for number, one in enumerate(views[1:], 1):
        here = view == number
        taken[here] = one[rows[here]]
    return taken


def score(logits: Float32Array, y: IntArray) -> Score:
    """Return (mean cross-entropy, accuracy) of logits [N, C], or (None, None) for no photos."""
    if not len(y):
        return None, None
    above = logits - logits.max(1, keepdims=True)
    loss = np.log(np.exp(above).sum(1)) - above[np.arange(len(y)), y]
    return float(loss.mean()), float((logits.argmax(1) == y).mean())


def better(score: Score, best: Score | None) -> bool:
    """Whether (loss, accuracy) beats the best: more right, then a lower loss; else the later."""
    if best is None:
        return True
    (loss, accuracy), (least, most) = score, best
    if loss is None or accuracy is None or least is None or most is None:
        return True
    return (accuracy, -loss) > (most, -least)
