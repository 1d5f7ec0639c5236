"""The exported file answers as the model does, whatever the photo's size."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image
from torch import nn

from fingercount.errors import FingercountError
from fingercount.export import to_onnx as export
from fingercount.export.graph import Graph, preprocess_nodes
from fingercount.export.resnet import fast_nodes, reference_nodes
from fingercount.export.to_onnx import PHOTO, answerer, export_onnx, onnx_bytes
from fingercount.files import write_json
from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.labels import count_of
from fingercount.models import quantized
from fingercount.models.loading import load_model
from fingercount.models.storage import read_card, write_model
from fingercount.paths import REPO, models_dir
from tests.conftest import HANDS, draw

SHIPPED = REPO / "models" / "hands"
SIZE = 48
CLOSE = 1e-3  # of probabilities: photos are resized to within one level of 255


def asker(make, size=SIZE):
    """Return what asks a graph that `make(graph, photo)` fills: photo -> flat float32."""
    graph = Graph()
    out = graph.add("Reshape", make(graph, PHOTO), [-1])
    data = graph.model(
        PHOTO, {"out": (out, 3 * size * size)}, {"classes": "[]"}
    ).SerializeToString()
    return answerer(data, [])


@pytest.fixture(scope="module")
def prepare():
    ask = asker(lambda graph, photo: preprocess_nodes(graph, photo, Preprocess(size=SIZE)))
    return lambda photo: ask(photo).reshape(3, SIZE, SIZE)


def noise(height, width):
    return np.random.default_rng(height * 1000 + width).integers(
        0, 256, (height, width, 3), np.uint8
    )


SHAPES = {
    "camera": (480, 640),
    "square": (200, 200),
    "own size": (SIZE, SIZE),
    "half a pixel to round": (33, 96),  # 16.5 pixels high: Python rounds to the even 16
    "half a pixel the other way": (35, 96),
    "larger": (20, 31),
    "one pixel": (1, 1),
    "one row": (1, 300),
    "wide": (7, 900),
    "a side of its own size": (SIZE, 20),
    "odd": (49, 47),
}


LEVEL = 1 / 255 / min(Preprocess().std)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_preprocessing_inside_is_the_preprocessing_to_a_level(prepare, shape):
    photo = noise(*shape)
    difference = np.abs(prepare(photo) - Preprocess(size=SIZE)(photo))
    assert difference.max() <= 1.01 * LEVEL
    assert (difference > 1e-5).mean() < 0.1, "most pixels are the same"


@pytest.mark.parametrize("size", [48, 112, 128])
def test_the_sides_are_the_sides_whatever_the_shape(size):
    ask = asker(lambda graph, photo: preprocess_nodes(graph, photo, Preprocess(size=size)), size)
    rng = np.random.default_rng(size)
    for height, width in [*rng.integers(1, 700, (25, 2)), (49, 14), (14, 49), (98, 7)]:
        white = np.full((height, width, 3), 255, np.uint8)
        given = ask(white).reshape(3, size, size) != 0
        assert np.array_equal(given, Preprocess(size=size)(white) != 0), (height, width)


def test_the_file_computes_in_nothing_that_a_browser_lacks(hands):
    """WebAssembly and WebGPU know no float64."""
    made = onnx.load_from_string(onnx_bytes(load_model("hands"), hands))
    typed = {constant.data_type for constant in made.graph.initializer}
    typed |= {
        attribute.i
        for node in made.graph.node
        for attribute in node.attribute
        if attribute.name == "to"
    }
    assert onnx.TensorProto.DOUBLE not in typed
    assert "Resize" in {node.op_type for node in made.graph.node}


def test_what_is_added_around_is_zero(prepare):
    out = prepare(np.full((96, 48, 3), 255, np.uint8))
    assert (out[:, :, :12] == 0).all() and (out[:, :, 36:] == 0).all()
    assert (out[:, :, 12:36] > 1).all()


def test_reference_export_answers_as_pytorch(hands, tmp_path):
    model = load_model("hands")
    exported = export_onnx("hands", tmp_path / "hands.onnx")
    assert (exported.backend, exported.model, exported.classes) == (
        "reference",
        "hands",
        list(HANDS),
    )
    assert exported.difference < CLOSE and exported.checked >= 4
    ask = answerer(tmp_path / "hands.onnx", model.classes)
    photos = [draw("two"), draw("one", size=50), noise(40, 90)]
    said = np.stack([ask(photo) for photo in photos])
    assert said.dtype == np.float32 and said == pytest.approx(model.predict(photos), abs=CLOSE)


@pytest.mark.parametrize("shape", [(40, 90), (90, 60), (3, 200), (1, 1), (30, 30)])
def test_all_views_are_in_the_file(hands, shape):
    preprocess = Preprocess(size=32, views=VIEWS)
    write_json(hands / "card.json", {**read_card(hands), "preprocess": preprocess.to_json()})
    model, photo = load_model("hands"), noise(*shape)
    ask = answerer(onnx_bytes(model, hands), model.classes)
    assert ask(photo) == pytest.approx(model.predict([photo])[0], abs=CLOSE)


def test_the_file_says_what_it_is(hands, tmp_path):
    path = tmp_path / "hands.onnx"
    exported = export_onnx("hands", path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (photo,), (out,) = session.get_inputs(), session.get_outputs()
    assert (photo.name, photo.type, photo.shape) == (
        PHOTO,
        "tensor(uint8)",
        ["height", "width", 3],
    )
    assert (out.name, out.type, out.shape) == ("probabilities", "tensor(float)", [len(HANDS)])
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["classes"]) == list(HANDS)
    assert json.loads(about["counts"]) == {label: count_of(label) for label in HANDS}
    assert float(about["threshold"]) == 0.5 and about["model"] == "hands"
    assert exported.bytes == path.stat().st_size
    assert export_onnx("hands", path).sha256 == exported.sha256, "the same model, the same bytes"


def write_last_layer(views):
    """Write "mine", an untrained last layer on "hands" that asks it whether there is a hand."""
    from fingercount.models.backbones import shared_backbone

    backbone = shared_backbone("hands")
    torch.manual_seed(1)
    card = {
        "kind": "head",
        "classes": ["two", "one"],
        "preprocess": {**backbone.preprocess.to_json(), "views": list(views)},
        "temperature": 2.5,
        "backbone": {"name": "hands", "hash": backbone.hash, "form": "reference"},
        "hand_check": True,
    }
    write_model(models_dir() / "mine", nn.Linear(512, 2).state_dict(), card)


@pytest.mark.parametrize("views", [("plain",), ("plain", "mirrored")], ids=["one view", "two"])
def test_a_last_layer_is_exported_with_its_backbone_and_its_check_for_hands(hands, tmp_path, views):
    write_last_layer(views)
    model = load_model("mine")
    export_onnx("mine", tmp_path / "mine.onnx")
    ask = answerer(tmp_path / "mine.onnx", model.classes)
    for label in HANDS:
        expected = model.predict([draw(label)])[0]
        assert ask(draw(label)) == pytest.approx(expected, abs=CLOSE)
    assert expected.sum() < 1, "the check for hands takes its part"
    session = onnxruntime.InferenceSession(tmp_path / "mine.onnx")
    said, hand = session.run(["probabilities", "hand"], {PHOTO: draw(label)})
    assert said.sum() == pytest.approx(1, abs=1e-5)
    assert hand == pytest.approx(expected.sum(), abs=CLOSE)


def test_int8_layers_are_rounded_to_their_steps():
    openvino = pytest.importorskip("openvino")
    from openvino import opset13 as ops

    photo = ops.parameter([1, 3, 4, 4], np.float32, name="photo")
    low, high = np.float32(-128 / 64), np.float32(127 / 64)
    steps = ops.fake_quantize(photo, low, high, low, high, 256)
    weight = np.arange(-6, 6, dtype=np.int8).reshape(4, 3, 1, 1)
    weights = ops.multiply(ops.convert(ops.constant(weight), np.float32), np.float32(0.25))
    x = ops.convolution(steps, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    network = openvino.Model([ops.reduce_mean(x, np.array([2, 3]))], [photo], "small")

    values = np.random.default_rng(0).normal(0, 2, (1, 3, 4, 4)).astype(np.float32)
    graph = Graph()
    out = graph.add("Squeeze", fast_nodes(graph, graph.constant(values), network), [0])
    ask = answerer(graph.model(PHOTO, {"out": (out, 4)}, {"classes": "[]"}).SerializeToString(), [])
    rounded = np.clip(np.rint(values * 64), -128, 127) / 64
    expected = np.einsum("oi,ihw->ohw", weight[:, :, 0, 0] * 0.25, rounded[0]).mean((1, 2))
    assert ask(np.zeros((1, 1, 3), np.uint8)) == pytest.approx(expected, abs=1e-5)
    assert np.abs(rounded - values).max() > 0.5, "some lie outside the steps"


def test_a_layer_it_does_not_know_is_refused():
    openvino = pytest.importorskip("openvino")
    from openvino import opset13 as ops

    photo = ops.parameter([1, 3, 4, 4], np.float32)
    with pytest.raises(FingercountError, match="Tanh"):
        fast_nodes(Graph(), PHOTO, openvino.Model([ops.tanh(photo)], [photo], "other"))


@pytest.mark.skipif(not (SHIPPED / quantized.GRAPH).is_file(), reason="models/hands is not here")
def test_the_shipped_model_is_exported_in_the_form_that_answers(tmp_path):
    model = load_model(SHIPPED)
    if model.backend != "fast":
        pytest.skip("OpenVINO is not installed here")
    data = onnx_bytes(model, SHIPPED)
    assert len(data) < 15_000_000, "int8 weights, a byte each"
    ask = answerer(data, model.classes)
    sample = REPO / "data" / "sample"
    photos = [np.asarray(Image.open(next((sample / label).iterdir()))) for label in HANDS]
    said, expected = np.stack([ask(photo) for photo in photos]), model.predict(photos)
    assert np.abs(said - expected).max() < 0.1
    assert [model.answer(row) for row in said] == [model.answer(row) for row in expected]


def test_where_it_cannot_be_written_nothing_is(hands, tmp_path):
    for bad, words in ((tmp_path, "is a folder"), (tmp_path / "no" / "x.onnx", "does not exist")):
        with pytest.raises(FingercountError, match=words):
            export_onnx("hands", bad)
    with pytest.raises(FingercountError, match="no model 'nobody'"):
        export_onnx("nobody", tmp_path / "x.onnx")
    assert not list(tmp_path.glob("*.onnx")) and not list(tmp_path.glob(".writing*"))


def test_a_full_disk_leaves_the_old_file(hands, tmp_path, monkeypatch):
    path = tmp_path / "x.onnx"
    path.write_bytes(b"old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FingercountError, match="No space left"):
        export_onnx("hands", path)
    assert path.read_bytes() == b"old" and not list(tmp_path.glob(".writing*"))


def test_an_export_that_answers_otherwise_is_not_written(hands, tmp_path, monkeypatch):
    def other(graph, x, state):
        return reference_nodes(graph, graph.add("Neg", x), state)

    monkeypatch.setattr(export, "reference_nodes", other)
    monkeypatch.setattr(export, "TOLERANCE", 1e-4)  # a network with random weights is unimpressed
    with pytest.raises(FingercountError, match="not written"):
        export_onnx("hands", tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()


def test_a_file_that_is_no_export_is_refused(hands, tmp_path):
    path = tmp_path / "x.onnx"
    with pytest.raises(FingercountError, match="does not exist"):
        answerer(path, HANDS)
    path.write_bytes(b"no network")
    with pytest.raises(FingercountError, match=r"x\.onnx is not an export"):
        answerer(path, HANDS)
    export_onnx("hands", path)
    with pytest.raises(FingercountError, match="other classes"):
        answerer(path, HANDS[::-1])
