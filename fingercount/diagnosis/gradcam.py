"""Where a network looked when it chose a label: Grad-CAM (Selvaraju et al. 2017)."""

import copy
import os

import cv2
import numpy as np
import torch
from platformdirs import user_cache_path

from fingercount.errors import FingercountError
from fingercount.models.model import Model


def where_it_looked(model: Model, rgb: np.ndarray, label: str) -> np.ndarray:
    """Return how much each place in a photo counted for a label: float32 [H, W], 0 to 1.

    All zeros if nothing counted for it. Computed by the reference network in PyTorch, because the
    fast backend has no gradients; it has 4 x 4 places for a photo of 128 pixels, enlarged here.

    Args:
        rgb: uint8 [H, W, 3].
        label: one of the model's classes.

    Raises:
        FingercountError: for a label that the model does not know.
    """
    # Captum loads matplotlib's drawing, which keeps a list of this machine's fonts in two folders
    # of the person's home, unless it is told where.
    os.environ.setdefault("MPLCONFIGDIR", str(user_cache_path("fingercount", appauthor=False)))
    from captum.attr import LayerGradCam

    if label not in model.classes:
        raise FingercountError(f"{model.name} does not know {label}, so there is nothing to show.")
    inputs = torch.from_numpy(model.preprocess.batch([rgb])).requires_grad_()
    # A copy, because others may use the same network at the same time.
    network = copy.deepcopy(model.network)
    cam = LayerGradCam(network, _last_block(network))
    with torch.enable_grad():
        places = cam.attribute(inputs, model.classes.index(label), relu_attributions=True)
    places = places[0, 0].detach().numpy()
    heat = cv2.resize(places, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
    heat = np.maximum(heat, 0)
    return (heat / heat.max() if heat.max() > 0 else heat).astype(np.float32)


def paint(rgb: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return a photo, grey, with warm colours where the network looked: uint8 [H, W, 3]."""
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    colours = cv2.applyColorMap((heat * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    colours = cv2.cvtColor(colours, cv2.COLOR_BGR2RGB)
    strength = (0.65 * heat)[..., None]
    return (grey * (1 - strength) + colours * strength).astype(np.uint8)


def _last_block(network: torch.nn.Module) -> torch.nn.Module:
    whole = network[0] if isinstance(network, torch.nn.Sequential) else network
    return whole.get_submodule("layer4")
