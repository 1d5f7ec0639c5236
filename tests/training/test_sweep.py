"""One setting after another: what is tried, on which photos, and what may be said of it."""

import threading

import pytest

from fingercount.errors import FingercountError
from fingercount.imaging.augment import Augment
from fingercount.models.registry import list_models
from fingercount.training.events import FeatureProgress
from fingercount.training.settings import Settings
from fingercount.training.sweep import (
    NAMES,
    Tried,
    as_good,
    best_of,
    sweep,
    values_of,
    with_value,
)
from tests.conftest import SESSIONS

STILL = Augment(**dict.fromkeys(Augment.__dataclass_fields__, 0.0))
QUICK = Settings(epochs=4, copies=0, augment=STILL)

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def photos(make_dataset):
    return make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_values_that_a_training_takes(name):
    values = values_of(name)
    assert values == sorted(set(values)) and len(values) >= 4
    assert len({with_value(Settings(), name, value) for value in values}) == len(values)


def test_each_value_is_measured_on_the_validation_photos(photos):
    events = list(sweep(photos, QUICK, "lr", [1e-5, 1e-2]))
    tried = [event for event in events if isinstance(event, Tried)]
    assert [one.value for one in tried] == [1e-5, 1e-2]
    val = photos.snapshot().sides["val"]
    assert len(val) == 16 and all(one.n == 16 for one in tried)
    assert tried[1].right > tried[0].right, "so small a rate learns nothing in four epochs"
    assert any(isinstance(event, FeatureProgress) for event in events)
    assert list_models() == ["hands"], "nothing is written"


def test_it_is_the_training_that_the_same_settings_give(photos):
    from fingercount.training.trainer import train

    (tried,) = (e for e in sweep(photos, QUICK, "lr", [3e-3]) if isinstance(e, Tried))
    card = list(train(photos, "mine-1", QUICK))[-1].card
    assert card["metrics"]["val"]["accuracy"] == pytest.approx(tried.accuracy)


def test_transforms_are_looked_at_anew(photos):
    settings = Settings(epochs=2, copies=1, augment=STILL)
    tried = [e for e in sweep(photos, settings, "rotation", [0.0, 40.0]) if isinstance(e, Tried)]
    assert [one.value for one in tried] == [0.0, 40.0]


def test_it_stops_when_it_is_told_to(photos):
    cancel, seen = threading.Event(), []
    for event in sweep(photos, QUICK, "lr", cancel=cancel):
        if isinstance(event, Tried):
            seen.append(event)
            cancel.set()
    assert len(seen) == 1


def test_without_photos_to_compare_on_it_says_what_to_do(make_dataset):
    few = make_dataset("few", labels=("one", "two"), n=3)
    with pytest.raises(FingercountError, match="held out for validation"):
        list(sweep(few, QUICK, "lr"))
    with pytest.raises(FingercountError, match="last layer"):
        list(sweep(few, Settings(mode="finetune"), "lr"))


def test_of_several_as_good_the_middle_one_is_the_best():
    tried = [Tried(value, right, 40) for value, right in ((1, 10), (2, 38), (3, 38), (4, 38))]
    assert best_of(tried).value == 3
    assert [one.value for one in as_good(tried)] == [2, 3, 4]
    assert tried[1].interval[0] < tried[1].accuracy == 0.95 < tried[1].interval[1]
