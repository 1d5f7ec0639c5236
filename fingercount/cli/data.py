"""The commands that make a data set: import and render."""

from argparse import Namespace
from pathlib import Path

from fingercount.cli.arguments import add_command
from fingercount.cli.terminal import progress, say, write_result
from fingercount.text import plural


def add_import_photos(commands) -> None:
    command = add_command(commands, "import", "bring photos into a data set", "what was imported")
    command.set_defaults(run=import_photos)
    command.add_argument(
        "source",
        metavar="SOURCE",
        help="a folder for each label; train/val/test/<label>; a .zip of either, or its URL",
    )
    command.add_argument("--data", required=True, metavar="DIR", help="the data set's folder")
    command.add_argument(
        "--groups", metavar="CSV", help="columns path, group: photos of one person or recording"
    )
    command.add_argument(
        "--map", metavar="CSV", help="columns from, to: labels to rename, or to leave out"
    )


def import_photos(options: Namespace) -> None:
    from fingercount.data.importing import importer

    result = importer.import_photos(
        options.source,
        Path(options.data),
        groups=options.groups and Path(options.groups),
        label_map=options.map and Path(options.map),
        progress=progress("photos"),
    )
    counts = ", ".join(f"{label} {n}" for label, n in result.by_label.items())
    say(
        f"{result.added} photos were imported into {options.data} in "
        f"{plural(result.sessions, 'session')} ({counts})."
    )
    if result.duplicates:
        say(f"{result.duplicates} were there already.")
    for path, reason in result.skipped:
        say(f"left out: {path}: {reason}")
    for warning in result.warnings:
        say(f"note: {warning}")
    write_result(
        options.json,
        {
            "added": result.added,
            "by_label": result.by_label,
            "duplicates": result.duplicates,
            "sessions": result.sessions,
            "people_unknown": result.people_unknown,
            "skipped": [{"path": path, "reason": reason} for path, reason in result.skipped],
            "warnings": result.warnings,
        },
    )


def add_render(commands) -> None:
    command = add_command(commands, "render", "draw hands with exact labels, as many as you like")
    command.set_defaults(run=render)
    command.add_argument(
        "--out", required=True, metavar="DIR", help="where to put a folder for each label"
    )
    command.add_argument(
        "--per-label", type=int, default=20, metavar="N", help="pictures of each label"
    )
    command.add_argument(
        "--sessions", type=int, default=5, metavar="N", help="how many people and rooms"
    )
    command.add_argument(
        "--size", type=int, default=192, metavar="N", help="side of a picture in pixels"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="for everything random")


def render(options: Namespace) -> None:
    from fingercount.errors import FingercountError
    from fingercount.synthetic import write_photos

    least = min(options.per_label, options.sessions)
    if least < 1 or options.seed < 0 or not 32 <= options.size <= 1024:
        raise FingercountError(
            "Nothing was rendered: give at least 1 for --per-label and --sessions, at least 0 for "
            "--seed, and 32 to 1024 for --size."
        )
    written = write_photos(
        Path(options.out),
        options.per_label,
        sessions=options.sessions,
        size=options.size,
        seed=options.seed,
        progress=progress("pictures"),
    )
    say(f"{written} pictures are in {options.out}.")
