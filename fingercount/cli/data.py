"""The commands that make a data set, or write one for others: import, render, export-photos."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fingercount.cli.arguments import data_option
from fingercount.cli.progress import progress
from fingercount.cli.terminal import say, write_result
from fingercount.errors import FingercountError
from fingercount.text import one_line, plural


def import_photos_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "source",
        metavar="SOURCE",
        help="a folder for each label; train/val/test/<label>; a .zip of either, or its URL; more "
        "in docs/importing.md",
    )
    command.add_argument("--data", required=True, metavar="DIR", help="the data set's folder")
    command.add_argument(
        "--groups", metavar="CSV", help="columns path, group: photos of one person or recording"
    )
    command.add_argument(
        "--map", metavar="CSV", help="columns from, to: labels to rename, or to leave out"
    )
    command.add_argument(
        "--label", metavar="NAME", help="what photos show that lie in no folder named for a label"
    )
    command.add_argument(
        "--labels-from",
        metavar="LEVEL|names|table",
        help="where labels stand, if it was read wrongly: the folders of this level (1 is the "
        "outermost, without wrappers and train/val/test), the files' names, or the table beside",
    )
    command.add_argument(
        "--one-session",
        action="store_true",
        help="all photos that do not say otherwise are of one person on one occasion; without it "
        "their sessions are unknown",
    )
    command.add_argument(
        "--keep-location",
        action="store_true",
        help="keep where photos were taken (GPS), which is taken out otherwise",
    )


def import_photos(options: Namespace) -> None:
    from fingercount.data.importing import importer
    from fingercount.data.importing.result import NoLabelError

    try:
        result = importer.import_photos(
            options.source,
            Path(options.data),
            groups=options.groups and Path(options.groups),
            label_map=options.map and Path(options.map),
            label=options.label,
            labels_from=options.labels_from,
            keep_location=options.keep_location,
            one_session=options.one_session,
            progress=progress("photos"),
        )
    except NoLabelError as error:
        raise FingercountError(
            f"{error} For photos of one label: --label NAME; where the files' names say it: "
            "--labels-from names."
        ) from error
    counts = ", ".join(f"{label} {n}" for label, n in result.by_label.items())
    say(
        f"{result.added} photos were imported into {options.data}, "
        f"{result.session_count.words} ({counts})."
    )
    if there := result.duplicates - result.repeated:
        say(f"{there} were there already.")
    if result.repeated:
        say(f"{result.repeated} are in the source twice under one label; they came in once.")
    for line in left_out_lines(result.skipped):
        say(f"left out: {line}")
    if result.guessed:
        read = ", ".join(f"{name} as {label}" for name, label in result.guessed.items())
        say(f"note: read {read}; --map CSV says otherwise.")
    if sum(way.key != "label" for way in result.readings) > 1:
        taken, *others = result.readings
        ways = "; ".join(
            f"--labels-from {way.key} for {way.text}" for way in others if way.key != "label"
        )
        say(f"note: the labels are {taken.text}. Also possible: {ways}.")
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
            **result.session_count.to_json(),
            "skipped": [{"path": path, "reason": reason} for path, reason in result.skipped],
            "warnings": result.warnings,
            "repeated": result.repeated,
            "names": result.guessed,
            "readings": [{"from": way.key, "labels": way.text} for way in result.readings],
        },
    )


def left_out_lines(skipped: list[tuple[str, str]]) -> list[str]:
    """Return a line for each folder and reason: "two/: 3 files, such as a.txt: no photo"."""
    together: dict[tuple[str, str], list[str]] = {}
    for path, reason in skipped:
        folder, _, name = path.rpartition("/")
        together.setdefault((folder, reason), []).append(name)
    lines = []
    for (folder, reason), names in together.items():
        where = f"{folder}/" if folder else ""
        if len(names) == 1:
            lines.append(one_line(f"{where}{names[0]}: {reason}"))
        else:
            where = where or "the source itself"
            lines.append(one_line(f"{where}: {len(names)} files, such as {names[0]}: {reason}"))
    return lines


def render_flags(command: ArgumentParser) -> None:
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


def export_photos_flags(command: ArgumentParser) -> None:
    data_option(command)
    command.add_argument(
        "--zip",
        required=True,
        metavar="FILE",
        help="where to write it, such as hands.zip; photos.csv inside has split and session",
    )


def export_photos(options: Namespace) -> None:
    from fingercount.data.dataset import find_dataset
    from fingercount.data.image_folder import write_image_folder

    dataset, file = find_dataset(options.data), Path(options.zip)
    written = write_image_folder(dataset, file, progress("photos"))
    sides = ", ".join(f"{side} {n}" for side, n in written.by_split.items())
    say(f"{plural(written.n, 'photo')} are in {file} ({sides or 'nothing is held out'}).")
    write_result(
        options.json,
        {
            "zip": str(file),
            "n": written.n,
            "by_label": written.by_label,
            "by_split": written.by_split,
        },
    )
