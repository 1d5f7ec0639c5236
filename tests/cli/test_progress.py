"""Long work shows itself: a bar with the time left, and only where a person looks at it."""

import io
import json
import os
import subprocess
import sys

import pytest

from fingercount.cli.main import main
from fingercount.cli.progress import OFTEN, Bar, bar_line, clear, clock_time, stages
from fingercount.cli.terminal import say
from tests.imaging.test_video import write_video


class Terminal(io.StringIO):
    def isatty(self):
        return True


def open_terminal(monkeypatch) -> Terminal:
    """Return what is written to standard error from now on, a terminal of 80 characters."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


def seen(text: str) -> list[str]:
    """Return the lines that stay on a terminal."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


@pytest.mark.parametrize(
    "seconds, text", [(0, "0:00"), (9.4, "0:09"), (750, "12:30"), (7200, "2:00:00"), (-1, "0:00")]
)
def test_times_are_read_like_a_clock(seconds, text):
    assert clock_time(seconds) == text


def test_a_bar_says_what_how_much_and_how_long():
    line = bar_line("photos", 30, 120, 90.0)
    assert line == "photos 30/120 [######..................] 1:30 left"
    assert bar_line("photos", 0, 120, None).endswith("[........................]")
    assert bar_line("photos", 120, 120, 0.0) == f"photos 120/120 [{'#' * 24}]"
    assert bar_line("photos", 0, 0, None) == "photos ..."


@pytest.mark.parametrize("width", [10, 20, 40])
def test_a_bar_fits_on_a_line(width):
    assert len(bar_line("photos", 30, 120, 90.0, width)) < width


def test_the_time_left_leaves_out_what_was_done_before_it_began(monkeypatch):
    terminal = open_terminal(monkeypatch)
    now = [0.0]
    bar = Bar("photos", lambda: now[0])
    bar(100, 200)  # kept from last time
    now[0] = 10.0
    bar(120, 200)
    assert seen(terminal.getvalue())[-1].endswith("0:40 left")
    clear()
    assert seen(terminal.getvalue()) == [""]


def test_it_is_drawn_only_now_and_then_and_once_at_the_end(monkeypatch):
    terminal = open_terminal(monkeypatch)
    now = [0.0]
    bar = Bar("photos", lambda: now[0])
    for done in range(1001):
        now[0] += OFTEN / 50
        bar(done, 1000)
    bar(1000, 1000)
    assert terminal.getvalue().count("\r") <= 22
    assert seen(terminal.getvalue()) == [f"photos 1000/1000 [{'#' * 24}]", ""]


def test_words_do_not_run_into_a_bar(monkeypatch):
    terminal = open_terminal(monkeypatch)
    show = stages()
    show("photos", 1, 9)
    say("note: this")
    show("models", 1, 2)
    show("models", 2, 2)
    assert seen(terminal.getvalue()) == ["note: this", f"models 2/2 [{'#' * 24}]", ""]


def test_nothing_is_written_where_nobody_looks(capsys):
    show = stages()
    for done in range(3):
        show("photos", done, 2)
    assert capsys.readouterr() == ("", "")


def commands(dataset, folder):
    """Return {command: what its bar counts}."""
    photos = sorted((dataset / "one").glob("*.jpg"))
    return {
        ("import", dataset, "--data", folder / "new"): "photos",
        ("train", "--data", dataset, "--name", "mine", "--epochs", 2): "epochs",
        ("evaluate", "--model", "mine", "--data", dataset): "photos",
        ("diagnose", "--model", "mine", "--data", dataset): "steps towards the reasons",
        ("compare", "mine", "mine", "--data", dataset): "answers",
        ("predict", "--model", "mine", *photos): "photos",
        ("check", "--data", dataset): "photos of photos",
        ("check",): "models",
        ("render", "--out", folder / "drawn", "--per-label", 1, "--sessions", 1): "pictures",
        ("export-photos", "--data", dataset, "--zip", folder / "a.zip"): "photos",
        ("parity", "--model", "mine", "--data", dataset, "--limit", 2): "photos",
        ("export", "--model", "mine", "--onnx", folder / "a.onnx"): "steps of the export",
        ("watch", "--model", "mine", "--video", folder / "a.mp4"): "seconds of the clip",
    }


def test_each_long_command_has_one(make_photos, tmp_path, hands, monkeypatch, capsys):
    dataset = make_photos(n=3)
    write_video(tmp_path / "a.mp4", [40] * 20)
    for command, what in commands(dataset, tmp_path).items():
        terminal = open_terminal(monkeypatch)
        assert main([str(part) for part in command]) == 0, terminal.getvalue()
        ends = [line for line in seen(terminal.getvalue()) if line.startswith(f"{what} ")]
        assert ends and ends[-1].endswith(f"[{'#' * 24}]"), (command[0], terminal.getvalue())
        assert "\r" not in capsys.readouterr().out


def test_in_a_real_terminal_the_result_stays_clean(make_photos, tmp_path):
    pty = pytest.importorskip("pty", reason="Windows has none")
    files = sorted((make_photos(n=2) / "one").glob("*.jpg"))
    command = [sys.executable, "-m", "fingercount", "check", "--data", str(files[0].parents[1])]
    ours, theirs = pty.openpty()
    done = subprocess.run([*command, "--json", "-"], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0 and json.loads(done.stdout)["sound"]
    assert "photos of photos 6/6 [########################]" in shown
    quiet = subprocess.run(command, capture_output=True, text=True)
    assert quiet.stderr == "data set photos, 6 photos: sound\n"
