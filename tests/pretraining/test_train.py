"""The loop: it learns, it goes on where it was cut off, and one process is as good as two."""

import csv

import numpy as np
import pytest
import torch
from torch import nn

from fingercount.errors import FingercountError
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.sampling import draw_examples
from fingercount.pretraining.train import DistributedContext, pretrain

CLASSES = ["one", "two"]
TINY = Recipe(size=32, epochs=2, draws=16, batch_size=8, renders=0)


class Little(nn.Module):
    """Shaped like a ResNet-18, a thousand times lighter."""

    def __init__(self, num_classes):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8)
        self.relu, self.maxpool = nn.ReLU(), nn.MaxPool2d(2)
        self.layer1, self.layer2, self.layer3 = nn.Identity(), nn.AvgPool2d(2), nn.AvgPool2d(2)
        self.layer4 = nn.Sequential(nn.Conv2d(8, 512, 3, stride=2, padding=1), nn.ReLU())
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(512, num_classes)


@pytest.fixture(autouse=True)
def little(monkeypatch):
    monkeypatch.setattr("fingercount.pretraining.network.resnet18", Little)


def photo(label, seed):
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 60, (40, 40, 3), dtype=np.uint8)
    rgb[:, :, 0 if label == "one" else 2] += 180  # red is one, blue is two
    return HandPhoto(rgb, label, "ada", f"{label}{seed}", f"{label}{seed}")


@pytest.fixture
def photos():
    return [photo(label, seed) for label in CLASSES for seed in range(4)]


def run(photos, out, recipe=TINY, **options):
    options = {"precision": "float32", "workers": 0, "report": lambda text: None, **options}
    return pretrain(photos, CLASSES, recipe, out, **options)


def log(out):
    with (out / "log.csv").open() as file:
        return list(csv.DictReader(file))


def same(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))


def test_frozen_stages_keep_the_weights_and_statistics_begun_with(photos, tmp_path):
    start = Little(len(CLASSES)).state_dict()
    recipe = Recipe(**{**TINY.to_json(), "frozen": 1})
    after = run(photos, tmp_path, recipe, start=start).resnet.state_dict()
    stem = [key for key in start if key.startswith(("conv1", "bn1"))]
    assert stem and all(torch.equal(start[key], after[key]) for key in stem)
    assert not torch.equal(start["layer4.0.weight"], after["layer4.0.weight"])


def test_a_run_writes_its_checkpoint_and_its_log(photos, tmp_path):
    told = []
    network = run(photos, tmp_path, report=told.append, held_out=[photo("one", 9)])
    assert not network.training
    rows = log(tmp_path)
    assert [row["epoch"] for row in rows] == ["1", "2"] and len(told) == 2
    assert float(rows[0]["held_out"]) in (0, 1)
    assert (tmp_path / "checkpoint.pt").is_file()
    assert not list(tmp_path.glob("*.writing"))


def test_the_same_seed_makes_the_same_network(photos, tmp_path):
    first = run(photos, tmp_path / "a")
    assert same(first, run(photos, tmp_path / "b"))
    assert not same(first, run(photos, tmp_path / "c", Recipe(**{**TINY.to_json(), "seed": 5})))


def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(photos, tmp_path):
    whole = run(photos, tmp_path / "whole")

    def cut_off(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(photos, tmp_path / "cut", report=cut_off)
    assert [row["epoch"] for row in log(tmp_path / "cut")] == ["1"]
    assert same(run(photos, tmp_path / "cut"), whole)
    assert [row["epoch"] for row in log(tmp_path / "cut")] == ["1", "2"]


def test_a_finished_run_is_only_read_again(photos, tmp_path):
    first = run(photos, tmp_path)
    assert same(run(photos, tmp_path), first) and len(log(tmp_path)) == 2


@pytest.mark.parametrize("change", [{"lr": 0.1}, {"size": 64}, {"epochs": 3}, {"seed": 1}], ids=str)
def test_a_checkpoint_of_other_settings_is_refused(photos, tmp_path, change):
    recipe = Recipe(**{**TINY.to_json(), "epochs": 1})
    run(photos, tmp_path, recipe)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(FingercountError, match="other settings; choose another --out"):
        run(photos, tmp_path, Recipe(**{**recipe.to_json(), **change}))
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_a_checkpoint_of_a_trial_is_no_run(photos, tmp_path):
    run(photos, tmp_path, steps=1)
    with pytest.raises(FingercountError, match="other settings; choose another --out"):
        run(photos, tmp_path)


def test_a_checkpoint_of_other_photos_is_refused(photos, tmp_path):
    run(photos, tmp_path)
    for others in (photos[1:], [*photos, photo("one", 9)]):
        with pytest.raises(FingercountError, match=r"other photos: .* Choose another --out"):
            run(others, tmp_path)


def test_a_full_disk_leaves_the_last_checkpoint(photos, tmp_path, monkeypatch):
    whole, save, out = run(photos, tmp_path / "whole"), torch.save, tmp_path / "full"

    def fills_up(state, path):
        if state["epoch"] == 2:
            path.write_bytes(b"half")
            raise RuntimeError("[enforce fail at inline_container.cc] unexpected pos")
        save(state, path)

    monkeypatch.setattr(torch, "save", fills_up)
    with pytest.raises(FingercountError, match=r"Could not write .*Free.*continues after"):
        run(photos, out)
    assert sorted(path.name for path in out.glob("checkpoint*")) == ["checkpoint.pt"]
    monkeypatch.setattr(torch, "save", save)
    assert same(run(photos, out), whole)


@pytest.mark.parametrize("epochs, steps", [(1, 1), (1, 3), (3, 1)])
@pytest.mark.parametrize("warmup", [0.1, 0.25, 0.5, 0.9])
def test_the_shortest_runs_have_a_schedule(photos, tmp_path, epochs, steps, warmup):
    recipe = Recipe(**{**TINY.to_json(), "epochs": epochs, "draws": 24, "warmup": warmup})
    network = run(photos, tmp_path, recipe, steps=steps)
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_workers_below_none_are_advice(photos, tmp_path):
    with pytest.raises(FingercountError, match="workers must be 0 or more"):
        run(photos, tmp_path, workers=-1)


@pytest.mark.parametrize("foreign", [b"torn", {"epoch": 3}, [1, 2]], ids=str)
def test_a_damaged_or_foreign_checkpoint_is_advice(photos, tmp_path, foreign):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(foreign) if isinstance(foreign, bytes) else torch.save(foreign, path)
    with pytest.raises(FingercountError, match=r"checkpoint\.pt cannot be read; delete it"):
        run(photos, tmp_path)


def test_steps_end_an_epoch_early(photos, tmp_path):
    one = Recipe(**{**TINY.to_json(), "epochs": 1})
    run(photos, tmp_path / "a", one, steps=1)
    run(photos, tmp_path / "b", one)
    steps = [
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)["average_steps"]
        for name in "ab"
    ]
    assert steps == [1, 2]


def test_frozen_batchnorm_keeps_its_statistics(photos, tmp_path):
    network = run(photos, tmp_path / "still", freeze_batchnorm=True)
    assert not network.resnet.bn1.running_mean.any()
    assert run(photos, tmp_path / "moving").resnet.bn1.running_mean.any()


def test_mixed_precision_runs_on_a_cpu(photos, tmp_path):
    network = run(photos, tmp_path, precision="bf16")
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_it_learns_red_from_blue(photos, tmp_path):
    recipe = Recipe(**{**TINY.to_json(), "epochs": 3, "draws": 256, "average": 0.8})
    run(photos, tmp_path, recipe, held_out=[photo(label, 50) for label in CLASSES])
    last = log(tmp_path)[-1]
    assert float(last["held_out"]) == 1
    assert float(last["accuracy"]) > 0.8, "what is drawn is dark or covered at times, and harder"


def test_a_batch_that_cannot_be_shared_is_advice(photos, tmp_path, monkeypatch):
    three = DistributedContext(torch.device("cpu"), 0, 3)
    monkeypatch.setattr(DistributedContext, "here", classmethod(lambda cls: three))
    with pytest.raises(FingercountError, match="a multiple of 3"):
        run(photos, tmp_path)


def test_examples_are_pictures(photos):
    pictures = draw_examples(photos, CLASSES, TINY, 3)
    assert pictures.shape == (3, 32, 32, 3) and pictures.dtype == np.uint8
    assert pictures.std() > 5
