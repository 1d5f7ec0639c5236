"""A command of the command line, and the flags that several share."""

import argparse
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

# What `add_subparsers` returns; argparse has no public name for it.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Help(argparse.ArgumentDefaultsHelpFormatter):
    """Show defaults, but not that an option which was not given is None, False or empty."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default is None or action.default is False or action.default == "":
            return action.help
        return super()._get_help_string(action)


class Command(NamedTuple):
    """A command of the command line.

    Attributes:
        name: what is typed.
        help: its line in the help of all commands.
        run: called with the options.
        flags: adds its flags to its parser; None where it has none. Only called for the command
            that is typed: some need slow imports for their defaults.
        json: what its --json FILE holds; None where it has no such flag.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace], None]
    flags: Callable[[argparse.ArgumentParser], None] | None = None
    json: str | None = None

    def add_to(self, commands: Commands, *, flags: bool) -> None:
        """Add its parser, with or without its flags."""
        parser = commands.add_parser(
            self.name,
            help=self.help,
            description=self.help[0].upper() + self.help[1:] + ".",
            formatter_class=Help,
        )
        parser.set_defaults(run=self.run)
        if not flags:
            return
        if self.json:
            parser.add_argument(
                "--json", metavar="FILE", help=f"write {self.json} as JSON (- for standard output)"
            )
        if self.flags:
            self.flags(parser)


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
