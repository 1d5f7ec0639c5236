from collections import Counter
from dataclasses import replace

import pytest

from fingercount.data.snapshot import Photo
from fingercount.data.splits import (
    SAME_SESSION,
    decide,
    describe,
    natural_key,
    parse_name,
)


def shoot(session: str, n: int, labels=("one", "two", "three"), side=None, first=1) -> list[Photo]:
    """Return n photos of each label in a session."""
    return [
        Photo(f"{label}/{session}-{k * n + i + first:04d}.jpg", label, session, side)
        for k, label in enumerate(labels)
        for i in range(n)
    ]


def apply(items: list[Photo]) -> list[Photo]:
    """Return the photos with the sides that `decide` gives them."""
    sides, own = decide(items)
    return [
        replace(item, split=item.split or own.get(item.path) or sides.get(item.session))
        for item in items
    ]


def sides_of(items: list[Photo]) -> dict[str, set]:
    found: dict[str, set] = {}
    for item in items:
        found.setdefault(item.session, set()).add(item.split)
    return found


@pytest.mark.parametrize(
    ("stem", "parsed"),
    [
        ("20260102-101500-0003", ("20260102-101500", 3)),
        ("ann-7", ("ann", 7)),
        ("IMG_1234", None),
        ("a-1234567", None),
        ("-3", None),
    ],
)
def test_names_carry_session_and_number(stem, parsed):
    assert parse_name(stem) == parsed


def test_numbers_sort_as_numbers():
    names = ["hand-10", "hand-2", "a1x", "a1x2", "Hand-1"]
    assert sorted(names, key=natural_key) == ["a1x", "a1x2", "Hand-1", "hand-2", "hand-10"]


@pytest.mark.parametrize("n_sessions", [3, 4, 5, 10, 40])
def test_many_sessions_are_held_out_whole(n_sessions):
    items = apply([i for s in range(n_sessions) for i in shoot(f"s{s:02d}", 10)])
    assert all(len(sides) == 1 for sides in sides_of(items).values())
    counts = Counter(item.split for item in items)
    assert counts.keys() == {"train", "val", "test"}
    for side in ("val", "test"):
        assert abs(counts[side] / len(items) - 0.2) <= 0.14
    assert describe(items).mode == "session"


def test_shares_are_balanced_over_labels():
    items = [i for s in range(20) for i in shoot(f"both{s}", 5, labels=("one", "two"))]
    items += [i for s in range(20) for i in shoot(f"three{s}", 5, labels=("three",))]
    counts = Counter((item.label, item.split) for item in apply(items))
    assert {counts[label, "test"] for label in ("one", "two", "three")} == {20}
    assert {counts[label, "val"] for label in ("one", "two", "three")} == {20}


def test_thousands_of_photos_that_stand_alone():
    items = [Photo(f"{n % 5}/{n}.jpg", str(n % 5), f"s{n}") for n in range(10_000)]
    counts = Counter(item.split for item in apply(items))
    assert counts == {"train": 6000, "val": 2000, "test": 2000}


def test_no_class_ever_leaves_training():
    only_there = shoot("a", 30, labels=("one", "two", "none"))
    items = apply([*only_there, *shoot("b", 30, ("one", "two")), *shoot("c", 30, ("one", "two"))])
    assert sides_of(items)["a"] == {"train"}
    assert {item.label for item in items if item.split == "train"} == {"one", "two", "none"}
    assert "none" in describe(items).sentence


def test_sessions_of_one_label_each_are_too_few():
    items = apply([i for label in ("one", "two", "three") for i in shoot(label, 30, (label,))])
    assert describe(items).mode == "within"
    assert Counter((i.label, i.split) for i in items)["two", "test"] == 6


def test_one_session_holds_out_its_last_fifths():
    items = apply(shoot("a", 25))
    for label in ("one", "two", "three"):
        sides = [item.split for item in items if item.label == label]
        assert sides == ["train"] * 15 + ["val"] * 5 + ["test"] * 5
    split = describe(items)
    assert split.mode == "within"
    assert SAME_SESSION in split.sentence


def test_two_sessions_test_on_the_later_one():
    items = apply([*shoot("a", 25), *shoot("b", 25)])
    assert sides_of(items) == {"a": {"train", "val"}, "b": {"test"}}
    assert describe(items).mode == "session"
    assert [i.split for i in items if i.session == "a" and i.label == "one"][-5:] == ["val"] * 5


@pytest.mark.parametrize("n", [1, 19])
def test_few_photos_of_a_class_hold_out_nothing(n):
    items = [*shoot("a", 40, ("one", "two")), *shoot("a", n, ("three",))]
    assert decide(items) == ({}, {})
    split = describe(items)
    assert split.mode == "none"
    assert "three" in split.sentence


def test_twenty_photos_are_enough():
    assert describe(apply(shoot("a", 20))).mode == "within"


def test_an_empty_data_set_is_no_error():
    assert decide([]) == ({}, {})
    assert describe([]).mode == "none"


def test_what_has_a_side_never_moves():
    old = apply([i for s in range(5) for i in shoot(f"s{s}", 10)])
    before = {item.path: item.split for item in old}
    grown = apply([*old, *(i for s in range(5, 15) for i in shoot(f"s{s}", 10))])
    assert all(item.split == before[item.path] for item in grown if item.path in before)
    counts = Counter(item.split for item in grown)
    assert counts["test"] == counts["val"] == 90, "new sessions bring the shares back to a fifth"


def test_a_second_session_becomes_the_test_of_a_split_within_one():
    old = apply(shoot("a", 25))
    grown = apply([*old, *shoot("b", 25)])
    assert sides_of(grown)["b"] == {"test"}
    split = describe(grown)
    assert split.mode == "within", "some test photos are still from the session trained on"
    assert "15 of the 90" in split.sentence


def test_the_third_session_of_a_person_is_trained_on():
    old = apply([*shoot("a", 25), *shoot("b", 25)])
    assert sides_of(apply([*old, *shoot("c", 25)]))["c"] == {"train"}


def test_a_given_split_stays_and_holds_out_even_little():
    given = [*shoot("a", 3, side="train"), *shoot("b", 3, side="test")]
    assert decide(given) == ({}, {})
    assert sides_of(apply([*given, *shoot("c", 3)]))["c"] <= {"train", "val"}


def test_the_order_of_the_photos_does_not_matter():
    items = [i for s in range(7) for i in shoot(f"s{s}", 4 + s)]
    assert decide(items) == decide(items[::-1])


def test_people_unknown_is_said():
    items = apply([i for s in range(5) for i in shoot(f"s{s}", 10)])
    told = describe(items, people_unknown=True).sentence
    assert "frames of one recording may be on both sides" in told and "never sees" not in told
    assert "that training never sees" in describe(items).sentence


def test_one_torn_session_among_guessed_ones_leaves_them_guessed():
    items = [replace(i, split="train") for i in shoot("a", 9)]
    items += [replace(i, split="test") for s in "abc" for i in shoot(s, 3)][2:]
    split = describe(items, people_unknown=True)
    assert split.mode == "within" and "only guessed" in split.sentence
    assert "of the" in split.sentence and "trained on too" in split.sentence


def test_sessions_to_learn_from_only_decide_nothing():
    corrected = [replace(i, split="train") for i in shoot("live-s", 3)]
    mine = shoot("s0", 30)
    items = apply([*corrected, *mine])
    assert {i.split for i in items if i.session == "live-s"} == {"train"}
    sides = Counter(i.split for i in items if i.session == "s0")
    assert sides["train"] > sides["test"] > 0, "within: there is no session to spare"
    for n in (3, 40):  # however many they are
        few = [replace(i, split="train") for i in shoot("live-s", n)] + shoot("s0", 5)
        assert decide(few) == ({}, {}), "as without them"
    many = [replace(i, split="train") for i in shoot("live-s", 40)] + shoot("s0", 20)
    assert {i.split for i in apply(many) if i.session == "s0"} == {"train", "val", "test"}
