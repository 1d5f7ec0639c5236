"""Each reason is found where it was planted, and not where it was not."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from fingercount.diagnosis import (
    REASONS,
    Focus,
    conditions,
    copies,
    explain,
    labels,
    shift,
    variety,
)
from fingercount.imaging.quality import NAMES
from tests.diagnosis.conftest import World

TWO = Focus("two")


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_is_wrong_no_reason_is_claimed(seed):
    world = World(seed=seed)
    world.fail("two", 4, "one")
    for reason in explain(world.case(), TWO):
        assert not reason.found and reason.share == 0 and reason.sentence, reason.sentence


def test_every_reason_has_the_same_shape_and_a_name_of_its_own(world):
    case = world.case()
    assert [r.NAME for r in REASONS] == ["labels", "copies", "variety", "conditions", "shift"]
    for reason in REASONS:
        told = reason.find(case, TWO)
        assert told.name == reason.NAME and 0 <= told.share <= 1
        assert isinstance(told.to_json()["items"], list)


def test_swapped_labels_are_the_first_suspects(world):
    rng = np.random.default_rng(1)
    swapped = rng.permutation(np.flatnonzero(np.isin(world.truth, ["one", "two"])))[:8]
    world.labels[swapped] = np.where(world.truth[swapped] == "one", "two", "one")
    case = world.case()
    first = [n for n, *_ in case.label_suspects[:16]]
    assert len(set(first) & set(swapped)) >= 7
    told = labels.find(case, TWO)
    assert told.found and told.items[0].note.startswith("looks like")
    assert not labels.find(case, Focus("three")).found


def test_a_photo_that_was_looked_at_is_suspected_no_more(world):
    world.labels[:8] = "two"
    before = world.case().label_suspects
    world.fine[[n for n, *_ in before]] = True
    assert world.case().label_suspects == []


def test_more_photos_may_look_like_a_class_than_it_has(world):
    world.labels[(world.labels == "two") & (np.arange(len(world.labels)) % 40 > 2)] = "one"
    others = np.flatnonzero((world.labels == "one") & (world.truth == "two"))[:5]
    case = world.case()
    case.label_suspects = [(int(n), "two", 0.95) for n in others]
    told = labels.find(case, Focus("two"))
    assert told.found and "5 photos around two (of 5)" in told.sentence


def test_a_cell_asks_about_its_two_labels_only(world):
    world.labels[:4], world.labels[-4:] = "two", "two"
    told = labels.find(world.case(), Focus("two", "one"))
    assert {item.note for item in told.items} == {"looks like one"}


def test_a_near_copy_across_the_split_is_a_leak(world):
    test = np.flatnonzero((world.sides == "test") & (world.labels == "two"))
    train = np.flatnonzero((world.sides == "train") & (world.labels == "two"))
    world.thumbnails[test[:6]] = world.thumbnails[train[:6]]
    told = copies.find(world.case(), TWO)
    assert told.found and f"6 of {len(test)} evaluated photos" in told.sentence
    assert {item.note for item in told.items} == {"near-copy"} and len(told.items) == 6


def test_a_session_on_both_sides_is_a_leak(world):
    test = np.flatnonzero((world.sides == "test") & (world.labels == "two"))
    world.sessions[test[:5]] = "s7"
    told = copies.find(world.case(), TWO)
    assert told.found and {item.note for item in told.items} == {"same session"}


def test_without_a_second_sitting_no_figure_is_made_up(world):
    world.sessions[:] = "s0"
    told = copies.find(world.case(), TWO)
    assert told.found and told.share == 0.0 and told.weight == "what it costs is not known"
    assert "Without a second session it is not known" in told.sentence


def test_a_leak_is_told_of_a_few_photos_too():
    world = World(per_label=16)
    world.sessions[:] = "s0"
    world.sides[:] = np.where(np.arange(len(world.sides)) % 8 == 0, "test", "train")
    world.trained = world.sides == "train"
    told = copies.find(world.case(), TWO)
    assert told.found and told.sentence.startswith("2 of 2 evaluated photos of two have")


def test_how_much_a_leak_hides_is_measured_with_models_alike(world):
    """What the model itself got wrong is another matter."""
    world.sides = np.where(np.arange(len(world.sides)) % 5 == 0, "test", "train")
    world.trained = world.sides == "train"
    before = copies.find(world.case(), TWO)
    world.fail("two", 4, "one")
    after = copies.find(world.case(), TWO)
    assert before.found and before.details == after.details and before.details["accuracy"] > 0.9


def test_of_photos_that_the_model_never_trained_on_no_leak_is_claimed(world):
    """As where the shipped model is asked: that the data set has a training side is another's."""
    world.sides = np.where(np.arange(len(world.sides)) % 5 == 0, "test", "train")
    world.trained[:] = False
    for reason in explain(world.case(), TWO):
        assert not reason.found
        assert "in training: the test" not in reason.sentence
        assert "was learned from" not in reason.sentence


def test_labels_that_nothing_can_be_kept_from_were_not_checked(world):
    world.sessions[:] = "s0"
    world.thumbnails[:] = world.thumbnails[0]
    world.labels[:4], world.labels[-4:] = "two", "two"
    told = labels.find(world.case(), TWO)
    assert not told.found and "could not be checked" in told.sentence


def test_a_class_of_one_picture_is_filled_with_copies(world):
    mine = np.flatnonzero((world.sides == "train") & (world.labels == "two"))
    world.thumbnails[mine] = world.thumbnails[mine[0]]
    told = copies.find(world.case(), TWO)
    assert told.found and "are 1 picture and" in told.sentence
    assert not copies.find(world.case(), Focus("one")).found


def test_a_label_of_one_session_lacks_variety(world):
    gone = (world.labels == "two") & (world.sides == "train") & (world.sessions != "s2")
    world.sides[gone] = "val"
    world.trained = world.sides == "train"
    world.fail("two", 4, "one")
    told = variety.find(world.case(), TWO)
    assert told.found and told.share == 1.0
    assert "two was learned from 1 session, the other labels from 6" in told.sentence
    assert len(told.items) == 4
    assert not variety.find(world.case(), Focus("three")).found


def test_what_few_or_no_photos_show_is_told_so(world):
    gone = (world.labels == "two") & (world.sides == "train")
    world.trained &= ~(gone & (world.sessions != "s2"))
    told = variety.find(world.case(), Focus("two"))
    assert told.found and "fails no more often" in told.sentence
    world.sides[(world.labels == "two") & (world.sides == "test")] = "train"
    told = variety.find(world.case(), Focus("two"))
    assert "None of these photos shows two" in told.sentence and told.share == 0


def test_people_count_where_they_are_known(world):
    world.people = np.where(world.labels == "two", "ada", np.char.add("p", world.sessions))
    told = variety.find(world.case(), TWO)
    assert told.found and "from 1 person" in told.sentence


def test_the_learning_curve_is_told(world):
    told = variety.find(world.case(), TWO)
    assert "With a quarter, half and all of the sessions" in told.sentence
    assert len(told.details["recall"]) == 3 and told.details["photos"][-1] == world.trained.sum()


def test_darker_test_photos_are_another_condition(world):
    world.measures[world.sides == "test", NAMES.index("brightness")] -= 8
    told = conditions.find(world.case(), TWO)
    assert told.found and told.details["ways"] == ["darker"]
    assert "100% of the evaluated photos are darker" in told.sentence
    assert told.share == 0, "nothing failed for it"


def test_errors_that_are_blurred_name_blur():
    world = World(per_label=160)
    bad = world.fail("two", 20, "one")
    world.measures[bad, NAMES.index("sharpness")] -= 3
    told = conditions.find(world.case(), TWO)
    assert told.found and told.details["ways"] == ["more blurred"] and told.share > 0.8
    assert {item.path for item in told.items} == {
        item.path for item in world.case().report.items if item.predicted != item.actual
    }


def test_one_burst_of_errors_is_one_witness():
    world = World(per_label=160)
    bad = world.fail("two", 20, "one")
    world.measures[bad, NAMES.index("sharpness")] -= 3
    world.thumbnails[bad] = world.thumbnails[bad[0]]
    assert not conditions.find(world.case(), TWO).found


def test_photos_from_another_world_are_far(world):
    rng = np.random.default_rng(3)
    test = world.sides == "test"
    world.features[test] += 2 * rng.normal(size=512).astype(np.float32)
    world.fail("two", 5, "one")
    told = shift.find(world.case(), TWO)
    assert told.found and told.share > 0.5
    scores = [item.score for item in told.items]
    assert scores == sorted(scores, reverse=True)


def test_without_its_training_photos_shift_says_so(world):
    world.trained[:] = False
    world.sides[:] = "test"
    told = shift.find(world.case(), TWO)
    assert not told.found and "not here" in told.sentence


def test_far_photos_without_errors_are_not_called_usual(world):
    world.features[world.sides == "test"] = -world.features[world.sides == "test"]
    told = shift.find(world.case(), TWO)
    assert not told.found and "nothing unusual" not in told.sentence
    assert "explains none of these errors" in told.sentence


def test_shift_says_nothing_of_no_photos_and_little_of_few(world):
    world.features[world.sides == "test"] = -world.features[world.sides == "test"]
    kept = np.flatnonzero((world.sides == "test") & (world.labels == "two"))[:2]
    world.sides[(world.sides == "test") & (world.labels == "two")] = "val"
    assert "No photo of two was evaluated" in shift.find(world.case(), TWO).sentence
    world.sides[kept] = "test"
    world.fail("two", 2, "one")
    told = shift.find(world.case(), TWO)
    assert told.found or "too few" in told.sentence


def test_one_label_cannot_be_checked_whatever_the_backbone_knows(world, monkeypatch):
    world.labels[:] = "two"
    case = world.case()
    layer = (torch.zeros(3, 512), torch.zeros(3))
    knows = replace(case.backbone, classes=("one", "two", "three"), last_layer=layer)
    monkeypatch.setattr(case, "backbone", knows)
    assert "could not be checked" in labels.find(case, TWO).sentence


def test_found_reasons_come_first_by_what_they_explain(world):
    world.fail("two", 4, "one")
    world.measures[world.sides == "test", 0] -= 8
    world.people = np.where(world.labels == "two", "ada", np.char.add("p", world.sessions))
    reasons = explain(world.case(), TWO)
    found = [reason.found for reason in reasons]
    assert found == sorted(found, reverse=True)
    shares = [reason.share for reason in reasons if reason.found]
    assert shares == sorted(shares, reverse=True) and len(shares) == 2
