"""What only answers imports nothing that it does not need: no PyTorch, no pandas, no scikit-learn.

Each command runs in a process of its own, which says afterwards what was imported.
"""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from fingercount.imaging.read import encode_jpeg
from fingercount.models.quantized import GRAPH
from fingercount.models.storage import read_card, write_model
from fingercount.paths import REPO, models_dir
from tests.conftest import draw
from tests.imaging.test_video import write_video

HEAVY = (
    *("captum", "cleanlab", "matplotlib", "nncf", "onnx", "onnxruntime", "pandas", "pyarrow"),
    *("scipy", "sklearn", "torch", "torchvision"),
)
SHIPPED = REPO / "models" / "hands"

COMMAND = """
import json, sys
from fingercount import __main__

sys.argv = ["fingercount", *json.loads(sys.argv[1])]
try:
    code = __main__.start()
except SystemExit as ended:
    code = ended.code
print("\\n" + json.dumps([name.partition(".")[0] for name, it in sys.modules.items() if it]))
sys.exit(code)
"""
LIVE = """
import json, sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, "dashboard")
import Home
for room in ("live", "camera"):
    for file in Path("dashboard/components", room).glob("*.py"):
        import_module(f"components.{room}.{file.stem}")

import numpy as np
from components.shared.models import shared_model
from components.shared.tidy import tidy_once
from fingercount.live.hints import hint_of
from fingercount.live.recognizer import Recognizer

tidy_once()
frame = np.full((480, 480, 3), 90, np.uint8)
Recognizer(shared_model("mine")).read(frame), hint_of(frame)
print("\\n" + json.dumps([name.partition(".")[0] for name, it in sys.modules.items() if it]))
"""


def imported_by(program: str, *words) -> set[str]:
    """Run a program with words to act on; return the packages and modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps([str(word) for word in words])],
        cwd=REPO,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def photos(make_photos):
    return make_photos(labels=("one", "two"), n=2)


@pytest.fixture
def mine(isolated):
    """The shipped network, and a last layer on it as the app trains one."""
    pytest.importorskip("openvino")
    if not (SHIPPED / GRAPH).is_file():
        pytest.skip("the shipped model has no fast form")
    shutil.copytree(SHIPPED, models_dir() / "hands")
    hands = read_card(SHIPPED)
    card = {
        "kind": "head",
        "classes": ["one", "two"],
        "preprocess": {**hands["preprocess"], "views": ["plain"]},
        "backbone": {"name": "hands", "hash": hands["fast"], "form": "fast"},
        "hand_check": True,
    }
    layer = {"weight": np.ones((2, 512), np.float32), "bias": np.zeros(2, np.float32)}
    return write_model(models_dir() / "mine", layer, card)


@pytest.mark.parametrize("words", [["--help"], ["predict", "--help"], ["where"], ["--version"]])
def test_what_asks_no_model_imports_no_numbers(words):
    assert not imported_by(COMMAND, *words) & {*HEAVY, "av", "cv2", "numpy", "openvino", "PIL"}


@pytest.mark.parametrize("model", ["hands", "mine"])
def test_a_photo_is_answered_by_openvino_and_numpy(mine, model, photos):
    (photo, *_) = (photos / "two").iterdir()
    imported = imported_by(COMMAND, "predict", "--model", model, photo)
    assert {"numpy", "openvino", "PIL"} <= imported
    assert not imported & {*HEAVY, "av", "cv2", "plotly"}


@pytest.mark.parametrize("model", ["hands", "mine"])
def test_a_data_set_is_measured_by_openvino_and_numpy(mine, model, photos):
    imported = imported_by(COMMAND, "evaluate", "--model", model, "--data", photos)
    assert "openvino" in imported and not imported & {*HEAVY, "av", "plotly"}


@pytest.mark.parametrize("model", ["hands", "mine"])
def test_a_clip_is_watched_by_openvino_and_numpy(mine, model, tmp_path):
    write_video(tmp_path / "clip.mp4", [40] * 5)
    imported = imported_by(COMMAND, "watch", "--model", model, "--video", tmp_path / "clip.mp4")
    assert {"av", "openvino"} <= imported and not imported & {*HEAVY, "plotly"}


def test_a_last_layer_is_trained_by_openvino_and_numpy(mine, photos):
    train = ["train", "--name", "new", "--data", photos, "--epochs", "2"]
    first = imported_by(COMMAND, *train)
    again = imported_by(COMMAND, *train, "--replace", "--lr", "0.01")
    assert {"cv2", "openvino"} <= first and not first & {*HEAVY, "av", "plotly"}
    assert not again & {*HEAVY, "av", "cv2", "plotly"}, "no photo is opened or changed again"


def test_a_whole_network_without_a_fast_form_is_answered_by_pytorch(hands, tmp_path):
    """Or the tests above would say nothing."""
    (tmp_path / "a.jpg").write_bytes(encode_jpeg(draw("two")))
    assert "torch" in imported_by(COMMAND, "predict", "--model", "hands", tmp_path / "a.jpg")


def test_live_answers_a_frame_without(mine):
    """All of its page's modules are imported, and plotly with them: Streamlit does so by itself."""
    imported = imported_by(LIVE)
    assert {"streamlit_webrtc", "openvino"} <= imported and not imported & set(HEAVY)
