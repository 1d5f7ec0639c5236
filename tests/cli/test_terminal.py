"""What the command line writes, whatever the terminal takes."""

import io
import json
import sys

import pytest

from fingercount.cli.main import main
from fingercount.cli.terminal import speak_utf8, write_result


def test_standard_output_is_utf8_wherever_it_goes(monkeypatch, capsys):
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, encoding="cp1252"))
    assert main(["predict", "--model", "nowhere", "photo.jpg"]) == 2
    write_result("-", {"label": "два, fünf"})
    assert json.loads(pipe.getvalue().decode("utf-8")) == {"label": "два, fünf"}


@pytest.mark.parametrize("target", ["-", "out.json"])
def test_a_name_in_another_code_is_written_as_it_is(tmp_path, monkeypatch, target):
    pipe = io.BytesIO()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, "utf-8", "surrogateescape"))
    speak_utf8()
    write_result(target, {"file": "caf\udce9.jpg"})
    written = pipe.getvalue() if target == "-" else (tmp_path / target).read_bytes()
    assert json.loads(written) == {"file": "caf\udce9.jpg"}
