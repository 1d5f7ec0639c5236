"""Adam takes the steps that PyTorch's takes."""

import numpy as np
import pytest
import torch

from fingercount.training.adam import Adam, cosine


def test_its_steps_are_pytorchs():
    rng = np.random.default_rng(0)
    mine = rng.normal(size=(3, 5)).astype(np.float32)
    theirs = torch.from_numpy(mine.copy()).requires_grad_()
    adam, optimizer = Adam([mine]), torch.optim.Adam([theirs], lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
    for _ in range(20):
        gradient = rng.normal(size=(3, 5)).astype(np.float32)
        adam.step([gradient], cosine(0.1, adam.steps, 20))
        theirs.grad = torch.from_numpy(gradient)
        optimizer.step()
        schedule.step()
    assert mine == pytest.approx(theirs.detach().numpy(), abs=1e-5)


def test_the_rate_falls_to_nothing():
    assert cosine(0.3, 0, 10) == pytest.approx(0.3) and cosine(0.3, 5, 10) == pytest.approx(0.15)
    assert cosine(0.3, 10, 10) == pytest.approx(0)
