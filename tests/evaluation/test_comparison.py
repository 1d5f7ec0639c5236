"""Two models on the same photos: the arithmetic, and what counts as chance."""

import json

import pytest
from scipy.stats import binomtest

from fingercount.errors import FingercountError
from fingercount.evaluation.comparison import compare
from fingercount.evaluation.report import PhotoResult, Report

CLASSES = ["one", "two"]


def report(name: str, said: str, actual: str = "", **more) -> Report:
    """said: the answers, a letter each ("o", "t"); actual: the same of what the photos show."""
    words = {"o": "one", "t": "two"}
    items = [
        PhotoResult(f"{k}.jpg", words[a], words[p], words[p], (0.6, 0.4), "s", **more)
        for k, (a, p) in enumerate(zip(actual or "o" * len(said), said))
    ]
    return Report(name, "photos", "test", CLASSES, items)


def test_the_counts_and_the_paired_test():
    told = compare(report("old", "oooottttttttt"), report("new", "ooooooooooott"))
    change = told.overall
    assert (change.n, change.before, change.after) == (13, 4, 11)
    assert (change.gained, change.lost) == (7, 0)
    assert change.p == pytest.approx(binomtest(7, 7).pvalue) == pytest.approx(2 / 2**7)
    assert change.certain and told.sentence.startswith("new is better, on 13 photos")
    assert [item.path for item in told.gained] == [f"{k}.jpg" for k in range(4, 11)]


def test_what_may_be_chance_is_called_so():
    told = compare(report("old", "ooot"), report("new", "oooo"))
    assert not told.overall.certain and "neither better nor worse" in told.sentence
    assert "within chance" in told.sentence


def test_a_worse_model_is_worse_and_its_losses_are_named():
    told = compare(report("old", "o" * 12), report("new", "t" * 8 + "o" * 4))
    assert told.sentence.startswith("new is worse") and len(told.lost) == 8


def test_sessions_are_told_and_who_knew_them():
    told = compare(report("old", "ot"), report("new", "oo", session_seen=True))
    assert "on 2 photos from 1 session:" in told.sentence and told.to_json()["sessions"] == 1
    first, second = told.notes
    assert first.startswith("new was trained on other photos of the same sessions as 2 of these 2")
    assert second.startswith("All photos are from one session")


def test_each_class_stands_for_itself():
    told = compare(report("old", "ottt", "ootto"[:4]), report("new", "oott", "ootto"[:4]))
    assert told.per_class["one"].gained == 1 and told.per_class["two"].gained == 0
    assert json.loads(json.dumps(told.to_json()))["per_class"]["two"]["n"] == 2


def test_only_photos_in_common_count():
    old, new = report("old", "oo"), report("new", "oot")
    assert compare(old, new).overall.n == 2
    with pytest.raises(FingercountError, match="no photo in common"):
        compare(Report("old", "photos", "test", CLASSES, []), new)


def test_a_model_that_was_trained_on_the_photos_is_told():
    told = compare(report("old", "oo"), report("new", "oo", seen="train"))
    assert "new was trained on 2 of these 2 photos" in told.notes[0]


def test_no_change_at_all():
    told = compare(report("old", "oo"), report("new", "oo"))
    assert told.overall.p == 1 and "before and after" in told.sentence


def test_corrected_labels_are_told_from_a_better_model():
    """Two of four photos were called one and are two: both models rise, and are as good."""
    old, new = report("old", "ottt", "ottt"), report("new", "ottt", "ottt")
    told = compare(old, new, {"2.jpg": "one", "3.jpg": "one"})
    assert told.sentence.startswith(
        "You corrected 2 of these 4 photos since old was trained: both models rise (old from 50.0% "
        "to 100.0%, new from 50.0% to 100.0%). By the labels of now, new is neither better"
    )
    assert told.to_json()["corrected"] == {"n": 2, "total": 4, "old": [2, 4], "new": [2, 4]}


@pytest.mark.parametrize(
    "said, earlier, words",
    [
        pytest.param(("oo", "oo"), {"0.jpg": "two"}, "both models rise", id="both"),
        pytest.param(("tt", "oo"), {"0.jpg": "two"}, "old falls and new rises (", id="apart"),
        pytest.param(("tt", "tt"), {"0.jpg": "two"}, "both models fall", id="both-fall"),
        pytest.param(("oo", "tt"), {"0.jpg": "three"}, "old rises and new stays", id="one"),
        pytest.param(("tt", "tt"), {"0.jpg": "three"}, "neither model moves by that.", id="none"),
    ],
)
def test_what_a_correction_did_to_each(said, earlier, words):
    old, new = said
    told = compare(report("old", old), report("new", new), earlier)
    assert words in told.corrected.sentence("old", "new")


def test_photos_that_are_not_compared_were_not_corrected():
    assert compare(report("old", "oo"), report("new", "oo"), {"9.jpg": "two"}).corrected is None
