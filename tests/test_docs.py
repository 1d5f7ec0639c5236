"""The documents say what the program says."""

import argparse
import re
from pathlib import Path

import pytest
from cogapp import Cog

from docs.make_commands import commands_markdown
from fingercount.cli.main import parser

COMMANDS = Path(__file__).parents[1] / "docs" / "commands.md"


@pytest.mark.parametrize("columns", ["40", "100"])
def test_the_commands_are_those_of_the_program(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)  # the width of a terminal changes nothing
    written = COMMANDS.read_text(encoding="utf-8")
    again = Cog().process_string(written, str(COMMANDS))
    assert written == again, "Run `python -m cogapp -r docs/commands.md` and commit the result."


def test_commands_come_in_the_order_of_the_help():
    help, document = parser().format_help(), commands_markdown(parser())
    named = [line[3:] for line in document.splitlines() if line.startswith("## ")]
    assert len(named) > 10
    places = [re.search(rf"\n    {name}\s", help).start() for name in named]
    assert places == sorted(places)


@pytest.fixture
def small():
    """A parser with one of each: a choice, a switch, a group, a default of 0, one or the other."""
    top = argparse.ArgumentParser(prog="count")
    commands = top.add_subparsers()
    walk = commands.add_parser("walk", help="go", description="Go on foot.")
    walk.add_argument("to", nargs="+", metavar="PLACE", help="DIR/<place>")
    walk.add_argument(
        "--pace", choices=("slow", "fast"), default="slow", help="%(default)s is 5 %%"
    )
    walk.add_argument("rest", nargs="*", metavar="-- MORE", help="passed on")
    walk.add_argument("--again", action="store_true", help="twice")
    walk.add_argument("--seed", type=int, default=0, metavar="N", help="of chance")
    walk.add_argument("--from", metavar="A|B", required=True, help="start")
    way = walk.add_mutually_exclusive_group(required=True)
    way.add_argument("--left", action="store_true")
    way.add_argument("--right", metavar="DEG")
    walk.add_argument_group("shoes").add_argument("--size", type=float)
    return top


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("| [walk](#walk) | go |", id="overview"),
        pytest.param(
            "count walk PLACE ... --from A|B (--left | --right DEG) [options] [-- MORE ...]",
            id="usage",
        ),
        pytest.param("| `PLACE ...` | DIR/\\<place> |  |", id="no-html"),
        pytest.param("| `--pace {slow,fast}` | slow is 5 % | `slow` |", id="choices"),
        pytest.param("| `--again` | twice |  |", id="switch"),
        pytest.param("| `--seed N` | of chance | `0` |", id="default-0"),
        pytest.param("| `--from A\\|B` | start |  |", id="bar-in-a-cell"),
        pytest.param("Shoes:", id="group"),
        pytest.param("| `--size SIZE` |  |", id="no-help"),
    ],
)
def test_what_a_parser_holds_is_written(small, line):
    assert line in commands_markdown(small).splitlines()
