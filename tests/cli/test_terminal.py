"""What the command line writes, whatever the terminal takes."""

import io
import json
import sys

import pytest

from fingercount import files
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


@pytest.mark.parametrize("target", ["-", "out.json"])
def test_a_result_is_what_json_makes_of_it(tmp_path, monkeypatch, capsys, target):
    monkeypatch.chdir(tmp_path)
    value = {"n": 3, "items": [{"path": "é.jpg", "p": 0.1}, {}], "none": None, "empty": []}
    write_result(target, value)
    written = capsys.readouterr().out if target == "-" else (tmp_path / target).read_text("utf-8")
    assert written == json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def test_a_result_is_never_one_text_in_memory(tmp_path, monkeypatch):
    sizes, real = [], files.write_atomic

    def watched(path, parts):
        real(path, (sizes.append(len(part)) or part for part in parts))

    monkeypatch.setattr(files, "write_atomic", watched)
    write_result(str(tmp_path / "out.json"), [{"path": f"{n}.jpg"} for n in range(500)])
    assert len(json.loads((tmp_path / "out.json").read_text())) == 500
    assert max(sizes) < 100
