"""What a case works out once is kept with it, and goes with it."""

import gc
import weakref

import numpy as np
import pytest

from fingercount.diagnosis import Focus, distances, explain, prepare
from fingercount.evaluation.evaluator import evaluate
from fingercount.models.loading import load_model


def test_a_case_is_freed_when_nobody_holds_it(world):
    """One of 10,000 photos takes about 100 MB."""
    world.sessions[np.flatnonzero(world.sides == "test")] = "s7"  # asks for what leaks hide, too
    case = world.case()
    explain(case, Focus("two"))
    kept = {"label_suspects", "out_of_scene", "right_as_split", "distances_to_training"}
    assert kept <= vars(case).keys(), "otherwise this shows nothing"
    gone = weakref.ref(case)
    del case
    gc.collect()
    assert gone() is None


def test_what_all_reasons_share_is_worked_out_once(world, monkeypatch):
    case = world.case()
    first = case.distances_to_training
    monkeypatch.setattr(distances, "to_nearest", lambda *_: pytest.fail("once is enough"))
    assert case.distances_to_training is first


@pytest.mark.parametrize("rows", [1, 3, 1024])
def test_distances_are_to_the_nearest_of_another_group(monkeypatch, rows):
    monkeypatch.setattr(distances, "MEBIBYTES", rows * 4 * 8 / 2**20)  # of four distances a row
    x = np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1]], np.float32)
    groups = np.array([0, 0, 1, 1])
    assert distances.between_groups(x, groups) == pytest.approx([0.4, 0.4, 0.4, 1.0])
    assert len(distances.between_groups(x, np.zeros(4))) == 0
    assert distances.to_nearest(x[3:], x[:3]) == pytest.approx([0.2])


def test_what_is_kept_of_each_photo_is_small(hands, make_dataset):
    """The pixels of the small pictures of 100,000 photos would be 700 MB."""
    dataset = make_dataset(labels=("one", "two"), n=3)
    model, stats = load_model("hands"), {}
    case = prepare(model, dataset, evaluate(model, dataset), stats=stats)
    assert len(case.pictures) == len(stats) == 6
    assert all(case.picture(n).shape == (48, 48, 3) for n in range(6))
    for thumbnail, measures, picture in stats.values():
        assert thumbnail.nbytes + measures.nbytes + len(picture) < 4096
    assert np.allclose(np.linalg.norm(case.features(case.at), axis=1), 1, atol=1e-5)
