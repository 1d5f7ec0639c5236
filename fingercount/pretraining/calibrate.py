"""How confident the trained network may be: a temperature, folded into its last layer."""

from collections.abc import Callable

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from fingercount.imaging.types import Float32Array, IntArray
from fingercount.pretraining.amounts import CALIBRATION
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.sampling import ShardSampler, TrainingSet
from fingercount.pretraining.train import loader
from fingercount.training.calibration import ENOUGH, RANGE

# The views that `hands` is asked about. Of 1,536 drawn training pictures one view got 85.7 % right,
# these two 87.4 %, and all four of imaging.preprocess.VIEWS, at twice the work, 86.9 %.
ASKED = ("plain", "mirrored")
LARGEST = 64  # pictures at once; a run's own batch may be larger than all these pictures


def calibrate(
    network,
    photos: list[HandPhoto],
    classes: list[str],
    recipe: Recipe,
    workers: int = 0,
    *,
    pictures: int = CALIBRATION,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> float:
    """Scale the last layer so that confidence matches accuracy (Guo and others 2017).

    Smoothed labels and a teacher's doubts leave it less confident than it may be. It is asked about
    new training pictures, drawn after the last of the run. Their photos are known, but turned,
    darkened and moved elsewhere as they are, they are harder than a stranger's plain photos: 85 %
    of them right against 93 % when `hands` was first calibrated so.

    What it says of a photo is the mean over its views, which is less sure than each of them.

    Args:
        network: a HandNet; its last layer is changed.
        photos, classes, recipe: what it was trained on and how.
        workers: processes that draw pictures.
        pictures: how many it is asked about, at most.
        progress: called with (pictures done, pictures in all).

    Returns:
        The temperature that the last layer was divided by; 1 if there are too few pictures.
    """
    draws = TrainingSet(photos, classes, recipe)
    batch_size = min(recipe.batch_size, LARGEST)
    count = min(pictures, len(draws)) // batch_size * batch_size
    share = ShardSampler(len(draws), len(draws) + count, batch_size)
    device = next(network.parameters()).device
    logits, labels = [], []
    network.eval()
    with torch.inference_mode():
        for batch in loader(draws, share, batch_size, workers, device):
            views = [network(x)[0].float().cpu() for x in as_seen(batch[0].to(device))]
            logits.append(torch.stack(views).numpy())
            labels.append(batch[1].numpy())
            progress(len(labels) * batch_size, count)
    temperature = fit_views(np.concatenate(logits, axis=1), np.concatenate(labels))
    with torch.no_grad():
        network.resnet.fc.weight /= temperature
        network.resnet.fc.bias /= temperature
    return temperature


def as_seen(x: torch.Tensor) -> list[torch.Tensor]:
    """Return drawn pictures [N, 3, S, S] in each of ASKED."""
    return [x.flip(3) if view == "mirrored" else x for view in ASKED]


def fit_views(logits: Float32Array, y: IntArray) -> float:
    """Return the temperature of each view under which their mean is most likely.

    Args:
        logits: [views, N, C].
        y: class indices [N].
    """
    if len(y) < ENOUGH:
        return 1.0
    views = torch.from_numpy(np.asarray(logits, np.float64))

    def unlikelihood(log_t: float) -> float:
        mean = (views / np.exp(log_t)).softmax(2).mean(0).numpy()
        return -float(np.log(np.clip(mean[np.arange(len(y)), y], 1e-12, None)).mean())

    found = minimize_scalar(unlikelihood, bounds=tuple(np.log(RANGE)), method="bounded")
    return round(float(np.exp(found.x)), 3)
