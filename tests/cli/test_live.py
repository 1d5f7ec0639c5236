"""The commands of the running model, as a script uses them."""

import contextlib
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from fingercount.synthetic import clip
from tests.conftest import HANDS
from tests.e2e.clips import write_stills
from tests.imaging.test_video import write_video

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "hands"


def test_export(run, hands, tmp_path):
    file = tmp_path / "hands.onnx"
    code, out, err = run("export", "--model", "hands", "--onnx", file, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "differ from the model's by at most" in err
    assert (result["file"], result["model"]) == (str(file), "hands")
    assert result["classes"] == list(HANDS)
    assert result["bytes"] == file.stat().st_size
    assert result["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_export_that_cannot_be_written_is_one_line_of_advice(run, hands, tmp_path):
    for model, file in (("hands", tmp_path), ("hands", tmp_path / "no" / "x"), ("nobody", "x")):
        code, out, err = run("export", "--model", model, "--onnx", file, "--json", "-")
        assert (code, out) == (2, "") and err.count("\n") == 1


def test_export_of_a_page(run, hands, tmp_path):
    page = tmp_path / "page"
    code, out, err = run("export", "--model", "hands", "--web", page, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "npm install && npm start" in err
    assert (result["folder"], result["model"], result["ort"]) == (str(page), "hands", False)
    assert result["classes"] == list(HANDS) and (page / "index.html").is_file()


def test_a_page_that_cannot_be_written_or_asked_is_one_line_of_advice(run, hands, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "essay.txt").touch()
    for bad in (
        ["export", "--web", tmp_path / "full"],
        ["export", "--web", tmp_path / "page", "--ort", tmp_path],
        ["export", "--onnx", tmp_path / "x.onnx", "--ort", tmp_path],
        ["parity", "--data", tmp_path, "--web", tmp_path / "none"],
    ):
        code, out, err = run(*bad, "--json", "-")
        assert (code, out) == (2, "") and err.count("\n") == 1, bad


def test_parity(run, hands, make_photos):
    photos = make_photos("mine", n=2)
    code, out, err = run("parity", "--model", "hands", "--data", photos, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "compared with what evaluation says" in err and "WARNING" not in err
    assert (result["model"], result["n"]) == ("hands", 6)
    assert [way["name"] for way in result["ways"]] == ["live", "camera", "mjpeg", "onnx"]
    assert result["ways"][0]["answers_changed"] == 0
    assert (photos / result["ways"][1]["worst"]).is_file()


def test_parity_with_bad_input_is_one_line_of_advice(run, hands, make_photos, tmp_path):
    photos, none = make_photos("mine", n=1), tmp_path / "none.onnx"
    for bad in (["--data", none], ["--data", photos, "--onnx", none]):
        code, out, err = run("parity", *bad, "--json", "-")
        assert (code, out) == (2, "") and err.count("\n") == 1


def test_watch_prints_a_line_for_each_committed_change(run, hands, tmp_path):
    video = write_video(tmp_path / "clip.mp4", [40] * 20)
    code, out, _ = run("watch", "--video", video, "--model", "hands", "--threshold", "0")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and len(lines) == 1
    assert set(lines[0]) == {"time", "count", "label", "confidence"}
    assert 0.15 <= lines[0]["time"] <= 0.25 and 0 < lines[0]["confidence"] <= 1


def test_watch_of_two_hands_adds_them_up(run, hands, tmp_path):
    video = write_video(tmp_path / "clip.mp4", [40] * 20)
    words = ["watch", "--video", video, "--threshold", "0", "--two-hands"]
    code, out, _ = run(*words)
    (line,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and list(line) == ["time", "count", "label", "confidence", "hands"]
    left, right = line["hands"]
    assert left == right, "both squares show the same grey"
    assert set(left) == {"count", "label", "confidence"}
    assert line["confidence"] == left["confidence"]
    number = left["count"]
    assert line["count"] == (None if number is None else 2 * number)
    assert run(*words, "--roi", "0.25,0.5,1")[1] == out


@pytest.mark.skipif(not SHIPPED.is_dir(), reason="no shipped model")
def test_two_rendered_hands_are_added_up(run, tmp_path):
    two, three, five = (rendered(fingers) for fingers in (2, 3, 5))
    stills = [[np.hstack([two, five])], [np.hstack([three, five])]]
    video = write_stills(tmp_path / "clip.mjpeg", stills, seconds=1)
    code, out, _ = run("watch", "--video", video, "--model", SHIPPED, "--two-hands")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(line["label"], line["count"]) for line in lines] == [
        ("two + five", 7),
        ("three + five", 8),
    ]
    assert [hand["count"] for hand in lines[1]["hands"]] == [3, 5]


def rendered(fingers: int) -> np.ndarray:
    """Return half a webcam frame with a rendered hand in its middle: uint8 RGB [480, 320, 3]."""
    half = clip(seed=1, counts=[fingers], seconds_each=0.1, fps=10, size=(320, 480), extent=0.42)
    return next(half)[0]


def test_watch_tells_who_listens_what_it_prints(run, hands, tmp_path, monkeypatch):
    from fingercount.live import broadcast, mqtt

    told = []

    @contextlib.contextmanager
    def listen(where):
        told.append(where)
        yield lambda commit: told.append(commit.to_json())
        told.append("end")

    monkeypatch.setattr(broadcast, "http_counts", listen)
    monkeypatch.setattr(mqtt, "mqtt_counts", listen)
    video = write_video(tmp_path / "clip.mp4", [40] * 20)
    words = ["watch", "--video", video, "--threshold", "0", "--http", "8765", "--mqtt", "mqtt://x"]
    code, out, err = run(*words)
    line = json.loads(out)
    assert code == 0 and "http://localhost:8765/counts" in err
    assert told == [8765, "mqtt://x", line, line, "end", "end"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--video", "missing.mp4"],
        ["--camera", "97"],
        ["--video", "clip.mp4", "--roi", "0.5,0.5,9"],
        ["--video", "clip.mp4", "--roi", "0.5,0.5,1", "--two-hands"],
        ["--video", "clip.mp4", "--hold", "-1"],
        ["--video", "clip.mp4", "--model", "nobody"],
    ],
    ids=["no-file", "no-camera", "square", "two-squares", "seconds", "no-model"],
)
def test_watch_with_bad_input_is_one_line_of_advice(run, hands, tmp_path, monkeypatch, wrong):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "clip.mp4", [40])
    code, out, err = run("watch", *wrong)
    lines = [line for line in err.splitlines() if line.startswith("fingercount:")]
    assert (code, out, len(lines)) == (2, "", 1) and "Traceback" not in err


def test_bench_writes_its_rows(run, hands, make_photos):
    photos = make_photos(n=1)
    code, out, err = run("bench", "--data", photos, "--json", "-")
    names = [row["name"] for row in json.loads(out)["rows"]]
    assert code == 0 and "times as fast as the original" in err
    assert {"original", "onnxruntime", "live"} <= set(names)
    code, _, err = run("bench", "--data", photos / "nowhere")
    assert code == 2 and err.count("\n") == 1
