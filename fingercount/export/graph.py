"""Write an ONNX graph node by node, and the preprocessing as such nodes.

    graph = Graph()
    x = preprocess_nodes(graph, "photo", Preprocess())  # uint8 [H, W, 3] -> [1, 3, 128, 128]

onnxruntime's own Resize is not Pillow's: on a long thin photo it is off by up to 28 levels of 255.
So the resize is written as what it is, two products with weights, in Pillow's arithmetic: each pass
rounds to whole levels, and its weights are whole multiples of 2^-22. In float64 both are exact.
"""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from fingercount.imaging.preprocess import Preprocess, inner_side

OPSET = 18
IR_VERSION = 8  # what goes with opset 18; onnxruntime reads it since 1.14
_LEVELS = 2.0**22  # Pillow's fixed point


class Graph:
    """An ONNX graph, built from its inputs to its outputs; values go by their names."""

    def __init__(self):
        self._nodes, self._constants = [], []

    def add(self, kind: str, *inputs, **attributes) -> str:
        """Append a node and return the name of what it computes.

        Args:
            kind: ONNX's name of the operation.
            inputs: names, or arrays, which become constants.
        """
        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        name = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, names, [name], name=name, **attributes))
        return name

    def constant(self, value) -> str:
        """Return the name of a constant."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def model(self, photo: str, outputs: dict[str, tuple[str, int]], metadata: dict[str, str]):
        """Return the whole as a model.

        Args:
            photo: name of the input, uint8 [height, width, 3].
            outputs: name of each output -> (name of its value, its length); float32.
            metadata: what the file says about itself.
        """
        for name, (value, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        info = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            "fingercount",
            [info(photo, TensorProto.UINT8, ["height", "width", 3])],
            [info(name, TensorProto.FLOAT, [length]) for name, (_, length) in outputs.items()],
            self._constants,
        )
        model: ModelProto = helper.make_model(
            graph,
            producer_name="fingercount",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        helper.set_model_props(model, metadata)
        return model


def preprocess_nodes(graph: Graph, photo: str, preprocess: Preprocess) -> str:
    """Append what `Preprocess` does: uint8 [H, W, 3] -> float32 [views, 3, size, size]."""
    add = graph.add
    sides = add("Cast", add("Slice", add("Shape", photo), [0], [2]), to=TensorProto.DOUBLE)
    channels = add("Transpose", photo, perm=[2, 0, 1])
    pixels = add("Cast", channels, to=TensorProto.DOUBLE)
    fitted = _fitted(graph, sides, preprocess.size)
    factor = np.float32(1 / 255) / np.asarray(preprocess.std, np.float32)
    shift = np.asarray(preprocess.mean, np.float32) / np.asarray(preprocess.std, np.float32)
    around = _around(graph, np.full(2, preprocess.size), fitted)
    made: dict[str, str] = {}

    def view(name: str) -> str:
        if name not in made:
            kind = name.removesuffix("mirrored").removesuffix("-") or "plain"
            if kind != name:
                made[name] = add("Slice", view(kind), [-1], [-(2**31)], [2], [-1])
                return made[name]
            if kind == "smaller":
                inner = _fitted(graph, sides, inner_side(preprocess.size))
                small = _resized(graph, pixels, sides, inner)
                small = add("Pad", small, _around(graph, fitted, inner), mode="edge")
            else:
                small = _resized(graph, pixels, sides, fitted)
            x = add("Cast", small, to=TensorProto.FLOAT)
            x = add("Sub", add("Mul", x, factor[:, None, None]), shift[:, None, None])
            made[name] = add("Pad", x, around)
        return made[name]

    views = [add("Unsqueeze", view(name), [0]) for name in preprocess.views]
    return views[0] if len(views) == 1 else add("Concat", *views, axis=0)


def _fitted(graph: Graph, sides: str, side: int) -> str:
    """Append `preprocess.fitted`: float64 [2] -> float64 [2], whole numbers."""
    scale = graph.add("Div", np.float64(side), graph.add("ReduceMax", sides, keepdims=1))
    # ONNX rounds halves to the even number, as Python does.
    return graph.add("Max", graph.add("Round", graph.add("Mul", sides, scale)), np.ones(1))


def _resized(graph: Graph, pixels: str, sides: str, targets: str) -> str:
    """Append Pillow's resize: float64 [3, H, W] -> float64 [3, h, w] of whole levels."""
    height, width = (graph.add("Slice", sides, [i], [i + 1]) for i in (0, 1))
    new_height, new_width = (graph.add("Slice", targets, [i], [i + 1]) for i in (0, 1))
    across = _resize_weights(graph, width, new_width, axis=0)
    pixels = _whole_levels(graph, graph.add("MatMul", pixels, across))
    down = _resize_weights(graph, height, new_height, axis=1)
    return _whole_levels(graph, graph.add("MatMul", down, pixels))


def _around(graph: Graph, outer, inner: str) -> str:
    """Append the pads that put [3, *inner] into the middle of [3, *outer]: int64 [6]."""
    if isinstance(outer, str):
        outer = graph.add("Cast", outer, to=TensorProto.INT64)
    room = graph.add("Sub", outer, graph.add("Cast", inner, to=TensorProto.INT64))
    before = graph.add("Div", room, np.full(2, 2))
    return graph.add("Concat", [0], before, [0], graph.add("Sub", room, before), axis=0)


def _resize_weights(graph: Graph, side: str, new_side: str, axis: int) -> str:
    """Append the weight of each old pixel in each new one: [old, new] for axis 0, else [new, old].

    A triangle around the new pixel's centre, twice as wide as the pixel when the photo shrinks.

    Args:
        side, new_side: names of the lengths, float64 [1] each.
        axis: which of the two the old pixels are. (Not made by transposing the other:
            onnxruntime 1.19 cannot multiply by transposed float64.)
    """
    add = graph.add

    def centres(count: str, along: int) -> str:
        until = add("Squeeze", count, [0])
        middles = add("Add", add("Range", np.float64(0), until, np.float64(1)), np.float64(0.5))
        return add("Unsqueeze", middles, [1 - along])

    scale = add("Div", side, new_side)
    reach = add("Div", np.ones(1), add("Max", scale, np.ones(1)))
    new = add("Mul", centres(new_side, 1 - axis), scale)
    distance = add("Abs", add("Mul", add("Sub", centres(side, axis), new), reach))
    weights = add("Max", add("Sub", np.ones(1), distance), np.zeros(1))
    weights = add("Div", weights, add("ReduceSum", weights, [axis], keepdims=1))
    fixed = add("Floor", add("Add", add("Mul", weights, np.array([_LEVELS])), np.array([0.5])))
    return add("Div", fixed, np.array([_LEVELS]))


def _whole_levels(graph: Graph, pixels: str) -> str:
    """Append the rounding to 0..255 after a pass; a half goes up."""
    rounded = graph.add("Floor", graph.add("Add", pixels, np.array([0.5])))
    return graph.add("Clip", rounded, np.float64(0), np.float64(255))
