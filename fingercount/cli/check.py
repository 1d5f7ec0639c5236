"""The commands that look after what is stored: check, empty-bin."""

from argparse import ArgumentParser, Namespace

from fingercount.cli.arguments import data_option
from fingercount.cli.terminal import say, write_result
from fingercount.errors import FingercountError
from fingercount.text import plural


def check_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "--data", metavar="NAME|DIR", help="only this data set (default: all, and all models)"
    )
    command.add_argument("--model", metavar="NAME|DIR", help="only this model")


def check(options: Namespace) -> None:
    from fingercount.checks import stored
    from fingercount.data.dataset import find_dataset

    everything = options.data is None and options.model is None
    datasets = stored.check_datasets() if everything else []
    models = stored.check_models() if everything else []
    if options.data is not None:
        datasets = [stored.check_dataset(find_dataset(options.data))]
    if options.model is not None:
        models = [stored.check_model(options.model)]
    stale = stored.stale() if everything else []
    for kind, found in (("data set", datasets), ("model", models)):
        for one in found:
            photos = "" if one.n is None else f", {plural(one.n, 'photo')}"
            held = f", {plural(one.bin.n, 'file')} in the bin" if one.bin and one.bin.n else ""
            say(f"{kind} {one.name}{photos}{held}: {'wrong' if one.problems else 'sound'}")
            for problem in one.problems:
                say(f"  {problem}")
    for path in stale:
        say(f"left by a program that was stopped: {path} (the next start of the app removes it)")
    wrong = sum(len(one.problems) for one in [*datasets, *models])
    write_result(
        options.json,
        {
            "sound": wrong == 0,
            "datasets": [one.to_json() for one in datasets],
            "models": [one.to_json() for one in models],
            "leftovers": [str(path) for path in stale],
        },
    )
    if wrong:
        raise FingercountError(f"{plural(wrong, 'thing')} not as it should be; see above.")


def empty_bin_flags(command: ArgumentParser) -> None:
    data_option(command)


def empty(options: Namespace) -> None:
    from fingercount.data.bin import empty_bin
    from fingercount.data.dataset import find_dataset

    size = empty_bin(find_dataset(options.data))
    say(f"{plural(size.n, 'file')} ({size.bytes / 1e6:.1f} MB) are gone for good.")
    write_result(options.json, {"n": size.n, "bytes": size.bytes})
