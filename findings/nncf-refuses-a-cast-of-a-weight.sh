#!/usr/bin/env bash
# NNCF cannot quantise an ONNX network whose weights are stored in half precision behind a Cast.
#
# Surprising: storing weights as float16 and casting them to float32 in the graph halves a file, is
# valid ONNX, and runs in onnxruntime. One would guess that nncf.quantize reads it as well, or says
# which node it cannot take. It stops with AttributeError: type, inside the pass that removes casts
# that do nothing, because that pass asks an initializer for the type of a graph input. The same
# network with float32 weights is quantised.
#
# Exits 0 while that holds, 1 once it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "nncf==3.4.0" "onnx==1.19.1" "onnxruntime==1.23.2"
cat > "$folder/look.py" <<'PY'
import logging

import nncf
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

logging.disable(logging.INFO)
PICTURE = {"x": np.linspace(0, 1, 192, dtype=np.float32).reshape(1, 3, 8, 8)}


def network(half):
    kernel = np.full((4, 3, 3, 3), 0.5, np.float16 if half else np.float32)
    stored = numpy_helper.from_array(kernel, "stored" if half else "kernel")
    cast = [helper.make_node("Cast", ["stored"], ["kernel"], to=TensorProto.FLOAT)] if half else []
    graph = helper.make_graph(
        [*cast, helper.make_node("Conv", ["x", "kernel"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4, 6, 6])],
        [stored],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model


print(f"nncf {nncf.__version__}, onnxruntime {onnxruntime.__version__}")
said = {}
for half in (False, True):
    model = network(half)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    print("half" if half else "full", "precision runs:", session.run(None, PICTURE)[0].shape)
    try:
        nncf.quantize(model, nncf.Dataset([PICTURE]))
        said[half] = "quantised"
    except Exception as error:
        said[half] = f"{type(error).__name__}: {error}"
    print("  ", said[half])
# Seen: full precision quantised; half precision AttributeError: type.
raise SystemExit(0 if said[False] == "quantised" and said[True].startswith("AttributeError") else 1)
PY
"$folder/venv/bin/python" "$folder/look.py" 2>/dev/null
