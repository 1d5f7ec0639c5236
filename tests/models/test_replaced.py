"""A model that is replaced while others read it is there all the time, old or new."""

import threading
import time
from pathlib import Path

import pytest
import torch

from fingercount import leftovers
from fingercount.models.backbones import load_backbone
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model, list_models
from fingercount.models.storage import read_card, read_tensors, write_model
from fingercount.paths import models_dir
from tests.models.folders import add_head

pytestmark = pytest.mark.skipif(leftovers.fcntl is None, reason="no locks of folders here")
KINDS = {1: ["one", "two"], 3: ["one", "two", "three"]}
READINGS = 25


@pytest.fixture
def busy(monkeypatch):
    """Return a function that replaces a model again and again, slowly, until the test ends."""
    rename, over, threads = Path.rename, threading.Event(), []

    def slow(self, target):
        renamed = rename(self, target)
        if Path(target).name.startswith(leftovers.REPLACED):
            time.sleep(0.02)  # neither is there now
        return renamed

    def keep_replacing(make, pause):
        n = 0
        while not over.wait(pause):
            n += 1
            make(n)

    def begin(make, pause=0.0):
        monkeypatch.setattr(Path, "rename", slow)
        threads.append(threading.Thread(target=keep_replacing, args=(make, pause)))
        threads[0].start()

    yield begin
    over.set()
    for thread in threads:
        thread.join()


def test_a_last_layer_is_there_and_never_half_of_each(hands, busy):
    add_head("mine", classes=KINDS[1])
    card = read_card(models_dir() / "mine")

    def replace(n: int) -> None:
        scale = (1, 3)[n % 2]
        weight = torch.full((len(KINDS[scale]), 512), float(scale))
        tensors = {"weight": weight, "bias": torch.zeros(len(KINDS[scale]))}
        new = {**card, "classes": KINDS[scale]}
        write_model(models_dir() / "mine", tensors, new, replace=True)

    busy(replace)
    seen = set()
    while len(seen) < READINGS or {len(classes) for _, classes in seen} != {2, 3}:
        assert list_models() == ["hands", "mine"]
        assert read_card(find_model("mine"))["kind"] == "head"
        model = load_model("mine")
        weight = model.network[-1].weight
        if len(seen) > 1:  # the first one stood here before
            assert model.classes == KINDS[int(weight[0, 0])] and len(weight) == len(model.classes)
        seen.add((len(seen), tuple(model.classes)))


def test_a_backbone_is_too(hands, busy):
    card, tensors = read_card(hands), read_tensors(hands)
    before = load_backbone("hands").hash

    def replace(n: int) -> None:
        write_model(hands, tensors, {**card, "threshold": (0.2, 0.4)[n % 2]}, replace=True)

    busy(replace, pause=0.3)  # it takes longer to read
    for _ in range(3):
        assert load_backbone("hands").hash == before
