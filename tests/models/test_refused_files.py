"""Files of other kinds are named for what they are."""

import warnings
import zipfile

import onnx
import pytest
import torch

from fingercount.errors import FingercountError
from fingercount.imaging.read import encode_jpeg
from fingercount.models.import_checkpoint import import_checkpoint
from fingercount.models.registry import list_models
from tests.conftest import draw
from tests.models.test_import_checkpoint import NOTEBOOKS


def test_a_torchscript_is_named(tmp_path):
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / "model.pt"))
    assert_refused(tmp_path / "model.pt", "TorchScript")


def test_an_exported_program_is_named(tmp_path):
    program = torch.export.export(torch.nn.Linear(2, 2), (torch.zeros(1, 2),))
    torch.export.save(program, tmp_path / "model.pt2")
    assert_refused(tmp_path / "model.pt2", "torch.export")


def test_an_onnx_file_is_named(tmp_path):
    graph = onnx.helper.make_graph([], "g", [], [])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "model.onnx")
    assert_refused(tmp_path / "model.onnx", "an ONNX file")


@pytest.mark.parametrize(
    "start, kind",
    [(b"\x89HDF\r\n\x1a\n", "Keras"), (b"\x1c\0\0\0TFL3\0\0", "TensorFlow Lite")],
    ids=["hdf5", "tflite"],
)
def test_other_frameworks_files_are_named(tmp_path, start, kind):
    (tmp_path / "model.bin").write_bytes(start + bytes(100))
    assert_refused(tmp_path / "model.bin", kind)


def test_a_keras_file_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\x89HDF")
    assert_refused(tmp_path / "model.keras", "a Keras model")


def assert_refused(file, kind):
    """Expect one line that names the kind, and none of Python's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FingercountError, match=kind):
            import_checkpoint(file, NOTEBOOKS, "original")
    assert list_models() == []


def test_a_file_that_is_no_program_is_not_called_one(tmp_path):
    pointer, photo = tmp_path / "model.pth", tmp_path / "photo.pth"
    pointer.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    photo.write_bytes(encode_jpeg(draw("one")))
    for file, advice in ((pointer, "git lfs pull"), (photo, "not a PyTorch checkpoint")):
        with pytest.raises(FingercountError, match=advice):
            import_checkpoint(file, NOTEBOOKS, "original")
