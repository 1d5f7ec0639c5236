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
