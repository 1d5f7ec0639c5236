"""The command line: what each command takes. What each does stands in commands.py."""

import argparse
import sys
from dataclasses import fields

from fingercount.cli.arguments import add_command, model_and_data, split_option
from fingercount.cli.live_options import ALL as _LIVE
from fingercount.cli.terminal import speak_utf8
from fingercount.errors import FingercountError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 on success, 2 on bad input with one line of advice."""
    options = parser().parse_args(arguments)
    speak_utf8()
    from fingercount.cli import commands  # PyTorch takes seconds to load, and --help should not

    try:
        commands.run(options)
    except FingercountError as error:
        print(f"fingercount: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fingercount: stopped; nothing was half-written.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(
            f"fingercount: {error}; check that the path exists and may be read and written, "
            "and that the disk is not full.",
            file=sys.stderr,
        )
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog="python -m fingercount", description=_DESCRIPTION)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in _ALL:
        add(commands)
    return top


_DESCRIPTION = "Teach a computer to count fingers from a webcam, and know how far to trust it."


def _import(commands) -> None:
    command = add_command(commands, "import", "bring photos into a data set", "what came in")
    command.add_argument(
        "source",
        metavar="SOURCE",
        help="a folder per label; train/val/test/<label>; a .zip of either, or its URL",
    )
    command.add_argument("--data", required=True, metavar="DIR", help="the data set's folder")
    command.add_argument(
        "--groups", metavar="CSV", help="path, group: who or what belongs together"
    )
    command.add_argument("--map", metavar="CSV", help="from, to: labels to rename, or leave out")


def _train(commands) -> None:
    command = add_command(commands, "train", "train a model on a data set", "the model's card")
    command.add_argument("--data", required=True, metavar="DIR", help="the data set's folder")
    command.add_argument("--name", required=True, help="the model's name in models/")
    command.add_argument(
        "--backbone", default="hands", choices=("hands", "imagenet"), help="what it stands on"
    )
    command.add_argument(
        "--mode",
        default="head",
        choices=("head", "finetune"),
        help="train the last layer only, or the whole network",
    )
    command.add_argument("--replace", action="store_true", help="replace a model of that name")
    suits = "default: what suits the mode"
    number = {"default": argparse.SUPPRESS}
    command.add_argument(
        "--lr", type=float, metavar="F", help=f"peak learning rate ({suits})", **number
    )
    command.add_argument(
        "--epochs", type=int, metavar="N", help=f"passes over the photos ({suits})", **number
    )
    command.add_argument(
        "--batch-size", type=int, metavar="N", help=f"photos per step ({suits})", **number
    )
    command.add_argument(
        "--weight-decay", type=float, default=0.05, metavar="F", help="pull towards the start"
    )
    command.add_argument(
        "--copies", type=int, default=2, metavar="N", help="augmented copies of each photo (head)"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random")
    from fingercount.imaging.augment import Augment

    sliders = command.add_argument_group("transforms of the training photos")
    for slider in fields(Augment):
        sliders.add_argument(
            f"--{slider.name}",
            type=float,
            default=slider.default,
            metavar=slider.metadata["metavar"],
            help=slider.metadata["help"].replace("%", "%%"),
        )


def _evaluate(commands) -> None:
    command = add_command(commands, "evaluate", "measure a model on a data set", "the report")
    model_and_data(command)
    command.add_argument("--csv", metavar="FILE", help="write a row per photo as CSV")
    command.add_argument(
        "--report", metavar="FILE.html", help="write one HTML file with pictures and reasons"
    )


def _diagnose(commands) -> None:
    command = add_command(
        commands, "diagnose", "say why a class fails, and which photos show it", "the reasons"
    )
    model_and_data(command)


def _compare(commands) -> None:
    command = add_command(
        commands, "compare", "two models on the same photos, with a paired test", "the comparison"
    )
    command.add_argument("old", metavar="OLD", help="name in models/, or path")
    command.add_argument("new", metavar="NEW", help="name in models/, or path")
    command.add_argument("--data", required=True, metavar="DIR", help="a folder of label folders")
    split_option(command)


def _predict(commands) -> None:
    command = add_command(commands, "predict", "classify photos", "the answers")
    command.add_argument(
        "--model", required=True, metavar="NAME|DIR", help="name in models/, or path"
    )
    command.add_argument("files", nargs="+", metavar="FILE", help="photos")


def _import_checkpoint(commands) -> None:
    command = add_command(
        commands, "import-checkpoint", "read a bare ResNet-18 state_dict", "the model's card"
    )
    command.add_argument("file", metavar="FILE.pth", help="such as modelParams.pth")
    command.add_argument(
        "--classes", required=True, metavar="A,B,...", help="in the order of its outputs"
    )
    command.add_argument("--name", required=True, help="the model's name in models/")
    command.add_argument(
        "--size", type=int, default=224, metavar="N", help="side of its input in pixels"
    )
    command.add_argument("--replace", action="store_true", help="replace a model of that name")


def _pretrain(commands) -> None:
    from fingercount.pretraining.recipe import Recipe

    command = add_command(
        commands, "pretrain", "make a model like models/hands from photos of hands"
    )
    command.add_argument(
        "--data", required=True, metavar="DIR", help="DIR/<set>/<label>/ or DIR/<label>/"
    )
    command.add_argument(
        "--out", required=True, metavar="DIR", help="the model, checkpoint and log"
    )
    command.add_argument("--groups", metavar="CSV", help="path, group: people or recordings")
    command.add_argument(
        "--landmarks", metavar="NPZ", help="path and xy [N, 21, 2] of hand landmarks"
    )
    command.add_argument(
        "--map",
        metavar="CSV",
        help="from, to: a folder's name and its label; an empty one leaves it out",
    )
    command.add_argument(
        "--begin-with",
        dest="start",  # not --start: torchrun takes that for an option of its own
        metavar="DIR",
        help="a model's folder (with --make-teacher, a checkpoint.pt) to begin with",
    )
    who = command.add_mutually_exclusive_group()
    who.add_argument(
        "--make-teacher",
        action="store_true",
        help="train a network that begins with ImageNet's weights; its checkpoint is a teacher",
    )
    who.add_argument(
        "--teacher",
        metavar="FILE|DIR",
        help="learn from a teacher (its checkpoint.pt) or a model (its folder); another one that "
        "is begun with answers, too",
    )
    command.add_argument(
        "--mean-with",
        metavar="DIR",
        help="a model's folder, of the same line: the mean of its weights and the trained ones is "
        "the result",
    )
    command.add_argument(
        "--hold-out",
        default="",
        metavar="SET,...",
        help="sets to measure on, not train on",
    )
    command.add_argument(
        "--steps", type=int, metavar="N", help="end each epoch early, for trying it out"
    )
    command.add_argument(
        "--precision", default="bf16", choices=("bf16", "float32"), help="of the products"
    )
    command.add_argument(
        "--freeze-batchnorm", action="store_true", help="for comparing 1 and N processes"
    )
    command.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that draw pictures"
    )
    recipe = command.add_argument_group("recipe")
    for number in fields(Recipe):
        recipe.add_argument(
            f"--{number.name.replace('_', '-')}",
            type=type(number.default),
            default=number.default,
            metavar="N" if isinstance(number.default, int) else "F",
            help=number.metadata["help"].replace("%", "%%"),
        )


def _render(commands) -> None:
    command = add_command(commands, "render", "draw hands with exact labels, as many as you like")
    command.add_argument(
        "--out", required=True, metavar="DIR", help="a folder per label goes there"
    )
    command.add_argument("--per-label", type=int, default=20, metavar="N", help="pictures of each")
    command.add_argument("--sessions", type=int, default=5, metavar="N", help="people and rooms")
    command.add_argument("--size", type=int, default=192, metavar="N", help="side in pixels")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="of everything random")


_ALL = (
    _import,
    _train,
    _evaluate,
    _diagnose,
    _compare,
    _predict,
    _import_checkpoint,
    _pretrain,
    _render,
    *_LIVE,
)
