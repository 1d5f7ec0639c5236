"""Pieces that the parsers of several commands share."""

import argparse
from typing import TypeAlias

# What `add_subparsers` returns; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Show defaults, but not that an option which was not given is None, False or empty."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default is None or action.default is False or action.default == "":
            return action.help
        return super()._get_help_string(action)


def add_command(
    commands: Commands, name: str, help: str, json: str | None = None
) -> argparse.ArgumentParser:
    """Add a command and return its parser; `json` says what its --json FILE holds."""
    command = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        formatter_class=Help,
    )
    if json:
        command.add_argument(
            "--json", metavar="FILE", help=f"write {json} as JSON (- for standard output)"
        )
    return command


def model_and_data(command: argparse.ArgumentParser) -> None:
    """Let a command take a model, a data set and a side of its split."""
    command.add_argument(
        "--model", required=True, metavar="NAME|DIR", help="a name in models/, or a path"
    )
    data_option(command)
    split_option(command)


def data_option(command: argparse.ArgumentParser) -> None:
    """Let a command take a data set."""
    command.add_argument(
        "--data",
        required=True,
        metavar="NAME|DIR",
        help="a folder of label folders, or a data set's name in data/",
    )


def split_option(command: argparse.ArgumentParser) -> None:
    """Let a command take a side of the data set's split."""
    command.add_argument(
        "--split",
        choices=("test", "val", "train", "all"),
        help="default: the stored test side if there is one, otherwise everything",
    )
