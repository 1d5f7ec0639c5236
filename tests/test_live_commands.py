"""The commands of the running model, as a script uses them."""

import hashlib
import json

import pytest

from fingercount.cli import main
from tests.conftest import HANDS


@pytest.fixture
def run(capsys):
    """A function that runs a command; returns (exit code, standard output, standard error)."""

    def command(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return command


def test_export(run, hands, tmp_path):
    file = tmp_path / "hands.onnx"
    code, out, err = run("export", "--model", "hands", "--onnx", file, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "was asked about" in err
    assert (result["file"], result["model"]) == (str(file), "hands")
    assert result["classes"] == list(HANDS)
    assert result["bytes"] == file.stat().st_size
    assert result["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_export_that_cannot_be_written_is_one_line_of_advice(run, hands, tmp_path):
    for model, file in (("hands", tmp_path), ("hands", tmp_path / "no" / "x"), ("nobody", "x")):
        code, out, err = run("export", "--model", model, "--onnx", file, "--json", "-")
        assert (code, out) == (2, "") and err.count("\n") == 1


def test_parity(run, hands, make_photos):
    photos = make_photos("mine", n=2)
    code, out, err = run("parity", "--model", "hands", "--data", photos, "--json", "-")
    result = json.loads(out)
    assert code == 0 and "compared with what evaluation says" in err and "WARNING" not in err
    assert (result["model"], result["n"]) == ("hands", 6)
    assert [way["name"] for way in result["ways"]] == ["live", "camera", "onnx"]
    assert result["ways"][0]["answers_changed"] == 0
    assert (photos / result["ways"][1]["worst"]).is_file()


def test_parity_with_bad_input_is_one_line_of_advice(run, hands, make_photos, tmp_path):
    photos, none = make_photos("mine", n=1), tmp_path / "none.onnx"
    for bad in (["--data", none], ["--data", photos, "--onnx", none]):
        code, out, err = run("parity", *bad, "--json", "-")
        assert (code, out) == (2, "") and err.count("\n") == 1
