"""The command line of the running model: what watch, export, parity and bench take."""

from fingercount.cli.arguments import add_command, split_option
from fingercount.live.smoothing import HOLD, SMOOTH


def _model(command) -> None:
    command.add_argument(
        "--model", default="hands", metavar="NAME|DIR", help="name in models/, or path"
    )


def _watch(commands) -> None:
    command = add_command(
        commands, "watch", "print a JSON line on standard output for each count that is held"
    )
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument("--camera", type=int, metavar="N", help="0 is the first camera")
    source.add_argument("--video", metavar="FILE", help="a clip; every frame of it is read")
    _model(command)
    command.add_argument(
        "--roi",
        default="0.5,0.5,1",
        metavar="X,Y,SIZE",
        help="the square: its middle in shares of width and height, its side of the shorter edge",
    )
    command.add_argument(
        "--smooth", type=float, default=SMOOTH, metavar="S", help="seconds that are averaged"
    )
    command.add_argument(
        "--hold", type=float, default=HOLD, metavar="S", help="seconds that an answer must stay"
    )
    command.add_argument(
        "--threshold", type=float, metavar="P", help="confidence it takes (default: the model's)"
    )


def _bench(commands) -> None:
    command = add_command(
        commands, "bench", "time each way to answer, beside plain PyTorch", "the figures"
    )
    _model(command)
    command.add_argument(
        "--data", metavar="DIR", help="photos to time it on (default: rendered hands)"
    )


def _export(commands) -> None:
    command = add_command(
        commands, "export", "write one file that takes a photo and answers", "what was written"
    )
    _model(command)
    command.add_argument(
        "--onnx", required=True, metavar="FILE", help="where to write it, such as hands.onnx"
    )


def _parity(commands) -> None:
    command = add_command(
        commands,
        "parity",
        "compare what is evaluated with what runs live and with the export, on the same photos",
        "the differences",
    )
    _model(command)
    command.add_argument("--data", required=True, metavar="DIR", help="a folder of label folders")
    split_option(command)
    command.add_argument("--onnx", metavar="FILE", help="an export (default: one made anew)")
    command.add_argument("--limit", type=int, metavar="N", help="photos, spread over all")


ALL = (_watch, _export, _parity, _bench)
