"""Nothing asks for a host name, and nothing is kept about the person: each library is watched."""

import json
import os
import subprocess
import sys

import pytest

from fingercount.cli.main import COMMANDS, parser
from fingercount.paths import REPO
from tests.every_command import MORE
from tests.watching import asked, finished, outside, strace, written

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
time.sleep(1)
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


def stranger(home) -> dict[str, str]:
    """Return the variables of someone whose home is empty, and who switched nothing off."""
    home.mkdir()
    (home.parent / "temp").mkdir()
    places = {"HOME": home, "USERPROFILE": home, "TMPDIR": home.parent / "temp"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    path = os.pathsep.join(filter(None, [str(REPO), os.environ.get("PYTHONPATH")]))
    new = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return {**kept, **{name: str(place) for name, place in places.items()}, **new}


@pytest.mark.parametrize("use", USES)
def test_no_name_is_looked_up_and_nothing_is_kept(tmp_path, use):
    home, log = tmp_path / "home", tmp_path / "asked.txt"
    log.touch()
    subprocess.run(
        [sys.executable, "-c", WATCHED, str(log), USES[use]],
        cwd=REPO,
        env=stranger(home),
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert log.read_text() == ""
    kept = [p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()]
    assert not kept, "an identifier, most likely"


@pytest.mark.slow
def test_no_command_and_no_library_asks_or_keeps_anything(tmp_path):
    watch, log = strace(tmp_path / "calls"), tmp_path / "calls"
    folder = tmp_path / "person"
    folder.mkdir()
    program = REPO / "tests" / "every_command.py"
    done = subprocess.run(
        [*watch, sys.executable, str(program), str(folder)],
        cwd=folder,
        env=stranger(tmp_path / "home"),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    ran = set(json.loads(done.stdout.splitlines()[-1]))
    # The app is watched in tests/e2e/test_nothing_leaves.py, and Ray in tests/cluster/test_ray.py.
    others = {"app", "predict-folder"}
    assert ran == command_names() - others, "a new command: add it to every_command.py"
    calls = finished(log)
    assert asked(calls) == []
    # The fonts of this machine, which captum's drawing lists: fingercount/diagnosis/gradcam.py.
    cache = tmp_path / "home" / ".cache"
    kept = outside(written(calls), folder, tmp_path / "temp", cache / "fingercount")
    assert set(kept) <= {str(cache)}


@pytest.mark.skipif(sys.platform != "linux", reason="strace is a program of Linux")
@pytest.mark.parametrize(
    ("program", "what"),
    [
        ("import socket; socket.getaddrinfo('a-name.invalid', 80)", "name"),
        ("import socket; socket.socket(type=2).connect(('192.0.2.1', 9))", "address"),
        ("import pathlib; pathlib.Path.home().joinpath('id').write_text('7')", "file"),
        ("import os; os.mkdir(os.path.expanduser('~/intel'))", "folder"),
        ("import socket; s = socket.create_server(('127.0.0.1', 0)); "
         "socket.create_connection(s.getsockname())", "nothing"),
    ],
)  # fmt: skip
def test_the_watch_sees(tmp_path, program, what):
    watch = strace(tmp_path / "calls")
    home = stranger(tmp_path / "home")
    subprocess.run(
        [*watch, sys.executable, "-c", program], env=home, check=False, capture_output=True
    )
    calls = finished(tmp_path / "calls")
    assert bool(asked(calls)) == (what in ("name", "address"))
    kept = outside(written(calls), tmp_path / "temp")
    assert kept == ([str(tmp_path / "home" / ("id" if what == "file" else "intel"))]
                    if what in ("file", "folder") else [])  # fmt: skip


def command_names() -> set[str]:
    (action,) = (a for a in parser()._actions if a.dest == "command")
    assert len(action.choices) == len(COMMANDS)
    return set(action.choices)


def test_help_imports_none_of_the_heavy_libraries():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fingercount", "--help"],
        cwd=REPO,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    heavy = {name.partition(".")[0] for name in MORE} | {"onnx", "onnxruntime", "torch", "sklearn"}
    assert {name.partition(".")[0] for name in imported} & heavy == set()
    assert "argparse" in imported
