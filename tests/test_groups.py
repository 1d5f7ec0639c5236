import numpy as np
import pytest

from fingercount.groups import common_groups, join


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_pairs_chain_into_one_group():
    assert join(np.arange(5), whole(1, 4), whole(4, 3)).tolist() == [0, 1, 2, 1, 1]


def test_a_pair_joins_the_whole_groups_of_both():
    assert join(whole(0, 0, 1, 1, 2), whole(1), whole(3)).tolist() == [0, 0, 0, 0, 1]


def test_groups_are_numbered_by_their_first_items():
    assert join(whole(3, 0, 3, 1), whole(), whole()).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize("seed", range(3))
def test_one_by_one_or_all_at_once_is_the_same(seed):
    a, b = np.random.default_rng(seed).integers(0, 40, (2, 25))
    one_by_one = np.arange(40)
    for pair in zip(a, b):
        one_by_one = join(one_by_one, *(whole(item) for item in pair))
    assert join(np.arange(40), a, b).tolist() == one_by_one.tolist()


def test_what_any_grouping_holds_together_is_one():
    names, numbers = np.array(["x", "x", "y", "z"]), np.array([0, 1, 1, 2])
    assert common_groups(names, numbers).tolist() == [0, 0, 0, 1]


def test_nothing_is_no_group():
    assert len(common_groups(np.zeros(0), np.zeros(0))) == 0
