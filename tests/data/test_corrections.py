"""The labels that photos had before they were corrected."""

import pytest

from fingercount.data.corrections import labels_before

SESSION = "20260101-101010"
ONE, TWO = f"one/{SESSION}-0001.jpg", f"two/{SESSION}-0001.jpg"
LONG_AGO, TO_COME = "2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(labels=("one", "two"), n=3)


def test_a_corrected_photo_had_the_label_of_its_first_folder(dataset):
    assert labels_before(dataset.edits(), LONG_AGO) == {}
    dataset.relabel([ONE], "two")
    (now, then) = next(iter(labels_before(dataset.edits(), LONG_AGO).items()))
    assert dataset.absolute(now).is_file() and (now.split("/")[0], then) == ("two", "one")
    dataset.relabel([now], "three")
    assert set(labels_before(dataset.edits(), "").values()) == {"one"}
    assert labels_before(dataset.edits(), TO_COME) == {}, "nothing was corrected after that"


def test_what_was_taken_back_was_never_wrong(dataset):
    dataset.relabel([ONE], "two")
    dataset.undo()
    assert labels_before(dataset.edits(), LONG_AGO) == {}
    dataset.relabel([ONE], "three")
    dataset.relabel([f"three/{SESSION}-0001.jpg"], "one")
    assert labels_before(dataset.edits(), LONG_AGO) == {}, "there and back"


def test_photos_that_are_gone_are_not_told_of(dataset):
    moved = dataset.relabel([ONE], "three").items[0][1]
    dataset.delete([moved, f"two/{SESSION}-0004.jpg"])
    assert labels_before(dataset.edits(), LONG_AGO) == {}
