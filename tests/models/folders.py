"""Models on disk for tests: a last layer on the small backbone, and changed cards."""

import torch

from fingercount.files import write_json
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import load_backbone
from fingercount.models.storage import read_card, write_model
from fingercount.paths import models_dir

SMALL = Preprocess(size=32).to_json()


def add_head(name="mine", classes=("one", "two"), **changes):
    """Write a last-layer model that stands on models/hands; `changes` go into its card."""
    backbone = load_backbone("hands")
    card = {
        "kind": "head",
        "classes": list(classes),
        "preprocess": SMALL,
        "backbone": {"name": "hands", "hash": backbone.hash, "form": backbone.backend},
    }
    generator = torch.Generator().manual_seed(1)
    tensors = {
        "weight": torch.randn(len(classes), 512, generator=generator),
        "bias": torch.zeros(len(classes)),
    }
    return write_model(models_dir() / name, tensors, {**card, **changes})


def change_card(folder, **changes):
    write_json(folder / "card.json", {**read_card(folder), **changes})
