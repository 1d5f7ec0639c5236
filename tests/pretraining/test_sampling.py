"""Which photo each draw takes: balanced, repeatable, and the same for any number of processes."""

from collections import Counter

import numpy as np
import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.pretraining.photos import HandPhoto
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.sampling import ShardSampler, TrainingSet, in_network_frame, weights
from tests.conftest import draw

RECIPE = Recipe(size=32, epochs=2, draws=20, batch_size=4)
CLASSES = ["one", "two", "none"]


def photo(label, source="ada", seed=0, **options):
    name = f"{source}-{label}-{seed}"
    return HandPhoto(draw(label, seed, size=40)[:, :30], label, source, name, name, **options)


@pytest.fixture
def photos():
    some = [photo(label, seed=seed) for label in CLASSES for seed in range(3)]
    some[0].landmarks = np.full((21, 2), 0.5, np.float32)
    some[0].fingers = np.array([False, True, False, False, False])
    return some


def share(photos, chances, **which):
    return sum(
        chance
        for made, chance in zip(photos, chances)
        if all(getattr(made, key) == value for key, value in which.items())
    )


def test_classes_are_drawn_equally_often_whatever_their_size():
    photos = [photo("one", seed=i) for i in range(50)] + [photo("two", seed=i) for i in range(5)]
    photos += [photo("none", seed=i) for i in range(7)]
    chances = weights(photos, 0.2)
    assert chances.sum() == pytest.approx(1) and (chances > 0).all()
    assert share(photos, chances, label="none") == pytest.approx(0.2)
    assert share(photos, chances, label="one") == pytest.approx(0.4)
    assert share(photos, chances, label="two") == pytest.approx(0.4)


def test_a_set_four_times_as_large_is_drawn_twice_as_often():
    photos = [photo("one", "large", i) for i in range(40)]
    photos += [photo("one", "small", i) for i in range(10)] + [photo("two", "small")]
    chances = weights(photos, 0.2)
    large, small = (share(photos, chances, source=s, label="one") for s in ("large", "small"))
    assert large / small == pytest.approx(2)


def test_a_boosted_set_is_drawn_so_many_times_as_often():
    photos = [photo("one", source, i) for source in ("selfies", "desk") for i in range(10)]
    chances = weights(photos, 0.2, Recipe(boost="selfies=3").boosts())
    selfies, desk = (share(photos, chances, source=source) for source in ("selfies", "desk"))
    assert selfies / desk == pytest.approx(3)


@pytest.mark.parametrize("boost", ["selfies", "selfies=many", "selfies=0", "selfies=-2"])
def test_a_boost_that_says_nothing_is_advice(boost):
    with pytest.raises(FingercountError, match="boost is"):
        Recipe(boost=boost)


@pytest.mark.parametrize("labels", [("one", "two"), ("none",)], ids=["no-none", "only-none"])
def test_without_one_of_the_two_kinds_the_other_has_it_all(labels):
    photos = [photo(label, seed=i) for label in labels for i in range(3)]
    assert weights(photos, 0.3).sum() == pytest.approx(1)


def test_a_draw_is_the_same_on_any_machine_and_in_any_order(photos):
    forwards = [TrainingSet(photos, CLASSES, RECIPE)[i] for i in range(8)]
    backwards = TrainingSet(photos, CLASSES, RECIPE)
    for i in reversed(range(8)):
        for a, b in zip(forwards[i], backwards[i]):
            assert torch.equal(torch.as_tensor(a), torch.as_tensor(b))


def test_draws_differ_from_each_other_and_from_seed_to_seed(photos):
    draws = TrainingSet(photos, CLASSES, RECIPE)
    other = TrainingSet(photos, CLASSES, Recipe(**{**RECIPE.to_json(), "seed": 1}))
    assert not torch.equal(draws[0][0], draws[1][0])
    assert not torch.equal(draws[0][0], other[0][0])


@pytest.mark.parametrize("workers", [0, 2])
def test_processes_that_draw_change_nothing(photos, workers):
    loader = torch.utils.data.DataLoader(
        TrainingSet(photos, CLASSES, RECIPE), 4, sampler=ShardSampler(0, 8, 4), num_workers=workers
    )
    seen = torch.cat([batch[0] for batch in loader])
    draws = TrainingSet(photos, CLASSES, RECIPE)
    assert torch.equal(seen, torch.stack([draws[i][0] for i in range(8)]))


def test_what_a_draw_brings(photos):
    draws = TrainingSet(photos, CLASSES, RECIPE)
    assert len(draws) == 40
    classes = Counter()
    for i in range(len(draws)):
        picture, label, xy, xy_known, up, up_known = draws[i]
        assert picture.shape == (3, 32, 32) and picture.dtype == torch.float32
        assert xy.shape == (42,) and up.shape == (5,)
        assert xy_known == up_known, "only one photo has them, and it has both"
        assert bool(xy.any()) == xy_known and up.sum() == (1 if up_known else 0)
        if xy_known:
            assert xy.abs().max() <= 1.1
        classes[CLASSES[label]] += 1
    assert set(classes) == set(CLASSES)


def test_the_first_part_of_a_run_draws_smaller_pictures(photos):
    recipe = Recipe(size=48, first_size=32, first_share=0.5, epochs=4, draws=4, batch_size=2)
    draws = TrainingSet(photos, CLASSES, recipe)
    assert [draws[i][0].shape[-1] for i in range(0, 16, 4)] == [32, 32, 48, 48]


@pytest.mark.parametrize("world", [1, 2, 4])
def test_together_the_processes_draw_what_one_does(world):
    start, stop, batch = 100, 164, 8
    whole = list(ShardSampler(start, stop, batch))
    assert whole == list(range(start, stop))
    parts = [list(ShardSampler(start, stop, batch, rank, world)) for rank in range(world)]
    assert sorted(i for part in parts for i in part) == whole
    assert all(len(part) == len(ShardSampler(start, stop, batch, 0, world)) for part in parts)
    size = batch // world
    for step in range(8):
        together = [i for part in parts for i in part[step * size : (step + 1) * size]]
        assert together == whole[step * batch : (step + 1) * batch], "the same global batch"


def test_a_rest_that_fills_no_batch_is_left_out():
    assert list(ShardSampler(0, 11, 4)) == list(range(8)) and len(ShardSampler(0, 11, 4)) == 8


@pytest.mark.parametrize(
    "shape, point, expected",
    [
        pytest.param((100, 100), (0.5, 0.5), (0, 0), id="the-centre"),
        pytest.param((100, 100), (0, 1), (-1, 1), id="a-corner"),
        pytest.param((200, 100), (0, 0), (-0.5, -1), id="upright"),
        pytest.param((100, 200), (1, 1), (1, 0.5), id="lying"),
    ],
)
def test_landmarks_are_told_in_the_padded_square(shape, point, expected):
    found = in_network_frame(np.array([point], np.float32), shape)
    assert found[0] == pytest.approx(expected)


def test_the_padded_square_is_preprocesss(photos):
    """A dot at a landmark is where the network's frame says it is."""
    from fingercount.imaging.preprocess import Preprocess

    rgb = np.zeros((80, 40, 3), np.uint8)
    rgb[18:22, 8:12] = 255
    out = Preprocess(size=64)(rgb)[0]
    y, x = np.nonzero(out > out.max() / 2)
    expected = in_network_frame(np.array([[10 / 40, 20 / 80]]), rgb.shape)[0]
    assert ((x.mean() + 0.5) / 32 - 1, (y.mean() + 0.5) / 32 - 1) == pytest.approx(
        expected, abs=0.05
    )
