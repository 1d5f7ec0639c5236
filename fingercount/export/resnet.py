"""ResNet-18 as ONNX nodes: from the fast backend's OpenVINO file, or from PyTorch's weights.

Both take float32 [1, 3, size, size] and give features, float32 [1, 512].
"""

import numpy as np
import torch

from fingercount.errors import FingercountError
from fingercount.export.graph import Graph
from fingercount.models.quantized import EPSILON


def fast_nodes(graph: Graph, x: str, network) -> str:
    """Append the fast backend: the exact weights and scales of fast.xml and fast.bin.

    The int8 weights become float when loaded, and values between layers are rounded to the same 256
    steps. So it answers as int8 does on every CPU, even on those without int8 instructions, where
    onnxruntime's own int8 sums can overflow.

    Args:
        x: name of the input.
        network: an openvino.Model as quantize.py writes it.

    Raises:
        FingercountError: if the file holds an operation that is not known here.
    """
    values: dict[str, str] = {}

    def value(node) -> str:
        constant = node.get_type_name() == "Constant"  # written where it is used
        return graph.constant(node.get_data()) if constant else values[node.get_name()]

    for op in network.get_ordered_ops():
        kind, name = op.get_type_name(), op.get_name()
        sources = [op.input_value(i).get_node() for i in range(op.get_input_size())]
        if kind == "Parameter":
            values[name] = x
        elif kind == "Result":
            return value(sources[0])
        elif kind == "FakeQuantize":
            low, high = (float(source.get_data().item()) for source in sources[1:3])
            values[name] = _steps(graph, value(sources[0]), low, high)
        elif kind in _SAME:
            same, attributes = _SAME[kind]
            inputs = [value(source) for source in sources]
            values[name] = graph.add(same, *inputs, **attributes(op.get_attributes()))
        elif kind != "Constant":
            raise FingercountError(
                f"The fast backend holds a layer ({kind}) that the export does not know; "
                "update fingercount, or delete fast.xml to export PyTorch's weights."
            )
    raise FingercountError("The fast backend has no output; restore fast.xml and fast.bin.")


def _window(attributes: dict) -> dict:
    return {
        "strides": attributes["strides"],
        "pads": [*attributes["pads_begin"], *attributes["pads_end"]],
    }


_SAME = {
    "Convert": ("Cast", lambda _: {"to": 1}),  # 1: float32, the only type that occurs
    "Multiply": ("Mul", lambda _: {}),
    "Subtract": ("Sub", lambda _: {}),
    "Add": ("Add", lambda _: {}),
    "Relu": ("Relu", lambda _: {}),
    "Convolution": ("Conv", _window),
    "MaxPool": ("MaxPool", lambda a: {"kernel_shape": a["kernel"], **_window(a)}),
    "ReduceMean": ("ReduceMean", lambda a: {"keepdims": int(a["keep_dims"])}),
}


def _steps(graph: Graph, x: str, low: float, high: float) -> str:
    """Append the rounding to 256 steps from low to high, one of which is 0."""
    scale = np.float32((high - low) / 255)
    zero = np.uint8(round(-low / scale))
    whole = graph.add("QuantizeLinear", x, scale, zero)
    return graph.add("DequantizeLinear", whole, scale, zero)


def reference_nodes(graph: Graph, x: str, state: dict[str, torch.Tensor]) -> str:
    """Append the network with PyTorch's weights.

    Args:
        x: name of the input.
        state: torchvision's names -> tensors.
    """

    def convolve(x: str, conv: str, norm: str, stride: int, pad: int) -> str:
        weight = _stored(graph, state[f"{conv}.weight"])
        x = graph.add("Conv", x, weight, strides=[stride] * 2, pads=[pad] * 4)
        names = ("weight", "bias", "running_mean", "running_var")
        statistics = [state[f"{norm}.{name}"].float().numpy() for name in names]
        return graph.add("BatchNormalization", x, *statistics, epsilon=EPSILON)

    def block(x: str, name: str, stride: int) -> str:
        shortcut = x
        if f"{name}.downsample.0.weight" in state:
            shortcut = convolve(x, f"{name}.downsample.0", f"{name}.downsample.1", stride, 0)
        x = graph.add("Relu", convolve(x, f"{name}.conv1", f"{name}.bn1", stride, 1))
        x = convolve(x, f"{name}.conv2", f"{name}.bn2", 1, 1)
        return graph.add("Relu", graph.add("Add", x, shortcut))

    x = graph.add("Relu", convolve(x, "conv1", "bn1", 2, 3))
    x = graph.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for layer in range(1, 5):
        x = block(x, f"layer{layer}.0", 1 if layer == 1 else 2)
        x = block(x, f"layer{layer}.1", 1)
    return graph.add("ReduceMean", x, [2, 3], keepdims=0)


def _stored(graph: Graph, weight: torch.Tensor) -> str:
    """Return the weights' name; half as large in the file where float16 holds them exactly."""
    full, half = weight.float().numpy(), weight.half().numpy()
    if (half.astype(np.float32) == full).all():
        return graph.add("Cast", half, to=1)
    return graph.constant(full)
