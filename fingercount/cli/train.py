"""The commands that make a model: train, import-checkpoint and pretrain."""

import argparse
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fingercount.cli.arguments import data_option
from fingercount.cli.progress import progress, stages
from fingercount.cli.terminal import say, write_result
from fingercount.extras import need
from fingercount.text import percent


def train_flags(command: ArgumentParser) -> None:
    from dataclasses import fields

    from fingercount.imaging.augment import Augment
    from fingercount.training.settings import Settings

    data_option(command)
    command.add_argument("--name", required=True, help="the model's name in models/")
    command.add_argument(
        "--backbone",
        default="hands",
        metavar="NAME",
        help="the network it is built on: hands, imagenet, or a whole network among your models, "
        "such as one that import-checkpoint brought in (default: hands)",
    )
    command.add_argument(
        "--mode",
        default="head",
        choices=("head", "finetune"),
        help="train the last layer only, or the whole network",
    )
    command.add_argument("--replace", action="store_true", help="replace a model with that name")
    suits = "default: depends on the mode"
    unset = argparse.SUPPRESS
    command.add_argument(
        "--lr", type=float, metavar="F", help=f"peak learning rate ({suits})", default=unset
    )
    command.add_argument(
        "--epochs", type=int, metavar="N", help=f"passes over the photos ({suits})", default=unset
    )
    command.add_argument(
        "--batch-size", type=int, metavar="N", help=f"photos per step ({suits})", default=unset
    )
    command.add_argument(
        "--weight-decay",
        type=float,
        default=Settings.weight_decay,
        metavar="F",
        help="pull of the weights towards where they started",
    )
    command.add_argument(
        "--copies",
        type=int,
        default=Settings.copies,
        metavar="N",
        help="augmented copies of each photo, in mode head",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="for everything random")
    sliders = command.add_argument_group("transforms of the training photos")
    for slider in fields(Augment):
        sliders.add_argument(
            f"--{slider.name}",
            type=float,
            default=slider.default,
            metavar=slider.metadata["metavar"],
            help=slider.metadata["help"].replace("%", "%%"),
        )


def train(options: Namespace) -> None:
    need("train")
    from dataclasses import fields

    from fingercount.data.dataset import find_dataset
    from fingercount.imaging.augment import Augment
    from fingercount.models.registry import new_model_folder
    from fingercount.training import trainer
    from fingercount.training.events import Batch, Epoch, FeatureProgress, Finished
    from fingercount.training.preflight import check_trainable
    from fingercount.training.settings import Settings

    names = ["lr", "epochs", "batch_size", "weight_decay", "copies", "seed"]
    names += [slider.name for slider in fields(Augment)]
    chosen = {name: getattr(options, name, None) for name in names}
    settings = Settings.make(options.backbone, options.mode, **chosen)
    new_model_folder(options.name, options.replace)
    dataset = find_dataset(options.data)
    for warning in check_trainable(dataset):
        say(f"note: {warning}")
    whole = settings.mode == "finetune"  # a pass of a whole network takes minutes
    look = progress("the network looks at photos")
    learn, learned = progress("batches" if whole else "epochs"), 0
    for event in trainer.train(dataset, options.name, settings, replace=options.replace):
        if isinstance(event, FeatureProgress):
            look(event.done, event.total)
            if event.done == event.total and not whole:
                learn(learned, settings.epochs)
        elif isinstance(event, Batch):
            learn(event.done, event.total)
        elif isinstance(event, Epoch):
            say(
                f"epoch {event.epoch}/{event.epochs}: loss {event.train_loss:.3f}, "
                f"train {percent(event.train_accuracy, 1)}, "
                f"validation {percent(event.val_accuracy, 1)}"
            )
            learned = event.epoch
            if not whole:
                learn(learned, event.epochs)
        elif isinstance(event, Finished):
            _say_card(event.card)
            write_result(options.json, event.card)


def _say_card(card: dict[str, Any]) -> None:
    from fingercount.models.storage import cautions, session_count

    say(f"The model {card.get('name', '')} is trained; best epoch {card['best_epoch']}.")
    for side, figures in card["metrics"].items():
        low, high = figures["interval"]
        say(
            f"{side}: {percent(figures['accuracy'], 1)} of "
            f"{session_count(card, side).photos_in_words()} "
            f"(95 % interval {percent(low, 1)} to {percent(high, 1)})"
        )
        for caution in cautions(card, side):
            if caution not in card["data"]["sentence"]:  # which follows
                say(f"note: {caution}")
    say(card["data"]["sentence"])


def import_checkpoint_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "file", metavar="FILE.pth", help="such as modelParams.pth; also .ckpt and .safetensors"
    )
    command.add_argument(
        "--classes",
        default="",
        metavar="A,B,...",
        help="in the order of its outputs (default: those that the file names)",
    )
    command.add_argument("--name", required=True, help="the model's name in models/")
    command.add_argument(
        "--size", type=int, default=224, metavar="N", help="side of its input in pixels"
    )
    command.add_argument("--replace", action="store_true", help="replace a model with that name")


def import_checkpoint(options: Namespace) -> None:
    need("train")
    from fingercount.models import import_checkpoint as checkpoint

    classes = [part for part in options.classes.split(",") if part.strip()] or None
    card = checkpoint.import_checkpoint(
        Path(options.file), classes, options.name, size=options.size, replace=options.replace
    )
    say(f"{options.file} is now the model {options.name} ({', '.join(card['classes'])}).")
    write_result(options.json, card)


def pretrain_flags(command: ArgumentParser) -> None:
    from dataclasses import fields

    from fingercount.pretraining.recipe import Recipe

    command.add_argument(
        "--data", required=True, metavar="DIR", help="DIR/<set>/<label>/ or DIR/<label>/"
    )
    command.add_argument(
        "--out", required=True, metavar="DIR", help="the model, checkpoint and log"
    )
    command.add_argument(
        "--groups", metavar="CSV", help="columns path, group: people or recordings"
    )
    command.add_argument(
        "--landmarks", metavar="NPZ", help="path and xy [N, 21, 2] of hand landmarks"
    )
    command.add_argument(
        "--scenes",
        metavar="DIR",
        help="whole frames with boxes.csv: path, label and the hand's x0, y0, x1, y1 in pixels",
    )
    command.add_argument(
        "--map",
        metavar="CSV",
        help="columns from, to: a folder's name and its label; an empty label leaves it out",
    )
    command.add_argument(
        "--begin-with",
        dest="start",  # not --start: torchrun takes that for an option of its own
        nargs="+",
        metavar="DIR",
        help="a model's folder (with --make-teacher, a checkpoint.pt) to start from; of several "
        "of the same line, their mean",
    )
    who = command.add_mutually_exclusive_group()
    who.add_argument(
        "--make-teacher",
        action="store_true",
        help="train a network that starts from ImageNet's weights; its checkpoint is a teacher",
    )
    who.add_argument(
        "--teacher",
        metavar="FILE|DIR",
        help="learn from a teacher (its checkpoint.pt) or a model (its folder), and from the model "
        "of --begin-with if that is another one",
    )
    command.add_argument(
        "--mean-with",
        metavar="DIR",
        help="a related model's folder; the result is the mean of its weights and the trained ones",
    )
    command.add_argument(
        "--hold-out",
        default="",
        metavar="SET,...",
        help="sets to measure on and not to train on",
    )
    command.add_argument(
        "--steps",
        type=int,
        metavar="N",
        help="end each epoch after so many steps, to try it out: only what they use is prepared",
    )
    command.add_argument(
        "--precision",
        default="bf16",
        choices=("bf16", "float32"),
        help="of the multiplications; on a processor --steps always takes float32",
    )
    command.add_argument(
        "--freeze-batchnorm", action="store_true", help="to compare 1 and N processes"
    )
    command.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that make pictures"
    )
    recipe = command.add_argument_group("recipe")
    for number in fields(Recipe):
        recipe.add_argument(
            f"--{number.name.replace('_', '-')}",
            type=type(number.default),
            default=number.default,
            metavar={int: "N", float: "F", str: "TEXT"}[type(number.default)],
            help=number.metadata["help"].replace("%", "%%"),
        )


def pretrain(options: Namespace) -> None:
    from dataclasses import fields

    from fingercount.pretraining.recipe import Recipe
    from fingercount.pretraining.run import pretrain_command

    recipe = Recipe(**{number.name: getattr(options, number.name) for number in fields(Recipe)})
    pretrain_command(
        Path(options.data),
        Path(options.out),
        recipe,
        groups=options.groups,
        landmarks=options.landmarks,
        scenes=options.scenes,
        label_map=options.map,
        start=options.start,
        teacher=options.teacher,
        make_teacher=options.make_teacher,
        mean_with=options.mean_with,
        hold_out=[name for name in options.hold_out.split(",") if name],
        steps=options.steps,
        precision=options.precision,
        freeze_batchnorm=options.freeze_batchnorm,
        workers=options.workers,
        report=say,
        progress=stages(),
    )
