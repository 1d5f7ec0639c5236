"""What a figure was measured on: it is of today's photos, or it is said what has changed."""

import pytest

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.evaluation.evaluator import evaluate
from fingercount.evaluation.figures import (
    LABELS,
    PHOTOS,
    UNKNOWN,
    changed,
    figures_of,
    measure_again,
    shown_side,
)
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model, keep_figures
from fingercount.models.storage import read_card
from tests.conftest import SESSIONS, draw

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def photos(make_dataset):
    """Eight photos of two labels in each of three sessions, one of which is the test."""
    dataset = make_dataset("mine", labels=("one", "two"), n=8, sessions=SESSIONS)
    dataset.ensure_split()
    return dataset


@pytest.fixture
def card(photos):
    """The card of a model that was measured on them."""
    snapshot = photos.snapshot()
    report = evaluate(load_model("hands"), snapshot, "test")
    data = {"name": "mine", "fingerprint": snapshot.fingerprint}
    return {"data": data, "metrics": {"test": figures_of(report, snapshot)}}


def of(photos, side):
    return photos.photos(split=side)[0].path


def test_a_figure_is_of_today_until_its_own_photos_change(photos, card):
    assert changed(card, "test", photos.snapshot()) == ""
    photos.add(draw("one", 99), "one", SESSIONS[0], split="train")
    before = photos.photos(split="train")
    photos.delete([before[0]])
    assert changed(card, "test", photos.snapshot()) == "", "what it learns from is not the test"


def test_corrected_labels_are_told_from_other_photos(photos, card):
    photos.relabel([of(photos, "test")], "two")
    assert changed(card, "test", photos.snapshot()) == LABELS
    photos.undo()
    assert changed(card, "test", photos.snapshot()) == ""
    photos.delete([of(photos, "test")])
    assert changed(card, "test", photos.snapshot()) == PHOTOS


def test_another_name_is_no_other_photo(photos, card):
    path = photos.root / of(photos, "test")
    path.rename(path.with_name(path.name.replace("0001", "0999")))
    assert changed(card, "test", photos.snapshot()) == ""


def test_an_older_card_knows_only_the_whole(photos, card):
    figures = card["metrics"]["test"]
    del figures["fingerprint"], figures["contents"]
    assert changed(card, "test", photos.snapshot()) == ""
    photos.delete([of(photos, "train")])
    assert changed(card, "test", photos.snapshot()) == UNKNOWN


def test_a_photo_that_training_could_not_read_changes_nothing(photos, card):
    (photos.root / "one" / f"{SESSIONS[0]}-0900.jpg").write_bytes(b"torn")
    card["data"]["left_out"] = [f"one/{SESSIONS[0]}-0900.jpg"]
    assert changed(card, "test", photos.snapshot()) == ""


def test_measuring_again_writes_todays_figure_into_the_card(photos, card):
    keep_figures("hands", {"val": card["metrics"]["test"], **card["metrics"]})
    moved = photos.photos("one", split="test")
    photos.relabel(moved, "two")
    new = measure_again("hands", photos.snapshot())
    assert new == read_card(find_model("hands"))
    assert changed(new, "test", Dataset(photos.root).snapshot()) == ""
    report = evaluate(load_model("hands"), photos, "test")
    assert new["metrics"]["test"]["accuracy"] == report.accuracy
    assert new["metrics"]["val"]["n"] == card["metrics"]["test"]["n"], "other sides stay"


def test_there_has_to_be_something_to_measure_on(photos):
    with pytest.raises(FingercountError, match="has no test side"):
        measure_again(
            "hands",
            Dataset(photos.root)
            .snapshot()
            .without([photo.path for photo in photos.photos(split="test")]),
        )


def test_the_test_side_stands_for_a_model_where_there_is_one():
    assert shown_side({"metrics": {"train": {"n": 1}, "test": {"n": 1}}}) == "test"
    assert shown_side({"metrics": {"train": {"n": 1}}}) == "train"
    assert shown_side({"metrics": {}}) is None and shown_side({}) is None
