"""Write an ONNX graph node by node, and the preprocessing as such nodes.

    graph = Graph()
    x = preprocess_nodes(graph, "photo", Preprocess())  # uint8 [H, W, 3] -> [1, 3, 128, 128]

The resize is ONNX's own, on whole levels: with antialias=1 and exclude_outside=1 it is at most one
level of 255 from Pillow's (550 shapes). Without exclude_outside it would be up to 28 off
on a long thin photo. There is no float64 in the file: browsers and phones do not have it.
"""

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from fingercount.imaging.preprocess import Preprocess, inner_side

OPSET = 18
IR_VERSION = 8  # what goes with opset 18; onnxruntime reads it since 1.14


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

    def model(
        self,
        photo: str,
        outputs: dict[str, tuple[str, int]],
        metadata: dict[str, str],
        views: str | None = None,
    ):
        """Return the whole as a model.

        Args:
            photo: name of the input, uint8 [height, width, 3].
            outputs: name of each output -> (name of its value, its length); float32.
            metadata: what the file says about itself.
            views: name of a second input, the views to ask about: int32 [views]; or None. With
                it the file takes several photos of one size, uint8 [photos, height, width, 3],
                and each output has a row for each.
        """
        for name, (value, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        info = helper.make_tensor_value_info
        several = ["photos"] if views else []
        inputs = [info(photo, TensorProto.UINT8, [*several, "height", "width", 3])]
        if views:
            inputs.append(info(views, TensorProto.INT32, ["views"]))
        graph = helper.make_graph(
            self._nodes,
            "fingercount",
            inputs,
            [
                info(name, TensorProto.FLOAT, [*several, length])
                for name, (_, length) in outputs.items()
            ],
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


def preprocess_nodes(
    graph: Graph, photo: str, preprocess: Preprocess, several: bool = False
) -> str:
    """Append what `Preprocess` does: uint8 [H, W, 3] -> float32 [views, 3, size, size].

    With `several` it is uint8 [N, H, W, 3] -> float32 [views, N, 3, size, size].
    """
    add, first = graph.add, int(several)  # first: the axis of the height
    shape = add("Shape", photo)
    sides = add("Slice", shape, [first], [first + 2])
    pixels = add("Transpose", photo, perm=[0, 3, 1, 2] if several else [2, 0, 1])
    planes: list = [add("Slice", shape, [0], [1]), _whole(3)] if several else [_whole(3)]
    fitted = _fitted(graph, sides, preprocess.size)
    factor = np.float32(1 / 255) / np.asarray(preprocess.std, np.float32)
    shift = np.asarray(preprocess.mean, np.float32) / np.asarray(preprocess.std, np.float32)
    around = _around(graph, np.full(2, preprocess.size), fitted, several)
    made: dict[str, str] = {}

    def view(name: str) -> str:
        if name not in made:
            kind = name.removesuffix("mirrored").removesuffix("-") or "plain"
            if kind != name:
                made[name] = add("Slice", view(kind), [-1], [-(2**31)], [first + 2], [-1])
                return made[name]
            if kind == "smaller":
                inner = _fitted(graph, sides, inner_side(preprocess.size))
                small = _resized(graph, pixels, planes, inner)
                small = add("Pad", small, _around(graph, fitted, inner, several), mode="edge")
            else:
                small = _resized(graph, pixels, planes, fitted)
            x = add("Cast", small, to=TensorProto.FLOAT)
            x = add("Sub", add("Mul", x, factor[:, None, None]), shift[:, None, None])
            made[name] = add("Pad", x, around)
        return made[name]

    views = [add("Unsqueeze", view(name), [0]) for name in preprocess.views]
    return views[0] if len(views) == 1 else add("Concat", *views, axis=0)


def _fitted(graph: Graph, sides: str, side: int) -> str:
    """Append `preprocess.fitted`: int64 [2] -> int64 [2]; a half is rounded to the even number."""
    add = graph.add
    longest = add("ReduceMax", sides, keepdims=1)
    twice = add("Mul", longest, _whole(2))
    wanted = add("Add", add("Mul", sides, _whole(2 * side)), longest)  # twice the side, and a half
    rounded = add("Div", wanted, twice)
    is_half = add("Equal", wanted, add("Mul", rounded, twice))
    is_odd = add("Sub", rounded, add("Mul", add("Div", rounded, _whole(2)), _whole(2)))
    down = add("Mul", add("Cast", is_half, to=TensorProto.INT64), is_odd)
    return add("Max", add("Sub", rounded, down), _whole(1))


def _resized(graph: Graph, pixels: str, planes: list, targets: str) -> str:
    """Append Pillow's resize, to one level: uint8 [*planes, H, W] -> uint8 [*planes, h, w]."""
    return graph.add(
        "Resize",
        pixels,
        "",
        "",
        graph.add("Concat", *planes, targets, axis=0),
        mode="linear",
        antialias=1,
        exclude_outside=1,
        coordinate_transformation_mode="half_pixel",
    )


def _around(graph: Graph, outer, inner: str, several: bool) -> str:
    """Append the pads that put [3, *inner] into the middle of [3, *outer]: int64 [6], or [8]."""
    room = graph.add("Sub", outer, inner)
    before = graph.add("Div", room, np.full(2, 2))
    none = [0, 0] if several else [0]
    return graph.add("Concat", none, before, none, graph.add("Sub", room, before), axis=0)


def _whole(number: int) -> np.ndarray:
    return np.array([number], np.int64)
