"""Plain words with the right numbers: recall is never sold as precision."""

import pytest

from fingercount.diagnosis import cell_sentence, class_sentence
from fingercount.diagnosis.sentences import new_and_known, share_of
from fingercount.evaluation.report import PhotoResult, Report
from fingercount.text import percent

CLASSES = ["one", "two"]


def report(*rows, answer=None, **more) -> Report:
    """rows: (actual, predicted, how many)."""
    items = [
        PhotoResult(f"{a}/{a}-{p}-{k}.jpg", a, p, answer or p, (0.5, 0.5), "s", **more)
        for a, p, n in rows
        for k in range(n)
    ]
    return Report("mine", "photos", "test", CLASSES, items)


def test_the_originals_matrix_in_words():
    told = class_sentence(report(("one", "one", 13), ("one", "two", 7), ("two", "two", 20)), "one")
    assert told == (
        "Of 20 photos of one, 7 were called two. One is found 65% (43% to 82%) of the time. "
        "When the model says one it is right 100% (77% to 100%) of the time."
    )


def test_precision_is_told_as_what_the_name_is_worth():
    told = class_sentence(report(("one", "two", 10), ("two", "two", 20)), "two")
    assert "Of 20 photos of two, all were found." in told
    assert "When the model says two it is right 67% (49% to 81%) of the time." in told


def test_few_photos_say_no_share():
    told = class_sentence(report(("one", "one", 2), ("one", "two", 1)), "one")
    assert "2 of 3 (too few for a percentage)" in told and "%" not in told


def test_a_class_without_photos_or_answers():
    told = class_sentence(report(("two", "two", 12)), "one")
    assert told == "None of these photos shows one. The model never says one."


def test_a_cell_tells_both_ways():
    told = cell_sentence(report(("one", "two", 5), ("one", "one", 15), ("two", "one", 3)), *CLASSES)
    assert told.startswith("Of 20 photos of one, 5 were called two: 25% (11% to 47%)")
    assert "the other way round, 3 of 3 of two" in told


def test_seen_and_new_sessions_stand_side_by_side():
    known = report(("one", "one", 20), session_seen=True).items
    new = report(("two", "one", 10), ("two", "two", 10)).items
    told = new_and_known(Report("mine", "photos", "test", CLASSES, [*known, *new]))
    assert "sessions it was trained on: 100% (84% to 100%)" in told
    assert "new sessions: 50% (30% to 70%)" in told
    assert new_and_known(Report("mine", "photos", "test", CLASSES, new)) == ""


def test_a_share_of_nothing():
    assert share_of(0, 0) == "0 of 0 (too few for a percentage)"


def test_what_is_told_as_no_hand_is_said_where_there_is_no_such_class():
    told = class_sentence(report(("none", "two", 30), ("two", "two", 20), answer="none"), "none")
    assert told.endswith("For 30 of them the answer is no hand.")


@pytest.mark.parametrize(
    "share, digits, told",
    [
        (1.0, 0, "100%"),
        (399 / 400, 0, "over 99%"),
        (0.99, 0, "99%"),
        (0.0, 0, "0%"),
        (1 / 400, 0, "under 1%"),
        (2499 / 2500, 1, "over 99.9%"),
        (0.9955, 1, "99.6%"),
    ],
)
def test_all_is_told_only_of_all(share, digits, told):
    assert percent(share, digits) == told
