"""What the commands of the running model do: watch, export, compare the ways it runs, time it."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from fingercount.cli.terminal import progress, say, write_result


def watch(options: Namespace) -> None:
    import json
    import sys

    from fingercount.imaging.roi import Square
    from fingercount.live.recognizer import Steadiness
    from fingercount.live.watch import camera_frames, clip_frames, commits
    from fingercount.models.model import load_model

    square, steadiness = (
        Square.parse(options.roi),
        Steadiness(options.smooth, options.hold, options.threshold),
    )
    model = load_model(options.model)
    if options.video is not None:
        frames = clip_frames(Path(options.video))
    else:
        say("Watching; Ctrl-C stops.")
        frames = camera_frames(options.camera)
    for commit in commits(model, frames, square, steadiness):
        sys.stdout.write(json.dumps(commit.to_json(), ensure_ascii=False) + "\n")
        sys.stdout.flush()  # another program waits for the line


def bench(options: Namespace) -> None:
    from fingercount.checks.speed import FRAMES, bench
    from fingercount.data.dataset import Dataset
    from fingercount.export.to_onnx import answerer, onnx_bytes
    from fingercount.imaging.roi import Square
    from fingercount.models.model import find_model, load_model

    model, photos = load_model(options.model), None
    if options.data:
        dataset = Dataset(Path(options.data))
        chosen = dataset.photos()
        photos = [dataset.image(photo) for photo in chosen[:: max(1, len(chosen) // FRAMES)]]
    export = answerer(onnx_bytes(model, find_model(options.model)), model.classes)
    ways = {"onnxruntime": lambda frame: export(Square().crop(frame))}
    result = bench(model, photos, extra=ways)
    say(f"{'':<12}{'median':>10}{'95 %':>10}{'a second':>10}")
    for row in result["rows"]:
        say(
            f"{row['name']:<12}{row['median_ms']:>7.2f} ms{row['p95_ms']:>7.2f} ms"
            f"{row['per_second']:>10.0f}"
        )
    say(f"The live path answers {result['live_speedup']:.1f} times as fast as the original.")
    write_result(options.json, result)


def export(options: Namespace) -> None:
    from fingercount.export.to_onnx import export_onnx

    exported = export_onnx(options.model, Path(options.onnx))
    say(
        f"{exported.file} holds {exported.model} ({exported.bytes / 1e6:.1f} MB) and was asked "
        f"about {exported.checked} pictures: its probabilities are at most "
        f"{exported.difference:.1%} from the model's."
    )
    write_result(options.json, exported.to_json())


def parity(options: Namespace) -> None:
    from fingercount.checks.parity import parity as check
    from fingercount.data.dataset import Dataset
    from fingercount.models.model import find_model, load_model

    result = check(
        load_model(options.model),
        Dataset(Path(options.data)),
        find_model(options.model),
        options.split,
        onnx=options.onnx and Path(options.onnx),
        limit=options.limit,
        progress=progress("photos"),
    )
    say(f"{'':<10}{'largest':>10}{'mean':>10}{'changed':>9}   differs most")
    for way in result.ways:
        say(
            f"{way.name:<10}{way.max_difference:>10.2g}{way.mean_difference:>10.2g}"
            f"{way.answers_changed:>9}   {way.worst}"
        )
    say(result.sentence)
    if result.warning:
        say(f"WARNING: {result.warning}")
    write_result(options.json, result.to_json())


LIVE_COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "watch": watch,
    "export": export,
    "parity": parity,
    "bench": bench,
}
