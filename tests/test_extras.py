"""What is installed only when asked for: the table, and what is said where it is missing."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec

import pytest
from packaging.requirements import Requirement

from fingercount.errors import FingercountError
from fingercount.extras import MODULES, advice_on, need
from fingercount.models.quantized import GRAPH
from fingercount.paths import REPO

SHIPPED = REPO / "models" / "hands"
needs_the_fast_form = pytest.mark.skipif(
    not (SHIPPED / GRAPH).is_file(), reason="the shipped model has no fast form"
)
DECLARED = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
EXTRAS = DECLARED["optional-dependencies"]
MACHINES = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("darwin", "arm64"),
    ("darwin", "x86_64"),
    ("win32", "AMD64"),
]


def names(requirements) -> set[str]:
    """Return what is required, as packages are called: "onnx>=1.17,<2" -> "onnx"."""
    found = {re.match(r"[\w.-]+", text)[0].lower() for text in requirements}
    return found - {DECLARED["name"]}


def wanted_on(extra, machine) -> list[str]:
    """Return the requirements of an extra whose marker, if any, holds on a machine."""
    system, processor = machine
    about = {"sys_platform": system, "platform_machine": processor}
    parsed = [Requirement(text) for text in EXTRAS[extra]]
    return [str(r) for r in parsed if r.marker is None or r.marker.evaluate(about)]


@pytest.mark.parametrize("extra", MODULES)
def test_the_modules_are_those_that_the_extra_brings(extra):
    brought = packages_distributions()
    packages = {brought[module][0].lower() for module in MODULES[extra]}
    # What some machines cannot have (a marker says which) must not be missed there.
    assert packages == set.intersection(*(names(wanted_on(extra, on)) for on in MACHINES))


def test_the_app_brings_all_that_its_pages_do():
    assert "fingercount[live,train,export]" in EXTRAS["app"]


def test_a_missing_module_names_the_extra_that_brings_it(monkeypatch):
    need("train")
    monkeypatch.setitem(sys.modules, "captum", None)
    with pytest.raises(FingercountError, match=r'needs captum.*pip install "fingercount\[train\]"'):
        need("train")


def test_a_module_of_no_extra_is_left_to_python():
    assert advice_on(ModuleNotFoundError("No module named 'numpy'", name="numpy")) is None
    told = advice_on(ModuleNotFoundError("No module named 'onnx.helper'", name="onnx.helper"))
    assert 'pip install "fingercount[export]"' in str(told)


@pytest.mark.parametrize(
    ("command", "module", "extra"),
    [
        (["export", "--onnx", "hands.onnx"], "onnx", "export"),
        (["parity", "--data", "photos"], "onnxruntime", "export"),
        (["bench"], "onnx", "export"),
        (["diagnose", "--model", "hands", "--data", "photos"], "cleanlab", "train"),
        (
            ["evaluate", "--model", "hands", "--data", "photos", "--report", "r.html"],
            "jinja2",
            "train",
        ),
    ],
)
def test_a_command_says_first_of_all_what_it_lacks(run, monkeypatch, command, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert err == (
        f"fingercount: This needs {module}, which is not installed: "
        f'pip install "fingercount[{extra}]"\n'
    )


def pretrain_without(module: str, run, monkeypatch):
    for name in ("run", "train"):  # imported again, as for the first time
        monkeypatch.delitem(sys.modules, f"fingercount.pretraining.{name}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    return run("pretrain", "--data", "photos", "--out", "out")


def test_what_turns_out_to_be_missing_later_is_one_line_too(run, monkeypatch):
    code, _, err = pretrain_without("torch", run, monkeypatch)
    assert code == 2 and err.endswith('pip install "fingercount[train]"\n')


def test_a_mistake_of_ours_is_not_hidden_as_advice(run, monkeypatch):
    with pytest.raises(ModuleNotFoundError):
        pretrain_without("fingercount.pretraining.sampling", run, monkeypatch)


# Runs where some packages are as if they were not installed.
WITHOUT = """
import json, sys
from importlib.machinery import PathFinder

given, left_out = map(json.loads, sys.argv[1:])

class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in left_out else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
"""
COMMANDS = """
from fingercount.cli.main import main
for command in given:
    print("exit", main(command), file=sys.stderr)
"""
PAGES = """
sys.path.insert(0, "dashboard")
import streamlit_webrtc.component
from streamlit.testing.v1 import AppTest
streamlit_webrtc.component.get_this_session_info = lambda: None  # a test has no session
app = AppTest.from_file("dashboard/Home.py", default_timeout=100).run()
for page in given:
    app.switch_page(page).run()
    assert not app.exception, app.exception
    print(json.dumps([error.value for error in app.error]))
"""


def run_without(extras, program: str, given) -> subprocess.CompletedProcess:
    """Run a program in a process without the modules of some extras."""
    left_out = [module for extra in extras for module in MODULES[extra]]
    left_out = [module for module in left_out if module != "jinja2"]  # Streamlit's altair brings it
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + program, json.dumps(given), json.dumps(left_out)],
        cwd=REPO,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done


@needs_the_fast_form
def test_the_core_alone_measures_and_answers_and_says_what_more_takes(make_photos):
    hands, photos = str(SHIPPED), str(make_photos(labels=("one", "two"), n=2))
    photo = photos + "/two/20260101-101010-0003.jpg"
    commands = [
        ["evaluate", "--model", hands, "--data", photos],
        ["compare", hands, hands, "--data", photos],
        ["predict", "--model", hands, photo],
        ["import", photos, "--data", photos + "-2"],
        ["train", "--data", photos, "--name", "mine"],
        ["export", "--model", hands, "--onnx", "hands.onnx"],
        ["app"],
    ]
    said = run_without(MODULES, COMMANDS, commands).stderr
    assert [line[-1] for line in said.splitlines() if line.startswith("exit")] == list("0000222")
    for module, extra in (("torch", "train"), ("onnx", "export"), ("streamlit", "live")):
        advice = f'This needs {module}, which is not installed: pip install "fingercount[{extra}]"'
        assert f"fingercount: {advice}\n" in said


def test_without_pytorch_a_network_that_needs_it_is_advice(hands, make_photos):
    photo = str(next(make_photos(labels=("one", "two"), n=1).glob("*/*.jpg")))
    said = run_without(MODULES, COMMANDS, [["predict", "--model", "hands", photo]]).stderr
    assert said == (
        "fingercount: This needs torch, which is not installed: "
        'pip install "fingercount[train]"\nexit 2\n'
    )


@pytest.mark.skipif(not find_spec("streamlit"), reason="without the pages")
def test_a_page_that_needs_more_than_is_installed_says_what(make_photos):
    pages = ["app_pages/collect.py", "app_pages/train.py", "app_pages/home.py"]
    done = run_without(["app", "train", "export", "pretrain"], PAGES, pages)
    collect, train, home = map(json.loads, done.stdout.splitlines())
    assert collect == home == [] and len(train) == 1
    assert train[0].endswith('pip install "fingercount\\[train\\]"'), train
