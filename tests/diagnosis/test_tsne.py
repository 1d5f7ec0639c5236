"""t-SNE in a process of its own: its end, however sudden, is not ours."""

import sys

import numpy as np
import pytest
import torch

from fingercount.diagnosis.tsne import ROUNDS, embed


def vectors(n=120):
    return np.random.default_rng(0).normal(size=(n, 8)).astype(np.float32)


def test_it_gives_a_place_each_and_tells_how_far_it_is():
    torch.ones(300, 300) @ torch.ones(300, 300)  # in one process the two have crashed
    told = []
    places = embed(vectors(), lambda *at: told.append(at))
    assert places.shape == (120, 2) and np.isfinite(places).all()
    assert told[-1] == (ROUNDS, ROUNDS) and told == sorted(told)


def test_what_it_cannot_lay_out_is_none():
    assert embed(np.full((120, 8), np.nan, np.float32)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for Python")
@pytest.mark.parametrize("end", ["exit 3", "kill -SEGV $$", "echo nonsense"])
def test_a_process_that_dies_is_none(tmp_path, monkeypatch, end):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{end}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert embed(vectors()) is None


def test_where_there_is_no_python_to_start_it_is_none(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/python")
    assert embed(vectors()) is None


def test_an_interruption_ends_the_process_too():
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(vectors(), stop)
