"""The benchmark's rows and what they hold; never how fast."""

import numpy as np
import pytest

from fingercount.checks.speed import as_frames, bench, drawn_photos, original, row, time_ways
from fingercount.errors import FingercountError
from fingercount.models.loading import load_model


def test_rows_name_the_original_and_the_whole_live_path(hands):
    asked = []
    photos = [np.full((50, 40, 3), 90, np.uint8)] * 3
    result = bench(load_model("hands"), photos, extra={"export": asked.append}, rounds=1)
    names = [line["name"] for line in result["rows"]]
    assert names[0] == "original" and names[-1] == "live" and "export" in names
    assert {"pytorch"} <= set(names)
    assert result["frames"] == 3 and len(asked) == 3 + 3, "three to warm up, three timed"
    assert all(line["p95_ms"] >= line["median_ms"] >= 0 for line in result["rows"])
    medians = {line["name"]: line["median_ms"] for line in result["rows"]}
    assert result["live_speedup"] == pytest.approx(medians["original"] / medians["live"], rel=0.01)
    assert {"cores", "torch", "system"} <= set(result["machine"])


def test_a_row_is_recomputed_from_its_times():
    line = row("x", np.array([1.0, 2.0, 3.0, 10.0]))
    assert (line["median_ms"], line["per_second"]) == (2.5, 250.0)
    assert line["p95_ms"] == pytest.approx(8.95)


def test_photos_become_frames_of_a_webcam():
    frame = as_frames([np.full((30, 30, 3), 200, np.uint8)])[0]
    assert frame.shape == (480, 640, 3)
    assert frame[240, 320].tolist() == [200] * 3 and frame[240, 5].tolist() == [128] * 3


def test_the_original_answers_with_a_class():
    assert original(4)(as_frames(drawn_photos()[:1])[0]) in range(4)


def test_no_photos_are_advice(hands):
    with pytest.raises(FingercountError, match="no photos to time"):
        bench(load_model("hands"), [])


def test_it_says_how_far_it_is():
    said = []
    answers = {"a": len, "b": len}
    time_ways(answers, ["frame"], 2, lambda *numbers: said.append(numbers))
    assert said == [("turns", done, 4) for done in range(5)]
