"""The commands of the running model: watch, export, parity and bench."""

import contextlib
import math
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fingercount.cli.arguments import data_option, split_option
from fingercount.cli.progress import progress, stages
from fingercount.cli.terminal import say, write_result
from fingercount.errors import FingercountError
from fingercount.extras import need

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from fingercount.imaging.types import RGB, Probabilities
    from fingercount.live.broadcast import Tell

    Frames = Iterator[tuple[float, RGB]]
    Ask = Callable[[RGB], Probabilities]


def _model(command: ArgumentParser) -> None:
    command.add_argument(
        "--model", default="hands", metavar="NAME|DIR", help="a name in models/, or a path"
    )


def watch_flags(command: ArgumentParser) -> None:
    from fingercount.live.smoothing import HOLD, SMOOTH

    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--camera", type=int, metavar="N", help="number of the camera; 0 is the first"
    )
    source.add_argument("--video", metavar="FILE", help="a clip, read frame by frame")
    _model(command)
    command.add_argument(
        "--roi",
        metavar="X,Y,SIZE",
        help="the square: its centre as shares of width and height, its side of the shorter edge "
        "(default: 0.5,0.5,1)",
    )
    command.add_argument(
        "--two-hands",
        action="store_true",
        help="count a hand in each of two squares and add them up; --roi is then the left one, "
        "SIZE a share of the largest that leaves them apart (default: 0.25,0.5,1), and the right "
        "one is its mirror image",
    )
    command.add_argument(
        "--smooth", type=float, default=SMOOTH, metavar="S", help="seconds to average over"
    )
    command.add_argument(
        "--hold", type=float, default=HOLD, metavar="S", help="seconds that an answer must last"
    )
    command.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="least confidence of an answer (default: the model's)",
    )
    command.add_argument(
        "--http",
        type=int,
        metavar="PORT",
        help="also for programs on this machine: http://localhost:PORT/counts sends each as a "
        "server-sent event, /count answers with the last, / shows it",
    )
    command.add_argument(
        "--mqtt", metavar="URL", help="also to a broker: mqtt://[name:password@]host[:port][/topic]"
    )


def watch(options: Namespace) -> None:
    import json
    import sys

    from fingercount.imaging.roi import Square
    from fingercount.imaging.two_squares import TwoSquares
    from fingercount.imaging.video import clip_frames, clip_seconds
    from fingercount.live.camera import camera_frames
    from fingercount.live.recognizer import LiveSettings
    from fingercount.live.watch import commits
    from fingercount.models.loading import load_model

    shape: type[Square | TwoSquares] = TwoSquares if options.two_hands else Square
    square = shape() if options.roi is None else shape.parse(options.roi)
    settings = LiveSettings(options.smooth, options.hold, options.threshold)
    model = load_model(options.model)
    if options.video is not None:
        frames = clip_frames(Path(options.video))
        if not sys.stdout.isatty():  # there the answers themselves show how far it is
            frames = _showing(frames, clip_seconds(Path(options.video)))
    else:
        say("Watching; Ctrl-C stops.")
        frames = camera_frames(options.camera)
    with contextlib.ExitStack() as ending:
        listeners = [ending.enter_context(listener) for listener in _listeners(options)]
        for commit in commits(model, frames, square, settings, _say_second_hand):
            sys.stdout.write(json.dumps(commit.to_json(), ensure_ascii=False) + "\n")
            sys.stdout.flush()  # another program waits for the line
            for tell in listeners:
                tell(commit)


def _say_second_hand() -> None:
    say("Two hands are in the square, and only one is counted: show one, or use --two-hands.")


def _listeners(options: Namespace) -> "Iterator[AbstractContextManager[Tell]]":
    """Yield, for each way by which other programs listen, what begins it."""
    if options.http is None and options.mqtt is None:
        return
    from fingercount.live.broadcast import http_counts
    from fingercount.live.mqtt import mqtt_counts

    if options.http is not None:
        yield http_counts(options.http)
        say(f"Counts at http://localhost:{options.http}/counts")
    if options.mqtt is not None:
        need("mqtt")
        yield mqtt_counts(options.mqtt)


def _showing(frames: "Frames", seconds: float | None) -> "Frames":
    """Pass a clip's frames on, and show how many of its seconds are over."""
    show, total = progress("seconds of the clip"), math.ceil(seconds or 0)
    for now, rgb in frames:
        if now < total:
            show(int(now), total)
        yield now, rgb
    if total:
        show(total, total)


def export_flags(command: ArgumentParser) -> None:
    _model(command)
    form = command.add_mutually_exclusive_group(required=True)
    form.add_argument("--onnx", metavar="FILE", help="where to write one file, such as hands.onnx")
    form.add_argument("--web", metavar="DIR", help="where to write a page that counts in a browser")
    form.add_argument(
        "--repository",
        metavar="DIR",
        help="where to write it as OpenVINO Model Server and Triton read it",
    )
    command.add_argument(
        "--ort",
        metavar="DIR",
        help="with --web: onnxruntime-web as npm unpacked it, to put into the page (default: "
        "npm install in the page does)",
    )


def export(options: Namespace) -> None:
    need("export")
    need("train")
    if options.web is not None:
        _export_web(options)
        return
    if options.ort is not None:
        raise FingercountError("--ort is for a page: say --web DIR, too.")
    from fingercount.export.repository import export_repository
    from fingercount.export.to_onnx import export_onnx

    write = export_onnx if options.repository is None else export_repository
    place = Path(options.onnx if options.repository is None else options.repository)
    exported = write(options.model, place, progress("steps of the export"))
    say(
        f"{exported.file} holds {exported.model} ({exported.bytes / 1e6:.1f} MB). On "
        f"{exported.checked} pictures its probabilities differ from the model's by at most "
        f"{exported.difference:.1%}."
    )
    write_result(options.json, exported.to_json())


def _export_web(options: Namespace) -> None:
    from fingercount.web.page import export_web

    exported = export_web(
        options.model,
        Path(options.web),
        options.ort,
        progress("steps of the export"),
    )
    say(
        f"{exported.folder} is a page that runs {exported.model} in a browser "
        f"({exported.bytes / 1e6:.1f} MB{'' if exported.ort else ' and onnxruntime-web'}). On "
        f"{exported.checked} pictures its probabilities differ from the model's by at most "
        f"{exported.difference:.1%}."
    )
    if exported.ort:
        say("Put it on any web server; cameras open on https and on localhost only.")
    else:
        say(f"Next: cd {exported.folder} && npm install && npm start")
    write_result(options.json, exported.to_json())


def parity_flags(command: ArgumentParser) -> None:
    _model(command)
    data_option(command)
    split_option(command)
    command.add_argument("--onnx", metavar="FILE", help="an export (default: a new one)")
    command.add_argument(
        "--web", metavar="DIR", help="also ask a page that export --web wrote, in Chromium"
    )
    command.add_argument(
        "--webgpu",
        action="store_true",
        help="with --web: also by WebGPU; without a graphics card that takes 10 s or more a photo",
    )
    command.add_argument(
        "--limit", type=int, metavar="N", help="how many photos, spread over all of them"
    )


def parity(options: Namespace) -> None:
    need("export")
    need("train")
    from fingercount.checks.parity import parity as check
    from fingercount.data.dataset import find_dataset
    from fingercount.models.loading import load_model
    from fingercount.models.registry import find_model

    model = load_model(options.model)
    if options.webgpu and options.web is None:
        raise FingercountError("--webgpu is for a page: say --web DIR, too.")
    with _page(options.web, model.classes, options.webgpu) as more:
        result = check(
            model,
            find_dataset(options.data),
            find_model(options.model),
            options.split,
            onnx=options.onnx and Path(options.onnx),
            limit=options.limit,
            more=more,
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


@contextlib.contextmanager
def _page(folder: str | None, classes: list[str], webgpu: bool) -> "Iterator[dict[str, Ask]]":
    """Yield {"web": what asks a page}, "webgpu", too, if wanted, and nothing without a folder."""
    if folder is None:
        yield {}
        return
    need("web")
    from fingercount.web.browser import asked_page

    with asked_page(Path(folder), classes, webgpu) as ways:
        yield ways


def bench_flags(command: ArgumentParser) -> None:
    _model(command)
    command.add_argument(
        "--data", metavar="NAME|DIR", help="photos to time it on (default: rendered hands)"
    )


def bench(options: Namespace) -> None:
    need("export")
    need("train")
    from fingercount.checks.speed import FRAMES, bench
    from fingercount.data.dataset import find_dataset
    from fingercount.export.to_onnx import answerer, onnx_bytes
    from fingercount.imaging.roi import Square
    from fingercount.models.loading import load_model
    from fingercount.models.registry import find_model

    model, photos = load_model(options.model), None
    if options.data:
        dataset = find_dataset(options.data)
        chosen = dataset.photos()
        photos = [dataset.image(photo) for photo in chosen[:: max(1, len(chosen) // FRAMES)]]
    export = answerer(onnx_bytes(model, find_model(options.model)), model.classes)
    ways = {"onnxruntime": lambda frame: export(Square().crop(frame))}
    result = bench(model, photos, extra=ways, progress=stages())
    say(f"{'':<12}{'median':>10}{'95 %':>10}{'a second':>10}")
    for row in result["rows"]:
        say(
            f"{row['name']:<12}{row['median_ms']:>7.2f} ms{row['p95_ms']:>7.2f} ms"
            f"{row['per_second']:>10.0f}"
        )
    say(f"The live path answers {result['live_speedup']:.1f} times as fast as the original.")
    write_result(options.json, result)
