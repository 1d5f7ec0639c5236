"""What is installed only when asked for: the table, and what is said where it is missing."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from fingercount.errors import FingercountError
from fingercount.extras import MODULES, advice_on, need
from fingercount.paths import REPO
from tests.conftest import SESSIONS

DECLARED = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
EXTRAS = DECLARED["optional-dependencies"]


def names(requirements) -> set[str]:
    """Return what is required, as packages are called: "onnx>=1.17,<2" -> "onnx"."""
    found = {re.match(r"[\w.-]+", text)[0].lower() for text in requirements}
    return found - {DECLARED["name"]}


@pytest.mark.parametrize("extra", MODULES)
def test_the_modules_are_those_that_the_extra_brings(extra):
    brought = packages_distributions()
    packages = {brought[module][0].lower() for module in MODULES[extra]}
    # What some machines cannot have (a marker says which) must not be missed there.
    everywhere = [text for text in EXTRAS[extra] if ";" not in text]
    assert packages == names(everywhere)


def test_the_app_brings_all_that_its_pages_do():
    assert "fingercount[train,export]" in EXTRAS["app"]


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
    code, _, err = pretrain_without("tqdm", run, monkeypatch)
    assert code == 2 and err.endswith('pip install "fingercount[pretrain]"\n')


def test_a_mistake_of_ours_is_not_hidden_as_advice(run, monkeypatch):
    with pytest.raises(ModuleNotFoundError):
        pretrain_without("fingercount.pretraining.sampling", run, monkeypatch)


# Runs commands where some packages are as if they were not installed.
CORE_ONLY = """
import json, sys
from importlib.machinery import PathFinder

commands, left_out = map(json.loads, sys.argv[1:])

class Installed(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in left_out else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
from fingercount.cli.main import main
sys.exit(sum(map(main, commands)))
"""


def test_the_core_alone_trains_measures_and_answers(hands, make_photos):
    photos = make_photos(labels=("one", "two"), n=8, sessions=SESSIONS)
    commands = [
        ["train", "--data", str(photos), "--name", "mine", "--epochs", "2", "--copies", "0"],
        ["evaluate", "--model", "mine", "--data", str(photos)],
        ["predict", "--model", "mine", str(next(photos.glob("two/*.jpg")))],
    ]
    left_out = [module for modules in MODULES.values() for module in modules]
    left_out.remove("threadpoolctl")  # scikit-learn brings it
    given = [json.dumps(commands), json.dumps(left_out)]
    done = subprocess.run(
        [sys.executable, "-c", CORE_ONLY, *given],
        cwd=REPO,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
