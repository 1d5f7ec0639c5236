"""The command for folders of any size: predict-folder."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fingercount.cli.progress import progress
from fingercount.cli.terminal import say, write_result
from fingercount.extras import need
from fingercount.text import percent, plural


def predict_folder_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "--model", required=True, metavar="NAME|DIR", help="a name in models/, or a path"
    )
    command.add_argument(
        "--data",
        required=True,
        metavar="DIR",
        help="the photos; where its folders are labels, the accuracy is told, too",
    )
    command.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="where the answers go, as Parquet; a run that was stopped goes on there",
    )
    command.add_argument(
        "--workers", type=int, metavar="N", help="processes, a core each (default: all cores)"
    )
    command.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="a Ray cluster; its machines see model, photos and answers under the same paths "
        "(default: this machine alone)",
    )


def predict_folder(options: Namespace) -> None:
    need("cluster")
    from fingercount.cluster.run import predict_folder as ask_about

    summary = ask_about(
        options.model,
        Path(options.data),
        Path(options.out),
        workers=options.workers,
        address=options.address,
        progress=progress("photos"),
    )
    for answer, photos in sorted(summary.answers.items(), key=lambda pair: -pair[1]):
        say(f"{answer}: {plural(photos, 'photo')}")
    if summary.unreadable:
        say(f"{plural(summary.unreadable, 'photo')} could not be read; column error says why.")
    if summary.interval:
        low, high = summary.interval
        say(
            f"{percent(summary.right / summary.labelled, 1)} of "
            f"{plural(summary.labelled, 'photo')} with a label are right (95 % interval "
            f"{percent(low, 1)} to {percent(high, 1)}, as if each were of another session)."
        )
    say(f"The answers are in {summary.out}.")
    write_result(options.json, summary.to_json())
