#!/usr/bin/env bash
# onnxruntime rounds to eight bits the weights that a model deliberately keeps in float.
#
# Surprising: in an ONNX model with QuantizeLinear and DequantizeLinear around a convolution's input and
# output, and its weights as plain float32, one would guess that onnxruntime computes with these weights:
# the file says in which places there are eight bits, and weights that suffer from them are left out for
# that reason. But already at the level ORT_ENABLE_BASIC, whose changes are described as preserving what
# the graph computes, a step called WeightBiasQuantization makes them int8, with one scale for the whole
# tensor (not one for each filter, as quantisers take). Where one weight is large, the small ones become
# zero. So the same file answers differently by optimisation level, without a word in the log.
# disabled_optimizers=["WeightBiasQuantization"] gives back what the file says.
#
# Exits 0 while that holds, 1 once it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "onnx==1.23.2" "onnxruntime==1.32.0" "numpy==2.3.5"
cat > "$folder/look.py" <<'PY'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Of two input channels the first has a weight of 100 and is 0 here, the second one of 0.125.
weights = np.array([100, 0.125], np.float32).reshape(1, 2, 1, 1)
picture = np.stack([np.zeros((2, 2)), [[8, 16], [24, 32]]])[None].astype(np.float32)
parts = {"w": weights, "fine": np.float32(0.25), "zero": np.uint8(0)}
shapes = {"x": [1, 2, 2, 2], "out": [1, 1, 2, 2]}
values = {
    name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()
}
nodes = [
    ("QuantizeLinear", ["x", "fine", "zero"], "x8"),
    ("DequantizeLinear", ["x8", "fine", "zero"], "xf"),
    ("Conv", ["xf", "w"], "y"),
    ("QuantizeLinear", ["y", "fine", "zero"], "y8"),
    ("DequantizeLinear", ["y8", "fine", "zero"], "out"),
]
graph = helper.make_graph(
    [helper.make_node(kind, ins, [out]) for kind, ins, out in nodes],
    "g",
    [values["x"]],
    [values["out"]],
    [numpy_helper.from_array(np.asarray(part), name) for name, part in parts.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
onnx.checker.check_model(model, full_check=True)


def ask(level, **more):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"], **more
    )
    return session.run(None, {"x": picture})[0].ravel().tolist()


answers = {level: ask(level) for level in ("ORT_DISABLE_ALL", "ORT_ENABLE_BASIC", "ORT_ENABLE_ALL")}
answers["without that step"] = ask("ORT_ENABLE_ALL", disabled_optimizers=["WeightBiasQuantization"])
print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}; by hand: [1, 2, 3, 4]")
for name, answer in answers.items():
    print(f"{name}: {answer}")
# Seen: [1, 2, 3, 4] with ORT_DISABLE_ALL and without that step; [0, 0, 0, 0] with BASIC and ALL.
right, wrong = [1, 2, 3, 4], [0, 0, 0, 0]
seen = list(answers.values())
raise SystemExit(0 if seen == [right, wrong, wrong, right] else 1)
PY
"$folder/venv/bin/python" "$folder/look.py"
