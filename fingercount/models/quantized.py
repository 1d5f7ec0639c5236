"""The backbone's fast backend: the same network in int8, run by OpenVINO on a plain CPU.

    extract_features = load_fast(folder)                   # None if it is not here
    features = extract_features(inputs)                    # float32 [N, 3, size, size] -> [N, 512]

It is made from the PyTorch weights by fingercount/pretraining/quantize.py; a test checks that
they agree. Its own files are read and compiled; `graph` builds them layer by layer, without the
conversion tools of OpenVINO. What it would report to its maker is off: fingercount/telemetry.py.
"""

import hashlib
import threading
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.types import Float32Array
from fingercount.models.registry import bring_back
from fingercount.models.storage import FAST

if TYPE_CHECKING:
    import openvino

    from fingercount.models.storage import Tensors

    Value: TypeAlias = openvino.Node | openvino.Output

GRAPH, WEIGHTS = FAST
MANY = 8  # photos from which on several at a time are worth compiling the network once more
EPSILON = 1e-5  # BatchNorm's, as torchvision builds ResNet-18
_FIRST = threading.Lock()  # two threads that ask at the same time must not make two cores


def core() -> "openvino.Core":
    """Return the one openvino.Core of the process, which lives as long as it does.

    Each Core's CPU plugin gives its thread another stack for signals, and frees it when the last
    network compiled by it goes. With several, freed out of order, the thread is left with a stack
    that is gone, and the next signal (Ctrl-C, the end of a child process) ends the process in a
    segmentation fault.
    """
    import openvino

    with _FIRST:
        return _core(openvino.Core)


@cache
def _core(make: "Callable[[], openvino.Core]") -> "openvino.Core":
    return make()


_options: dict[str, str | int | bool] = {}


def use_one_thread() -> None:
    """Let what is compiled from now on answer in the thread that asks, on any core.

    For one of many processes: OpenVINO would bind the thread of each to the first core.
    """
    _options.update(INFERENCE_NUM_THREADS=1, ENABLE_CPU_PINNING=False)


class Fast:
    """A compiled network: float32 [N, 3, size, size] -> float32 [N, 512]; several threads may ask.

    A single photo, as from the camera, uses all cores and is answered as soon as possible. Of many,
    each uses one core while others use the rest, which takes about half the time; the features are
    the same.

    It is compiled when it is first asked, for either: a training whose features are known never
    asks.

    Args:
        model: an openvino.Model with input [1, 3, size, size] and output [1, 512].
        damaged: the advice where the model cannot be compiled.
        hash: 16 hex digits over its files, so that features are told from those of another form
            of the same weights.
    """

    def __init__(
        self, model: "openvino.Model", damaged: FingercountError | None = None, hash: str = ""
    ):
        self._model, self._damaged, self.hash = model, damaged, hash
        self._once = threading.Lock()
        self._threads = threading.local()

    def compile(self) -> None:
        """Compile it now, so that the first answer does not wait for that.

        Raises:
            FingercountError: where its files are damaged.
        """
        with self._once:
            _ = self._compiled

    @cached_property
    def _compiled(self) -> "openvino.CompiledModel":
        return self._compile_for("LATENCY")

    @cached_property
    def _compiled_for_many(self) -> "openvino.CompiledModel":
        return self._compile_for("THROUGHPUT")

    def _compile_for(self, hint: str) -> "openvino.CompiledModel":
        # float32 around the int8 layers: bfloat16 would give other features on other CPUs.
        options = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": "f32", **_options}
        try:
            return core().compile_model(self._model, "CPU", options)
        except RuntimeError as error:
            if self._damaged is None:
                raise
            raise self._damaged from error

    def __call__(self, inputs: Float32Array) -> Float32Array:
        if len(inputs) >= MANY:
            return self._many(inputs)
        if not hasattr(self._threads, "request"):
            self.compile()
            self._threads.request = self._compiled.create_infer_request()
        request = self._threads.request
        rows = [request.infer([photo[None]])[0].copy() for photo in inputs]
        return np.concatenate(rows) if rows else np.zeros((0, 512), np.float32)

    def _many(self, inputs: Float32Array) -> Float32Array:
        """Return the features of many photos: several requests at a time, in any order."""
        import openvino

        if not hasattr(self._threads, "queue"):
            with self._once:
                compiled = self._compiled_for_many
            self._threads.queue = openvino.AsyncInferQueue(compiled)
        rows = np.zeros((len(inputs), 512), np.float32)

        def keep(request: "openvino.InferRequest", number: int) -> None:
            rows[number] = request.get_output_tensor(0).data[0]

        queue = self._threads.queue
        queue.set_callback(keep)
        for number, photo in enumerate(inputs):
            queue.start_async([photo[None]], number)
        queue.wait_all()
        return rows


def load_fast(folder: Path) -> Fast | None:
    """Return the fast backend beside a model's weights, or None without its file or OpenVINO.

    Raises:
        FingercountError: if the files are damaged.
    """
    if not (folder / GRAPH).is_file():
        return None
    try:
        reader = core()
    except ImportError:  # no wheel for this machine, so PyTorch answers
        return None
    damaged = FingercountError(
        f"{folder / GRAPH} is damaged; delete {GRAPH} and {WEIGHTS} to do without or, where "
        f"it is the model that ships, {bring_back()}."
    )
    try:
        own = hashlib.sha256()
        for file in FAST:
            own.update((folder / file).read_bytes())
        model = reader.read_model(folder / GRAPH, folder / WEIGHTS)
        return Fast(model, damaged, own.hexdigest()[:16])
    except (OSError, RuntimeError) as error:
        raise damaged from error


def graph(weights: "Tensors", size: int) -> "openvino.Model":
    """Return ResNet-18 without its last layer as an openvino.Model, BatchNorm folded in.

    Args:
        weights: torchvision's names -> tensors or arrays.
        size: side of the input in pixels.
    """
    import openvino
    from openvino import opset13 as ops

    state = {name: np.asarray(value, np.float32) for name, value in weights.items()}

    def convolve(x: "Value", conv: str, norm: str, stride: int, pad: int) -> "Value":
        scale = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + EPSILON)
        weight = state[f"{conv}.weight"] * scale[:, None, None, None]
        bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
        pads = [pad, pad]
        x = ops.convolution(x, weight, [stride, stride], pads, pads, [1, 1])
        return ops.add(x, bias[None, :, None, None])

    def block(x: "Value", name: str, stride: int) -> "Value":
        shortcut = x
        if f"{name}.downsample.0.weight" in state:
            shortcut = convolve(x, f"{name}.downsample.0", f"{name}.downsample.1", stride, 0)
        x = ops.relu(convolve(x, f"{name}.conv1", f"{name}.bn1", stride, 1))
        x = convolve(x, f"{name}.conv2", f"{name}.bn2", 1, 1)
        return ops.relu(ops.add(x, shortcut))

    photo = ops.parameter([1, 3, size, size], np.float32, name="photo")
    x = ops.relu(convolve(photo, "conv1", "bn1", 2, 3))
    x = ops.max_pool(x, [2, 2], [1, 1], [1, 1], [1, 1], [3, 3]).output(0)
    for layer in range(1, 5):
        x = block(x, f"layer{layer}.0", 1 if layer == 1 else 2)
        x = block(x, f"layer{layer}.1", 1)
    features = ops.reduce_mean(x, np.array([2, 3]), keep_dims=False)
    return openvino.Model([features], [photo], "resnet18")
