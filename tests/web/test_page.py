"""The folder that `export --web` writes: what is in it, and what it refuses."""

import gzip
import json

import numpy as np
import onnxruntime
import pytest

from fingercount.errors import FingercountError
from fingercount.export.to_onnx import TOLERANCE, export_onnx
from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.models.loading import load_model
from fingercount.models.storage import SECOND_HAND
from fingercount.paths import REPO
from fingercount.web.browser import asked_page
from fingercount.web.page import ABOUT, GPU_FILES, MODEL, ORT, ORT_FILES, export_web
from tests.conftest import HANDS, draw
from tests.export.test_to_onnx import write_last_layer
from tests.models.folders import change_card

CLOSE = 1e-4
SHIPPED = REPO / "models" / "hands"


@pytest.fixture
def fake_ort(tmp_path):
    """A folder that looks like onnxruntime-web."""
    package = tmp_path / "npm" / "node_modules" / "onnxruntime-web"
    (package / "dist").mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": ORT}))
    for name in ORT_FILES + GPU_FILES:
        (package / "dist" / name).write_bytes(name.encode() * 100)
    return tmp_path / "npm"


def test_the_folder_has_everything_and_says_what_a_browser_loads(hands, tmp_path, fake_ort):
    page = tmp_path / "page"
    exported = export_web("hands", page, ort=fake_ort)
    assert exported.ort and exported.classes == list(HANDS)
    names = {str(path.relative_to(page)) for path in page.rglob("*") if path.is_file()}
    assert {"index.html", "fingercount.js", "sw.js", MODEL, ABOUT, "package.json"} <= names
    assert "ort/ort-wasm-simd-threaded.wasm.gz" in names
    assert not any(b"{{" in (page / n).read_bytes() for n in names if n.endswith((".html", ".js")))
    packed = gzip.decompress((page / "ort/ort-wasm-simd-threaded.wasm.gz").read_bytes())
    assert packed == b"ort-wasm-simd-threaded.wasm" * 100
    kept = json.loads((page / "sw.js").read_text().split("FILES = ")[1].split(";")[0])
    assert set(kept) - {"./"} <= names and "package.json" not in kept
    assert {name for name in names if name.endswith(".js")} - {"sw.js"} <= set(kept)
    for_webgpu = {"ort/ort.webgpu.min.mjs", "ort/ort-wasm-simd-threaded.asyncify.wasm.gz"}
    assert for_webgpu <= names and not for_webgpu & set(kept)
    assert exported.bytes == sum((page / name).stat().st_size for name in kept if name != "./")
    about = json.loads((page / ABOUT).read_text())
    model = load_model("hands")
    assert about["classes"] == model.classes and about["threshold"] == model.threshold
    assert about["counts"]["three"] == 3 and about["counts"]["none"] is None
    assert json.loads((page / "package.json").read_text())["dependencies"] == {
        "onnxruntime-web": ORT
    }


@pytest.mark.parametrize("head", [False, True], ids=["whole", "last layer"])
def test_the_file_answers_about_the_photos_and_views_that_it_is_asked_about(hands, tmp_path, head):
    change_card(hands, preprocess=Preprocess(size=32, views=VIEWS[:3]).to_json())
    name = "mine" if head else "hands"
    if head:
        write_last_layer(VIEWS[:3])
    model = load_model(name)
    export_web(name, tmp_path / "page")
    session = onnxruntime.InferenceSession(tmp_path / "page" / MODEL)
    photos = np.stack([draw("two", size=90), draw("five", size=90), draw("one", size=90)])

    def ask(photos, *views):
        given = {"photos": photos, "views": np.array(views, np.int32)}
        rows, *hand = session.run(None, given)
        assert bool(hand) == head
        return rows * hand[0] if hand else rows

    for n in range(3):
        rows = ask(photos, n)
        assert rows == pytest.approx(model.predict_same_view(photos, n), abs=CLOSE)
        assert rows[2:] == pytest.approx(ask(photos[2:], n), abs=CLOSE)
    assert ask(photos, 0, 1, 2) == pytest.approx(model.predict(list(photos)), abs=CLOSE)


@pytest.mark.skipif(not (SHIPPED / SECOND_HAND).is_file(), reason="no shipped model")
def test_the_file_says_how_probable_a_second_hand_is_and_the_other_file_does_not(tmp_path):
    pytest.importorskip("openvino")
    model = load_model(SHIPPED)
    export_web(SHIPPED, tmp_path / "page")
    session = onnxruntime.InferenceSession(tmp_path / "page" / MODEL)
    photos = np.stack([draw("two", n, size=90) for n in range(3)])
    rows, seconds = session.run(None, {"photos": photos, "views": np.array([1], np.int32)})
    assert [place.name for place in session.get_outputs()] == ["probabilities", "second_hand"]
    expected = [model.look(photo, 1) for photo in photos]
    assert rows == pytest.approx(np.stack([row for row, _ in expected]), abs=TOLERANCE)
    assert seconds[:, 0] == pytest.approx([second for _, second in expected], abs=TOLERANCE)
    export_onnx(SHIPPED, tmp_path / "plain.onnx")
    plain = onnxruntime.InferenceSession(tmp_path / "plain.onnx")
    assert [place.name for place in plain.get_outputs()] == ["probabilities"]


def test_a_page_is_replaced_and_keeps_the_runtime_that_it_has(hands, tmp_path, fake_ort):
    page = tmp_path / "page"
    export_web("hands", page, ort=fake_ort)
    before = (page / "sw.js").read_text()
    export_web("hands", page)
    assert (page / "ort/ort-wasm-simd-threaded.wasm.gz").is_file()
    card = json.loads((hands / "card.json").read_text())
    (hands / "card.json").write_text(json.dumps({**card, "threshold": 0.9}))
    assert export_web("hands", page).ort
    assert (page / "sw.js").read_text() != before, "browsers see that there is another page"
    assert json.loads((page / ABOUT).read_text())["threshold"] == 0.9


def test_other_files_stay_and_what_is_no_runtime_is_refused(hands, tmp_path, fake_ort):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "essay.txt").write_text("mine")
    with pytest.raises(FingercountError, match="holds other files"):
        export_web("hands", mine)
    assert [path.name for path in mine.iterdir()] == ["essay.txt"]
    with pytest.raises(FingercountError, match="is a file"):
        export_web("hands", mine / "essay.txt")
    with pytest.raises(FingercountError, match="make it first"):
        export_web("hands", tmp_path / "no" / "page")
    with pytest.raises(FingercountError, match="no onnxruntime-web in"):
        export_web("hands", tmp_path / "page", ort=mine)
    (fake_ort / "node_modules/onnxruntime-web/package.json").write_text('{"version": "0.1"}')
    with pytest.raises(FingercountError, match=r"is version 0\.1"):
        export_web("hands", tmp_path / "page", ort=fake_ort)
    with pytest.raises(FingercountError, match="nobody"):
        export_web("nobody", tmp_path / "page")
    assert not (tmp_path / "page").exists()


def test_what_is_no_page_is_not_asked(hands, tmp_path):
    def ask(classes, webgpu=False):
        with asked_page(tmp_path / "page", classes, webgpu):
            pass

    with pytest.raises(FingercountError, match="not an exported page"):
        ask(HANDS)
    export_web("hands", tmp_path / "page")
    with pytest.raises(FingercountError, match="other classes"):
        ask(["one"])
    with pytest.raises(FingercountError, match="npm install"):
        ask(list(HANDS))
    (tmp_path / "page" / ABOUT).write_text("{")
    with pytest.raises(FingercountError, match="write the page again"):
        ask(list(HANDS))
