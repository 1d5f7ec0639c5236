"""The command line: fingercount COMMAND, or python -m fingercount COMMAND."""

import argparse
import sys
from pathlib import Path

from fingercount import __version__
from fingercount.cli import app, check, cluster, data, evaluate, live, train
from fingercount.cli.arguments import Command
from fingercount.cli.progress import clear
from fingercount.cli.terminal import speak_utf8
from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.text import one_line

_DESCRIPTION = "Teach a computer to count fingers from a webcam, and know how far to trust it."
# In the order of the help.
COMMANDS = (
    Command(
        "import",
        "bring photos into a data set",
        data.import_photos,
        data.import_photos_flags,
        "what was imported",
    ),
    Command(
        "train", "train a model on a data set", train.train, train.train_flags, "the model's card"
    ),
    Command(
        "evaluate",
        "measure a model on a data set",
        evaluate.evaluate,
        evaluate.evaluate_flags,
        "the report",
    ),
    Command(
        "diagnose",
        "say why a class fails, and which photos show it",
        evaluate.diagnose,
        evaluate.diagnose_flags,
        "the reasons",
    ),
    Command(
        "compare",
        "compare two models on the same photos, with a paired test",
        evaluate.compare,
        evaluate.compare_flags,
        "the comparison",
    ),
    Command("predict", "classify photos", evaluate.predict, evaluate.predict_flags, "the answers"),
    Command(
        "predict-folder",
        "classify a folder of any size, by many processes or machines; write Parquet",
        cluster.predict_folder,
        cluster.predict_folder_flags,
        "a summary",
    ),
    Command(
        "import-checkpoint",
        "read the weights of a ResNet-18",
        train.import_checkpoint,
        train.import_checkpoint_flags,
        "the model's card",
    ),
    Command(
        "pretrain",
        "make a model like models/hands from photos of hands",
        train.pretrain,
        train.pretrain_flags,
    ),
    Command(
        "render",
        "draw hands with exact labels, as many as you like",
        data.render,
        data.render_flags,
    ),
    Command(
        "export-photos",
        "write a data set as a zip of train/val/test folders for other programs",
        data.export_photos,
        data.export_photos_flags,
        "what was written",
    ),
    Command(
        "watch",
        "print a JSON line on standard output for each count that is held",
        live.watch,
        live.watch_flags,
    ),
    Command(
        "export",
        "write one ONNX file that takes a photo and answers, or a page that counts in a browser",
        live.export,
        live.export_flags,
        "a summary",
    ),
    Command(
        "parity",
        "compare what is evaluated with what runs live and with the export, on the same photos",
        live.parity,
        live.parity_flags,
        "the differences",
    ),
    Command(
        "check",
        "verify data sets and models by their hashes, and say what is wrong",
        check.check,
        check.check_flags,
        "what was found",
    ),
    Command(
        "empty-bin",
        "remove deleted photos of a data set for good, and what was worked out from them; or "
        "deleted models",
        check.empty,
        check.empty_bin_flags,
        "how much was removed",
    ),
    Command(
        "bench",
        "time each way to answer a frame, beside plain PyTorch",
        live.bench,
        live.bench_flags,
        "the figures",
    ),
    Command("app", "start the app in the browser; Ctrl-C ends it", app.app, app.app_flags),
    Command("where", "say where photos and models are kept", app.where, json="the folders"),
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 on success, 2 on bad input with one line of advice."""
    arguments = sys.argv[1:] if arguments is None else arguments
    typed = next((word for word in arguments if not word.startswith("-")), "")
    options = parser(typed).parse_args(arguments)
    speak_utf8()
    try:
        with advised():
            try:
                options.run(options)
            finally:
                clear()  # what follows begins on a line of its own
    except FingercountError as error:
        print(f"fingercount: {one_line(error.in_terminal())}", file=sys.stderr)
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


def parser(typed: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Args:
        typed: the only command that gets its flags; None gives each its own.
    """
    top = argparse.ArgumentParser(prog=_name(), description=_DESCRIPTION)
    top.add_argument("--version", action="version", version=f"fingercount {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands, flags=typed in (None, command.name))
    return top


def _name() -> str:
    """Return what was typed to start it."""
    return "fingercount" if Path(sys.argv[0]).stem == "fingercount" else "python -m fingercount"
