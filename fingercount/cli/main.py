"""The command line: fingercount COMMAND, or python -m fingercount COMMAND."""

import argparse
import sys
from pathlib import Path

from fingercount import __version__
from fingercount.cli import app, check, data, evaluate, live, train
from fingercount.cli.terminal import speak_utf8
from fingercount.errors import FingercountError
from fingercount.extras import advice_on
from fingercount.text import one_line

_DESCRIPTION = "Teach a computer to count fingers from a webcam, and know how far to trust it."
# In the order of the help. Each adds its flags and says which function runs it.
COMMANDS = (
    data.add_import_photos,
    train.add_train,
    evaluate.add_evaluate,
    evaluate.add_diagnose,
    evaluate.add_compare,
    evaluate.add_predict,
    train.add_import_checkpoint,
    train.add_pretrain,
    data.add_render,
    data.add_export_photos,
    live.add_watch,
    live.add_export,
    live.add_parity,
    check.add_check,
    check.add_empty_bin,
    live.add_bench,
    app.add_app,
    app.add_where,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 on success, 2 on bad input with one line of advice."""
    options = parser().parse_args(arguments)
    speak_utf8()
    try:
        options.run(options)
    except FingercountError as error:
        print(f"fingercount: {one_line(error.in_terminal())}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        advice = advice_on(error)
        if advice is None:
            raise
        print(f"fingercount: {advice}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fingercount: stopped; nothing was half-written.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(
            f"fingercount: {one_line(str(error))}; check that the path exists and may be read and "
            "written, and that the disk is not full.",
            file=sys.stderr,
        )
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog=_name(), description=_DESCRIPTION)
    top.add_argument("--version", action="version", version=f"fingercount {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    return top


def _name() -> str:
    """Return what was typed to start it."""
    return "fingercount" if Path(sys.argv[0]).stem == "fingercount" else "python -m fingercount"
