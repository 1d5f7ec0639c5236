"""Train the last layer on features of a frozen network: seconds, not minutes."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import torch
import torch.nn.functional as F

from fingercount.data.snapshot import Photo
from fingercount.imaging.types import Float32Array
from fingercount.models.backbones import FEATURES, Backbone
from fingercount.training.events import Epoch, FeatureProgress, Fitted
from fingercount.training.features import Features
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
    views = [features.matrix(train, copy) for copy in range(copies + 1)]
    y, y_val = targets(train, classes), targets(val, classes)
    yield from fit_linear(
        views, y, features.matrix(val), y_val, classes, features.backbone, settings
    )


def targets(photos: Sequence[Photo], classes: Sequence[str]) -> torch.Tensor:
    """Return class indices [N]."""
    return torch.tensor([classes.index(photo.label) for photo in photos], dtype=torch.long)


def class_weights(y: torch.Tensor, classes: int) -> torch.Tensor:
    """Return a weight per class, so that a rare label counts as much as a common one."""
    counts = torch.bincount(y, minlength=classes)
    # A class without a photo plays no part here; only its weight must not be infinite.
    return len(y) / ((counts > 0).sum() * counts.clamp_min(1))


def starting_layer(classes: Sequence[str], backbone: Backbone) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (weight [C, 512], bias [C]) to start from.

    If the backbone already knows some of these classes, they start from what it knows; with ten
    photos a class, that is worth more than the photos. Classes it does not know start at zero.
    """
    weight, bias = torch.zeros(len(classes), FEATURES), torch.zeros(len(classes))
    for i, label in enumerate(classes):
        if backbone.last_layer is not None and label in backbone.classes:
            j = backbone.classes.index(label)
            known_weight, known_bias = backbone.last_layer
            weight[i], bias[i] = torch.from_numpy(known_weight[j]), float(known_bias[j])
    return weight, bias


def fit_linear(
    views: Sequence[Float32Array],
    y: torch.Tensor,
    val: Float32Array,
    y_val: torch.Tensor,
    classes: Sequence[str],
    backbone: Backbone,
    settings: Settings,
) -> Iterator[Epoch | Fitted]:
    """Fit a linear layer by AdamW; each epoch draws one view of every photo.

    What is learned is the change from the starting layer, on standardised features; weight decay
    pulls the classes that the backbone knows towards that start. The pull is part of the loss and
    divided by the number of photos, so few photos change little of what the backbone knows, and
    many change more. (AdamW's own decay is per step, and a last layer takes too few steps.)

    Args:
        views: [N, 512] each: features of the photos, then of their augmented copies.
        y: class indices [N].
        val, y_val: the validation side, [M, 512] and [M]; may be empty.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    x, x_val = [torch.from_numpy(view) for view in views], torch.from_numpy(val)
    mean, scale = x[0].mean(0), x[0].std(0, correction=0).clamp_min(1e-3)
    base_weight, base_bias = starting_layer(classes, backbone)
    weight = torch.zeros_like(base_weight, requires_grad=True)
    bias = torch.zeros_like(base_bias, requires_grad=True)
    balance = class_weights(y, len(classes))
    optimizer = torch.optim.AdamW([weight, bias], lr=settings.lr, weight_decay=0.0)
    known = torch.tensor([label in backbone.classes for label in classes], dtype=torch.float32)
    pull = known[:, None] * PULL * settings.weight_decay / (2 * max(1, len(y)))
    steps = settings.epochs * -(-len(y) // settings.batch_size)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

    def logits(features: torch.Tensor) -> torch.Tensor:
        change = F.linear((features - mean) / scale, weight, bias)
        return F.linear(features, base_weight, base_bias) + change

    best = (0, weight.detach().clone(), bias.detach().clone())
    best_score: Score | None = None
    for epoch in range(1, settings.epochs + 1):
        order = torch.randperm(len(y), generator=generator)
        view = torch.randint(len(x), (len(y),), generator=generator)
        loss_sum = right = 0.0
        for batch in order.split(settings.batch_size):
            out = logits(drawn(x, view[batch], batch))
            loss = F.cross_entropy(out, y[batch], weight=balance)
            loss = loss + (pull * weight.square()).sum() + (pull[:, 0] * bias.square()).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loss_sum += float(loss.detach()) * len(batch)
            right += int((out.argmax(1) == y[batch]).sum())
        with torch.no_grad():
            measured = score(logits(x_val), y_val)
        yield Epoch(epoch, settings.epochs, loss_sum / len(y), right / len(y), *measured)
        if better(measured, best_score):
            best_score = measured
            best = (epoch, weight.detach().clone(), bias.detach().clone())
    best_epoch, change, shift = best
    change = change / scale
    tensors = {
        "weight": base_weight + change,
        "bias": base_bias + shift - change @ mean,
    }
    yield Fitted(tensors, best_epoch)


def drawn(views: Sequence[torch.Tensor], view: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Return some rows, each from the view that was drawn for it.

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


def score(logits: torch.Tensor, y: torch.Tensor) -> Score:
    """Return (mean cross-entropy, accuracy) of logits [N, C], or (None, None) for no photos."""
    if not len(y):
        return None, None
    accuracy = float((logits.argmax(1) == y).float().mean())
    return float(F.cross_entropy(logits, y)), accuracy


def better(score: Score, best: Score | None) -> bool:
    """Whether (loss, accuracy) beats the best: more right, then a lower loss; else the later."""
    if best is None:
        return True
    (loss, accuracy), (least, most) = score, best
    if loss is None or accuracy is None or least is None or most is None:
        return True
    return (accuracy, -loss) > (most, -least)
