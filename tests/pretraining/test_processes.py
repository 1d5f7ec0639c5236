"""Two processes under torchrun give the weights of one, and write one model."""

import os
import subprocess
import sys

import pytest
import torch

from fingercount.models.storage import read_card
from fingercount.paths import REPO

# AdamW divides by a gradient's size, so where that is almost nothing rounding decides the direction
# of a whole step: the rate is small, and a real difference is still a hundred times the bound.
SETTINGS = (
    *("--lr", "1e-4"),
    *("--size", "32", "--first-size", "32", "--epochs", "1", "--draws", "32", "--batch-size", "8"),
    *("--renders", "0", "--workers", "0", "--precision", "float32", "--freeze-batchnorm"),
)
TWO = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def arguments(sets, out) -> list[str]:
    return ["pretrain", "--data", str(sets), "--out", str(out), *SETTINGS]


def pretrain_in_two(sets, out) -> str:
    """Run the command in two processes; return what it says."""
    done = subprocess.run(
        [sys.executable, *TWO, "-m", "fingercount", *arguments(sets, out)],
        cwd=REPO,
        env={**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr


@pytest.fixture
def one_thread(monkeypatch):
    """As many as each of the two processes has: sums are then rounded alike."""
    monkeypatch.setattr("fingercount.pretraining.run.make_fast", lambda *_: None)  # slow
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="gloo over loopback is set up for Linux")
def test_two_processes_give_the_weights_of_one(make_photos, tmp_path, run, one_thread):
    sets = make_photos("sets/ada", labels=("one", "two", "none"), n=4).parent
    assert run(*arguments(sets, tmp_path / "one"))[0] == 0
    told = pretrain_in_two(sets, tmp_path / "two")
    one, two = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in ("one", "two")
    )
    for kind in ("network", "average"):
        assert one[kind].keys() == two[kind].keys()
        far = max((one[kind][key] - two[kind][key]).abs().max().item() for key in one[kind])
        assert far <= 1e-5, kind
    start = torch.nn.init.zeros_(torch.empty_like(one["network"]["resnet.fc.bias"]))
    assert not torch.equal(one["network"]["resnet.fc.bias"], start), "it has learned something"
    assert one["average_steps"] == two["average_steps"] == 4
    assert told.count("The model is in") == 1
    assert read_card(tmp_path / "two" / "hands")["classes"] == ["one", "two", "none"]
