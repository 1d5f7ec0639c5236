"""The commands that ask a model: evaluate, diagnose, compare and predict."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingercount.cli.arguments import data_option, model_and_data, split_option
from fingercount.cli.progress import progress, stages
from fingercount.cli.terminal import say, write_result
from fingercount.errors import FingercountError
from fingercount.extras import need
from fingercount.text import percent, plural

if TYPE_CHECKING:
    from fingercount.diagnosis.case import Case
    from fingercount.evaluation.report import Report
    from fingercount.models.model import Model


def evaluate_flags(command: ArgumentParser) -> None:
    model_and_data(command)
    command.add_argument("--csv", metavar="FILE", help="write a row for each photo as CSV")
    command.add_argument(
        "--report", metavar="FILE.html", help="write one HTML file with pictures and reasons"
    )


def evaluate(options: Namespace) -> None:
    if options.report:
        need("train")  # before the photos are asked about, not after
    from fingercount.data.dataset import find_dataset
    from fingercount.evaluation.evaluator import evaluate as measure
    from fingercount.evaluation.report import to_csv
    from fingercount.models.loading import load_model

    model = load_model(options.model)
    report = measure(model, find_dataset(options.data), options.split, progress=progress("photos"))
    assert report.interval is not None  # a report has photos
    low, high = report.interval
    say(
        f"{report.model} on {report.dataset} ({report.split}): {percent(report.accuracy, 1)} "
        f"of {report.session_count.photos_in_words()} "
        f"(95 % interval {percent(low, 1)} to {percent(high, 1)})"
    )
    for note in report.notes:
        say(f"note: {note}")
    say(_table(report))
    write_result(options.json, report.to_json())
    if options.csv:
        from fingercount.files import write_atomic

        write_atomic(Path(options.csv), to_csv(report, model.classes).encode())
    if options.report:
        _write_report(options, model, report)


def _table(report: "Report") -> str:
    """Return the matrix as text: rows actual, columns predicted, then recall and precision."""
    width = max(9, *(len(label) + 2 for label in report.classes))
    head = "actual \\ predicted"
    rows = [
        head + "".join(f"{label:>{width}}" for label in report.classes) + "   recall  precision"
    ]
    for label, counts in zip(report.classes, report.confusion):
        figures = report.per_class[label]
        cells = "".join(f"{count:>{width}}" for count in counts)
        shares = f"{percent(figures['recall'], 1):>9}{percent(figures['precision'], 1):>11}"
        rows.append(f"{label:<{len(head)}}{cells}{shares}")
    return "\n".join(rows)


def _write_report(options: Namespace, model: "Model", report: "Report") -> None:
    """Write the self-contained HTML report, with the reasons if they can be worked out."""
    from fingercount.data.dataset import find_dataset
    from fingercount.diagnosis import prepare
    from fingercount.diagnosis.html_report import to_html
    from fingercount.files import write_atomic

    dataset = find_dataset(options.data)
    case = prepare(model, dataset, report, progress=stages())
    _precompute(case)
    write_atomic(Path(options.report), to_html(model, dataset, case).encode())
    say(f"The report is in {options.report}.")


def _precompute(case: "Case") -> None:
    show = progress("steps towards the reasons")
    case.precompute(lambda _stage, done, total: show(done, total))


def diagnose_flags(command: ArgumentParser) -> None:
    model_and_data(command)


def diagnose(options: Namespace) -> None:
    need("train")
    from fingercount import diagnosis
    from fingercount.data.dataset import find_dataset
    from fingercount.evaluation.evaluator import evaluate as measure
    from fingercount.models.loading import load_model

    model, dataset = load_model(options.model), find_dataset(options.data)
    report = measure(model, dataset, options.split, progress=progress("photos"))
    case = diagnosis.prepare(model, dataset, report, progress=stages())
    _precompute(case)
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


def compare_flags(command: ArgumentParser) -> None:
    command.add_argument("old", metavar="OLD", help="a name in models/, or a path")
    command.add_argument("new", metavar="NEW", help="a name in models/, or a path")
    data_option(command)
    split_option(command)


def compare(options: Namespace) -> None:
    from fingercount.data.dataset import find_dataset
    from fingercount.evaluation.comparison import compare_models
    from fingercount.models.loading import load_model

    old, new = load_model(options.old), load_model(options.new)
    dataset = find_dataset(options.data)
    comparison = compare_models(
        old, new, dataset, options.split, edits=dataset.edits(), progress=progress("answers")
    )
    say(comparison.sentence)
    for label, change in comparison.per_class.items():
        say(f"  {label}: {change.sentence}")
    for note in comparison.notes:
        say(f"note: {note}")
    write_result(options.json, comparison.to_json())


def predict_flags(command: ArgumentParser) -> None:
    command.add_argument(
        "--model", required=True, metavar="NAME|DIR", help="a name in models/, or a path"
    )
    command.add_argument("files", nargs="+", metavar="FILE", help="photos")


def predict(options: Namespace) -> None:
    from fingercount.imaging.read import read_image
    from fingercount.labels import count_of
    from fingercount.models.decision import given_a_hand
    from fingercount.models.loading import load_model

    model = load_model(options.model)
    results: list[dict[str, Any]] = []
    show = progress("photos")
    for number, path in enumerate(options.files):
        if len(options.files) > 1:
            show(number, len(options.files))
        try:
            rgb = read_image(Path(path))
        except FingercountError as error:  # one bad photo costs one photo
            if len(options.files) > 1:
                say(f"{path}: {error}")
            results.append({"path": path, "error": str(error)})
            continue
        row = model.predict([rgb])[0]
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
    if len(options.files) > 1:
        show(len(options.files), len(options.files))
    write_result(options.json, results)
    if broken := [row for row in results if "error" in row]:
        raise FingercountError(
            broken[0]["error"]
            if len(options.files) == 1
            else f"{plural(len(broken), 'photo')} of {len(options.files)} could not be read; the "
            "others were answered."
        )
