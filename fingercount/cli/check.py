"""The commands that look after what is stored: check, empty-bin."""

from argparse import ArgumentParser, Namespace

from fingercount.cli.progress import stages
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
    show = stages()
    datasets = stored.check_datasets(show) if everything else []
    models = stored.check_models(show) if everything else []
    if options.data is not None:
        datasets = [stored.check_dataset(find_dataset(options.data), show)]
    if options.model is not None:
        models = [stored.check_model(options.model)]
    deleted = stored.check_model_bin() if everything else []
    stale = stored.stale() if everything else []
    checked = (("data set", datasets), ("model", models), ("deleted model", deleted))
    for kind, found in checked:
        for one in found:
            photos = "" if one.n is None else f", {plural(one.n, 'photo')}"
            held = f", {plural(one.bin.n, 'file')} in the bin" if one.bin and one.bin.n else ""
            say(f"{kind} {one.name}{photos}{held}: {'wrong' if one.problems else 'sound'}")
            for problem in one.problems:
                say(f"  {problem}")
    for path in stale:
        say(f"left by a program that was stopped: {path} (the next start of the app removes it)")
    wrong = sum(len(one.problems) for one in [*datasets, *models, *deleted])
    write_result(
        options.json,
        {
            "sound": wrong == 0,
            "datasets": [one.to_json() for one in datasets],
            "models": [one.to_json() for one in models],
            "deleted_models": [one.to_json() for one in deleted],
            "leftovers": [str(path) for path in stale],
        },
    )
    if wrong:
        raise FingercountError(f"{plural(wrong, 'thing')} not as it should be; see above.")


def empty_bin_flags(command: ArgumentParser) -> None:
    whose = command.add_mutually_exclusive_group(required=True)
    whose.add_argument("--data", metavar="NAME|DIR", help="the data set whose bin is emptied")
    whose.add_argument("--models", action="store_true", help="the bin of the models is emptied")


def empty(options: Namespace) -> None:
    from fingercount.data.bin import empty_bin
    from fingercount.data.dataset import find_dataset

    if options.models:
        from fingercount.models.bin import empty_model_bin

        size = empty_model_bin()
    else:
        size = empty_bin(find_dataset(options.data))
    say(f"{plural(size.n, 'file')} ({size.bytes / 1e6:.1f} MB) are gone for good.")
    write_result(options.json, {"n": size.n, "bytes": size.bytes})
