"""What the commands of the running model do: watch, export, compare the ways it runs, time it."""

from argparse import Namespace
from collections.abc import Callable

LIVE_COMMANDS: dict[str, Callable[[Namespace], None]] = {}
