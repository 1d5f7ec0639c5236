"""The folder that model servers read."""

import re

import pytest

from fingercount.errors import FingercountError
from fingercount.export.repository import export_repository
from fingercount.export.to_onnx import answerer
from fingercount.models.loading import load_model
from tests.conftest import HANDS, draw


def test_a_server_finds_the_version_and_its_description(hands, tmp_path):
    exported = export_repository("hands", tmp_path / "repository")
    place = tmp_path / "repository" / "hands"
    names = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert names == {"1/model.onnx", "config.pbtxt", "labels.txt"}
    assert exported.file == str(place / "1" / "model.onnx")
    model = load_model("hands")
    ask = answerer(place / "1" / "model.onnx", model.classes)
    assert ask(draw("two")) == pytest.approx(model.predict([draw("two")])[0], abs=1e-4)
    assert (place / "labels.txt").read_text().split("\n")[:-1] == list(HANDS)
    config = (place / "config.pbtxt").read_text()
    assert re.findall(r'\bname: "(.+)"', config) == ["hands", "photo", "probabilities"]
    assert f"dims: [ {len(HANDS)} ]" in config and "max_batch_size: 0" in config


def test_triton_understands_the_description(hands, tmp_path):
    config_pb2 = pytest.importorskip("tritonclient.grpc.model_config_pb2")
    from google.protobuf import text_format

    export_repository("hands", tmp_path / "repository")
    text = (tmp_path / "repository" / "hands" / "config.pbtxt").read_text()
    config = text_format.Parse(text, config_pb2.ModelConfig())
    assert config.name == "hands" and list(config.input[0].dims) == [-1, -1, 3]
    assert config.output[0].label_filename == "labels.txt"


def test_another_model_is_the_next_version_and_the_same_one_is_not(hands, tmp_path):
    folder = tmp_path / "repository"
    for _ in range(2):
        assert export_repository("hands", folder).file.endswith("1/model.onnx")
    card = hands / "card.json"
    card.write_text(card.read_text().replace('"classes"', '"threshold": 0.9, "classes"', 1))
    assert export_repository("hands", folder).file.endswith("2/model.onnx")
    assert (folder / "hands" / "1" / "model.onnx").is_file(), "a server may still run it"


def test_what_is_no_folder_is_said(hands, tmp_path):
    (tmp_path / "file").touch()
    for bad in (tmp_path / "file", tmp_path / "no" / "repository"):
        with pytest.raises(FingercountError):
            export_repository("hands", bad)
    with pytest.raises(FingercountError, match="nobody"):
        export_repository("nobody", tmp_path / "repository")
    assert not (tmp_path / "repository").exists()
