"""What the commands do: call the package, write JSON where it was asked for, talk to stderr."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from fingercount.cli.live_commands import LIVE_COMMANDS
from fingercount.cli.terminal import percent, progress, say, stages, write_result
from fingercount.imaging.augment import Augment
from fingercount.paths import write_atomic
from fingercount.text import cautions, several


def run(options: Namespace) -> None:
    """Run the command that `cli.parser` read."""
    COMMANDS[options.command](options)


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
        f"{result.added} photos came into {options.data} in "
        f"{several(result.sessions, 'session')} ({counts})."
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


def train(options: Namespace) -> None:
    from fingercount.data.dataset import Dataset
    from fingercount.models.model import new_model_folder
    from fingercount.training import trainer
    from fingercount.training.events import Epoch, Finished, Looking
    from fingercount.training.settings import Settings

    names = ["lr", "epochs", "batch_size", "weight_decay", "copies", "seed"]
    names += [slider.name for slider in fields(Augment)]
    chosen = {name: getattr(options, name, None) for name in names}
    settings = Settings.make(options.backbone, options.mode, **chosen)
    new_model_folder(options.name, options.replace)
    dataset = Dataset(Path(options.data))
    for warning in trainer.check_trainable(dataset):
        say(f"note: {warning}")
    look = progress("the network looks at photos")
    for event in trainer.train(dataset, options.name, settings, replace=options.replace):
        if isinstance(event, Looking):
            look(event.done, event.total)
        elif isinstance(event, Epoch):
            say(
                f"epoch {event.epoch}/{event.epochs}: loss {event.train_loss:.3f}, "
                f"train {percent(event.train_accuracy)}, validation {percent(event.val_accuracy)}"
            )
        elif isinstance(event, Finished):
            _say_card(event.card)
            write_result(options.json, event.card)


def _say_card(card: dict) -> None:
    say(f"The model {card.get('name', '')} is trained; best epoch {card['best_epoch']}.")
    for side, figures in card["metrics"].items():
        low, high = figures["interval"]
        say(
            f"{side}: {percent(figures['accuracy'])} of {figures['n']} photos from "
            f"{several(figures['sessions'], 'session')} "
            f"(95 % interval {percent(low)} to {percent(high)})"
        )
        for caution in cautions(card, side):
            if caution not in card["data"]["sentence"]:  # which follows
                say(f"note: {caution}")
    say(card["data"]["sentence"])


def evaluate(options: Namespace) -> None:
    from fingercount.data.dataset import Dataset
    from fingercount.evaluation import evaluator
    from fingercount.models.model import load_model

    model = load_model(options.model)
    report = evaluator.evaluate(
        model, Dataset(Path(options.data)), options.split, progress=progress("photos")
    )
    low, high = report.interval
    say(
        f"{report.model} on {report.dataset} ({report.split}): {percent(report.accuracy)} "
        f"of {report.n} photos from {several(report.sessions, 'session')} "
        f"(95 % interval {percent(low)} to {percent(high)})"
    )
    for note in report.notes:
        say(f"note: {note}")
    say(_table(report))
    write_result(options.json, report.to_json())
    if options.csv:
        write_atomic(Path(options.csv), evaluator.to_csv(report, model.classes).encode())
    if options.report:
        _write_report(options, model, report)


def _write_report(options: Namespace, model, report) -> None:
    """Write the self-contained HTML report, with the reasons where they can be worked out."""
    from fingercount.data.dataset import Dataset
    from fingercount.diagnosis import prepare
    from fingercount.diagnosis.html_report import to_html

    dataset = Dataset(Path(options.data))
    case = prepare(model, dataset, report, progress=stages()).settle()
    write_atomic(Path(options.report), to_html(model, dataset, case).encode())
    say(f"The report is in {options.report}.")


def diagnose(options: Namespace) -> None:
    from fingercount import diagnosis
    from fingercount.data.dataset import Dataset
    from fingercount.evaluation.evaluator import evaluate as measure
    from fingercount.models.model import load_model

    model, dataset = load_model(options.model), Dataset(Path(options.data))
    report = measure(model, dataset, options.split, progress=progress("photos"))
    case = diagnosis.prepare(model, dataset, report, progress=stages()).settle()
    result = diagnosis.diagnose(case)
    for label, row in result["classes"].items():
        say(f"{label}: {row['sentence']}")
        for reason in row["reasons"]:
            mark = f"{reason['name']} ({reason['weight']})"
            if reason["found"]:
                say(f"  {mark}: {reason['sentence']} {reason['advice']}")
        absent = [reason["name"] for reason in row["reasons"] if not reason["found"]]
        if absent:
            say(f"  looked for and not found: {', '.join(absent)}")
    write_result(options.json, result)


def compare(options: Namespace) -> None:
    from fingercount.data.dataset import Dataset
    from fingercount.evaluation.comparison import compare_models
    from fingercount.models.model import load_model

    old, new = load_model(options.old), load_model(options.new)
    comparison = compare_models(old, new, Dataset(Path(options.data)), options.split)
    say(comparison.sentence)
    for label, change in comparison.per_class.items():
        say(f"  {label}: {change.sentence}")
    for note in comparison.notes:
        say(f"note: {note}")
    write_result(options.json, comparison.to_json())


def _table(report) -> str:
    """Return the matrix as text: rows actual, columns predicted, then recall and precision."""
    width = max(9, *(len(label) + 2 for label in report.classes))
    head = "actual \\ predicted"
    rows = [
        head + "".join(f"{label:>{width}}" for label in report.classes) + "   recall  precision"
    ]
    for label, counts in zip(report.classes, report.confusion):
        figures = report.per_class[label]
        cells = "".join(f"{count:>{width}}" for count in counts)
        shares = f"{percent(figures['recall']):>9}{percent(figures['precision']):>11}"
        rows.append(f"{label:<{len(head)}}{cells}{shares}")
    return "\n".join(rows)


def predict(options: Namespace) -> None:
    from fingercount.imaging.read import read_image
    from fingercount.labels import count_of
    from fingercount.models.decision import given_a_hand
    from fingercount.models.model import load_model

    model = load_model(options.model)
    results = []
    for path in options.files:
        row = model.predict([read_image(Path(path))])[0]
        predicted, answer = model.classes[int(row.argmax())], model.answer(row)
        row = given_a_hand(row)
        results.append(
            {
                "path": path,
                "predicted": predicted,
                "answer": answer,
                "count": count_of(answer),
                "confidence": float(row.max()),
                "probabilities": {c: float(p) for c, p in zip(model.classes, row)},
            }
        )
        say(f"{path}: {answer} ({predicted} {percent(float(row.max()))})")
    write_result(options.json, results)


def import_checkpoint(options: Namespace) -> None:
    from fingercount.models import import_checkpoint as checkpoint

    classes = [part for part in options.classes.split(",") if part.strip()]
    card = checkpoint.import_checkpoint(
        Path(options.file), classes, options.name, size=options.size, replace=options.replace
    )
    say(f"{options.file} is now the model {options.name} ({', '.join(card['classes'])}).")
    write_result(options.json, card)


def pretrain(options: Namespace) -> None:
    from fingercount.pretraining.recipe import Recipe
    from fingercount.pretraining.run import pretrain_command

    recipe = Recipe(**{number.name: getattr(options, number.name) for number in fields(Recipe)})
    pretrain_command(
        Path(options.data),
        Path(options.out),
        recipe,
        groups=options.groups,
        landmarks=options.landmarks,
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
    )


def render(options: Namespace) -> None:
    from fingercount.errors import FingercountError
    from fingercount.synthetic import write_photos

    least = min(options.per_label, options.sessions)
    if least < 1 or options.seed < 0 or not 32 <= options.size <= 1024:
        raise FingercountError(
            "Nothing to render: --per-label and --sessions are at least 1, --seed 0, and --size 32 "
            "to 1024."
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


COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "import": import_photos,
    "train": train,
    "evaluate": evaluate,
    "diagnose": diagnose,
    "compare": compare,
    "predict": predict,
    "import-checkpoint": import_checkpoint,
    "pretrain": pretrain,
    "render": render,
    **LIVE_COMMANDS,
}
