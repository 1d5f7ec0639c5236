"""Starting the command line."""

import os
import subprocess
import sys
from pathlib import Path

from fingercount import __main__
from fingercount.cli import main


def test_ctrl_c_is_told_from_the_first_moment_on(monkeypatch, capsys):
    def pressed():
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "main", pressed)
    assert __main__.start() == 130
    assert capsys.readouterr().err == "fingercount: stopped; nothing was half-written.\n"


def test_ctrl_c_while_the_commands_are_still_imported(tmp_path):
    """As in the first tenths of a second: the import itself is interrupted."""
    code = (
        "import sys, builtins\n"
        "from fingercount import __main__\n"
        "real = builtins.__import__\n"
        "def press(name, *rest):\n"
        "    if name == 'fingercount.cli.main': raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = press\n"
        "sys.exit(__main__.start())\n"
    )
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=root
    )
    assert done.returncode == 130 and "Traceback" not in done.stderr
