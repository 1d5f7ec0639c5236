"""Parts of answers: what is in them, and when a folder of them may be gone on with."""

import pytest

from fingercount.cluster.parts import answered, begin, columns_of, write_part
from fingercount.cluster.summary import summarise
from fingercount.errors import FingercountError
from tests.conftest import files_below

pytest.importorskip("pyarrow", reason="the extra cluster is not installed")
CLASSES = ["one", "two", "none"]


def row(path, actual, predicted, answer=None, error=None):
    probabilities = {f"p({label})": float(label == predicted) for label in CLASSES}
    return {"path": path, "actual": actual, "error": error, "confidence": 1.0, "count": None} | (
        {"predicted": predicted, "answer": answer or predicted, **probabilities}
        if error is None
        else {}
    )


def test_parts_keep_what_they_are_given(tmp_path):
    write_part(tmp_path, [row("a.jpg", "one", "two"), row("b.jpg", None, "one")], CLASSES)
    write_part(tmp_path, [row("c.jpg", None, None, error="damaged")], CLASSES)
    assert answered(tmp_path) == {"a.jpg", "b.jpg", "c.jpg"}
    rows = [row for part in columns_of(tmp_path, ["path", "actual", "p(two)"]) for row in part]
    assert sorted(rows, key=lambda row: row["path"]) == [
        {"path": "a.jpg", "actual": "one", "p(two)": 1.0},
        {"path": "b.jpg", "actual": None, "p(two)": 0.0},
        {"path": "c.jpg", "actual": None, "p(two)": None},
    ]


def test_the_same_photos_make_one_part(tmp_path):
    for said in ("one", "two"):
        write_part(tmp_path, [row("a.jpg", "one", said)], CLASSES)
    assert len([*tmp_path.glob("*.parquet")]) == 1
    assert [r["predicted"] for rows in columns_of(tmp_path, ["predicted"]) for r in rows] == ["two"]


def test_the_summary_counts_answers_and_the_labelled(tmp_path):
    photos = [
        row("1", "one", "one"),
        row("2", "one", "two", answer="not sure"),
        row("3", "wave", "none"),
        row("4", None, "two"),
        row("5", "one", None, error="damaged"),
    ]
    for one in photos:
        write_part(tmp_path, [one], CLASSES)
    summary = summarise("hands", tmp_path, tmp_path, CLASSES)
    assert summary.classes == [*CLASSES, "wave"]
    assert (summary.n, summary.labelled, summary.right, summary.unreadable) == (4, 3, 1, 1)
    assert summary.answers == {"one": 1, "not sure": 1, "none": 1, "two": 1}
    assert summary.confusion.tolist() == [[1, 1, 0, 0], [0] * 4, [0] * 4, [0, 0, 1, 0]]
    told = summary.to_json()
    assert told["accuracy"] == pytest.approx(1 / 3) and told["n"] == 3


def test_a_folder_is_gone_on_with_only_for_the_same(tmp_path):
    begin(tmp_path / "out", {"model": "hands"})
    begin(tmp_path / "out", {"model": "hands"})
    with pytest.raises(FingercountError, match="another model or of other photos"):
        begin(tmp_path / "out", {"model": "mine"})


def test_somebodys_folder_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    before = files_below(tmp_path)
    for place in (tmp_path, tmp_path / "letter.txt"):
        with pytest.raises(FingercountError, match="something else than answers"):
            begin(place, {"model": "hands"})
    assert files_below(tmp_path) == before


def test_a_damaged_part_is_named(tmp_path):
    part = write_part(tmp_path, [row("a.jpg", "one", "one")], CLASSES)
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(FingercountError, match=f"{part.name} is damaged; delete it"):
        answered(tmp_path)
