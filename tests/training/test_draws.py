"""The order of photos is that of a seed, and the one of earlier versions."""

import numpy as np
import pytest
import torch

from fingercount.training.draws import Draws


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32, 2**62 + 1])
@pytest.mark.parametrize("n", [0, 1, 2, 525])
def test_they_are_those_of_pytorch(seed, n):
    draws, generator = Draws(seed), torch.Generator().manual_seed(seed)
    for _ in range(2):
        assert draws.order(n).tolist() == torch.randperm(n, generator=generator).tolist()
        assert draws.below(3, n).tolist() == torch.randint(3, (n,), generator=generator).tolist()


def test_another_seed_is_another_order():
    assert not np.array_equal(Draws(1).order(50), Draws(2).order(50))
    assert sorted(Draws(1).order(50)) == list(range(50))
