"""A folder answered by several processes says what the plain commands say, photo by photo."""

import json
from importlib.util import find_spec

import pytest

from fingercount.cluster.answers import Answers
from fingercount.cluster.parts import columns_of
from fingercount.cluster.photos import photos_in
from fingercount.cluster.summary import summarise
from fingercount.extras import MODULES
from fingercount.models import quantized
from tests.conftest import HANDS, SESSIONS, draw_photos, files_below

pytestmark = pytest.mark.skipif(
    any(find_spec(module) is None for module in MODULES["cluster"]),
    reason="the extra cluster is not installed",
)
NAMES = ["path", "actual", "predicted", "answer", "count", "confidence", "error"]


@pytest.fixture
def photos(tmp_path):
    """Label folders with a photo that is none."""
    folder = draw_photos(tmp_path, "photos", ("one", "two", "five", "wave"), 5, SESSIONS[:2])
    (folder / "one" / "broken.jpg").write_bytes(b"no photo")
    return folder


def rows_of(out):
    names = [*NAMES, *(f"p({label})" for label in HANDS)]
    return {row["path"]: row for rows in columns_of(out, names) for row in rows}


def same_as_evaluate(run, photos, rows, summary):
    """Compare with what `evaluate` and `predict` say of the same photos."""
    code, said, _ = run("evaluate", "--model", "hands", "--data", photos, "--json", "-")
    report = json.loads(said[said.index("{") :])
    assert code == 0 and len(report["items"]) == len(rows) - 1
    for item in report["items"]:
        row = rows[item["path"]]
        for name in ("actual", "predicted", "answer"):
            assert row[name] == item[name]
        assert row["confidence"] == pytest.approx(item["confidence"], abs=1e-6)
    for name in ("n", "accuracy", "accuracy_interval", "classes", "confusion", "per_class"):
        assert summary[name] == report[name], name
    files = [photos / path for path in rows]
    _, said, _ = run("predict", "--model", "hands", "--json", "-", *files)
    for one, row in zip(json.loads(said[said.index("[") :]), rows.values()):
        assert (one.get("answer"), one.get("count")) == (row["answer"], row["count"])
        assert one.get("error") == row["error"]


def test_one_process_alone_says_what_the_plain_commands_say(
    fast_hands, photos, tmp_path, run, monkeypatch
):
    monkeypatch.setattr(quantized, "_options", {})  # what a worker sets is for its whole process
    out = tmp_path / "out"
    out.mkdir()
    asked = photos_in(photos, HANDS)
    worker = Answers(fast_hands, photos, out)
    assert sum(worker.answer(asked[n : n + 16]) for n in range(0, len(asked), 16)) == 1
    rows = rows_of(out)
    assert len(rows) == 41 and rows["one/broken.jpg"]["predicted"] is None
    summary = summarise("hands", photos, out, list(HANDS))
    same_as_evaluate(run, photos, rows, summary.to_json())


@pytest.mark.slow
def test_two_processes_say_the_same_and_a_stopped_run_goes_on(fast_hands, photos, tmp_path, run):
    out = tmp_path / "out"
    words = ("predict-folder", "--model", "hands", "--data", photos, "--out", out, "--json", "-")
    code, said, told = run(*words, "--workers", "2")
    assert code == 0, told
    parts = sorted(out.glob("part-*.parquet"))
    assert len(parts) == 2, "each process had its share"
    rows = rows_of(out)
    same_as_evaluate(run, photos, rows, json.loads(said[said.index("{") :]))

    # Stopped between two parts: what is there stays as it is, the rest is answered.
    kept = files_below(out)
    parts[0].unlink()
    code, again, told = run(*words, "--workers", "2")
    assert code == 0 and rows_of(out) == rows, told
    assert files_below(out)[parts[1].name] == kept[parts[1].name]
    assert json.loads(again[again.index("{") :]) == json.loads(said[said.index("{") :])

    # Another model's answers are not mixed in.
    card = json.loads((fast_hands / "card.json").read_text("utf-8"))
    (fast_hands / "card.json").write_text(json.dumps(card | {"threshold": 0.9}), "utf-8")
    code, _, told = run(*words)
    assert code == 2 and "another model" in told


@pytest.mark.parametrize("workers", ["0", "9999"])
def test_processes_without_a_core_are_advice(fast_hands, photos, tmp_path, run, workers):
    words = ("predict-folder", "--model", "hands", "--data", photos, "--out", tmp_path / "out")
    code, _, told = run(*words, "--workers", workers)
    assert code == 2 and f"{workers} workers need as many cores" in told
    assert not (tmp_path / "out").exists()


def test_answers_among_the_photos_are_refused(fast_hands, photos, run):
    before = files_below(photos)
    words = ("predict-folder", "--model", "hands", "--data", photos)
    code, _, told = run(*words, "--out", photos / "answers")
    assert code == 2 and "among the photos" in told and files_below(photos) == before
