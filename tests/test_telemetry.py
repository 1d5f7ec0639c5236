"""Nothing asks for a host name, and nothing is kept about the person: each library is watched."""

import os
import subprocess
import sys

import pytest

from fingercount.paths import REPO

# Runs in a process of its own: answers no look-up, and writes down what was asked.
WATCHED = """
import socket, sys, time
from pathlib import Path

log = Path(sys.argv[1])

def refuse(host, *rest, **options):
    with log.open("a") as file:
        file.write(f"{host}\\n")
    raise socket.gaierror(socket.EAI_NONAME, "refused by the test")

socket.getaddrinfo = socket.gethostbyname = refuse
import fingercount
exec(sys.argv[2])
time.sleep(float(sys.argv[3]))
"""
# Uses of the same library are in processes of their own, or the first would hide what others do.
USES = {
    "onnxruntime, diagnosis": "import fingercount.export.to_onnx\n"
    "import fingercount.diagnosis, fingercount.diagnosis.gradcam",
    "pages": "import streamlit, streamlit_webrtc, plotly, pandas",
    "openvino, predict": "from fingercount.models.quantized import core; core()\n"
    "from fingercount.cli.main import main\n"
    "main(['predict', '--model', 'models/hands', 'data/sample/two/' + sorted("
    "p.name for p in __import__('pathlib').Path('data/sample/two').iterdir())[0]])",
}


@pytest.mark.parametrize("use", USES)
def test_no_name_is_looked_up_and_nothing_is_kept(tmp_path, use):
    home, log = tmp_path / "home", tmp_path / "asked.txt"
    home.mkdir()
    log.touch()
    places = {"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": home / "cache"}
    subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), USES[use], "1"],
        cwd=REPO,
        env={**os.environ, **{name: str(path) for name, path in places.items()}},
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert log.read_text() == ""
    kept = [p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()]
    assert not kept, "an identifier, most likely"
