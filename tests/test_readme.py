"""The README keeps its word: its examples run as they stand there, and its links lead somewhere."""

import itertools
import json
import re
import runpy
import shlex
import shutil
import tomllib
import zipfile
from typing import NamedTuple

import pytest
import torch
from torchvision.models import resnet18

from fingercount.cli.main import parser
from fingercount.paths import REPO
from tests.imaging.test_video import write_video

README = (REPO / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")  # within the repository
# What a block that is not run begins with, and why it is not.
NOT_RUN = {
    "pip install -r requirements.txt": "installs over the network and starts a server",
    'pip install ".[app]"': "the same; tests/e2e/test_wheel.py does it without a network",
    "python -m fingercount watch --camera": "needs a camera",
    "export FINGERCOUNT_ICE_SERVERS": "is read by the app, as another test checks",
    "[webrtc]": "is read by the app, as another test checks",
}


class Block(NamedTuple):
    """One fenced block: the language it names (none is a shell) and its text."""

    language: str
    text: str


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a document, indented ones without their margin."""
    return [
        Block(language, re.sub(f"^{margin}", "", body, flags=re.MULTILINE))
        for margin, language, body in FENCED.findall(text)
    ]


def why_not(block: Block) -> str | None:
    """Return why a block is not run, or None."""
    return next((why for begin, why in NOT_RUN.items() if block.text.startswith(begin)), None)


BLOCKS = blocks(README)
SHELL = [line for b in BLOCKS if not b.language and not why_not(b) for line in b.text.splitlines()]
PYTHON = [block.text for block in BLOCKS if block.language == "python" and not why_not(block)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder like a checkout, with the files that the README's examples name; we are in it."""
    here = tmp_path / "checkout"
    shutil.copytree(REPO / "examples", here / "examples")
    shutil.copytree(REPO / "models" / "hands", here / "models" / "hands")
    photos = sorted((REPO / "data" / "sample").glob("*/*.jpg"))
    with zipfile.ZipFile(here / "photos.zip", "w") as archive:
        for photo in photos:
            to = here / photo.relative_to(REPO)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(photo, to)
            archive.write(photo, photo.relative_to(REPO / "data" / "sample"))
    shutil.copy(photos[0], here / "photo.jpg")
    write_video(here / "clip.mp4", [40] * 20)
    torch.save(resnet18(num_classes=5).state_dict(), here / "modelParams.pth")
    for place in ("data", "models"):
        monkeypatch.setenv(f"FINGERCOUNT_{place.upper()}", str(here / place))
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def type_in(run, capsys, monkeypatch):
    """A function that does what a line does in a terminal; returns its standard output.

    In this process: each start of Python would load PyTorch again, and tests/cli starts one.
    """

    def typed(line: str) -> str:
        python, *words = shlex.split(line)
        assert python == "python", "another program: say here how it is run"
        if words[:2] == ["-m", "fingercount"]:
            code, out, err = run(*words[2:])
            assert code == 0, f"{line}:\n{out}{err}"
            return out
        monkeypatch.setattr("sys.argv", words)
        capsys.readouterr()
        runpy.run_path(words[0], run_name="__main__")
        return capsys.readouterr().out

    return typed


@pytest.mark.slow
def test_the_commands_run_one_after_the_other(folder, type_in):
    assert len(SHELL) > 5
    said = {line: type_in(line) for line in SHELL}
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["model"] == "mine" and report["n"] > 0
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")
    counted = next(out for line, out in said.items() if "count_onnx.py" in line)
    assert re.fullmatch(r"\w[\w ]* \(\w+ \d+%\)\n", counted)


@pytest.mark.slow
@pytest.mark.parametrize("program", PYTHON)
def test_python_runs(folder, program, capsys):
    exec(program, {"__name__": "__main__"})
    assert capsys.readouterr().out.strip(), "the example prints what it found"


def test_each_block_is_run_or_has_a_reason():
    left = [block for block in BLOCKS if block.language not in ("", "python")]
    assert PYTHON and all(why_not(block) for block in left)
    stale = [begin for begin in NOT_RUN if not any(b.text.startswith(begin) for b in BLOCKS)]
    assert not stale, "these are not in the README any more"


@pytest.mark.parametrize("line", [line for b in BLOCKS for line in b.text.splitlines()])
def test_what_is_typed_can_be_read(line):
    """Blocks that are not run, too, name commands, options and files that there are."""
    words = shlex.split(line, comments=True)
    if words[:3] == ["python", "-m", "fingercount"]:
        assert parser().parse_args(words[3:]).command == words[3]
    for before, word in itertools.pairwise(words):
        if before == "-r" or (before == "run" and word.endswith(".py")):
            assert (REPO / word).is_file()


def test_both_ways_to_name_a_turn_server_say_the_same(monkeypatch):
    monkeypatch.syspath_prepend(str(REPO / "dashboard"))
    from components.camera.video import ice_servers

    exported = next(b.text for b in BLOCKS if b.text.startswith("export"))
    (line,) = shlex.split(exported)[1:]
    secrets = next(tomllib.loads(b.text) for b in BLOCKS if b.language == "toml")
    servers = ice_servers(line.partition("=")[2], {})
    assert servers == ice_servers(None, secrets["webrtc"]) and servers[0]["urls"]


@pytest.mark.parametrize(
    "document",
    sorted([*REPO.glob("*.md"), *REPO.glob("*/*.md")]),
    ids=lambda path: path.relative_to(REPO).as_posix(),
)
def test_links_lead_somewhere(document):
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), f"{document.name} leads to {link}"


def test_blocks_are_read_with_their_margin():
    text = "a\n```\nx\n```\n* b\n  ```toml\n  y\n    z\n  ```\n```python\n```\n"
    assert blocks(text) == [("", "x\n"), ("toml", "y\n  z\n"), ("python", "")]
