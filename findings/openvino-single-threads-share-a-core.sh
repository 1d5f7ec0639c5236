#!/usr/bin/env bash
# Programs that give OpenVINO one thread each all run on the first core, while other cores are idle.
#
# Surprising: to run several networks side by side, one gives each program one thread
# (INFERENCE_NUM_THREADS=1) and would guess that the operating system spreads them over the cores.
# But OpenVINO binds the thread that asks to a core, for as long as it answers, and begins with the
# first core in every program. So two such programs get half a core each on a machine with two. The
# thread may look unbound in between, and binding it to another core by `taskset` lasts until it asks
# again. With ENABLE_CPU_PINNING off each has a core.
#
# Exits 0 while that holds, 1 once it has changed, 77 where there is one core or no Linux.
set -euo pipefail
if [ "$(uname)" != Linux ] || [ "$(nproc)" -lt 2 ]; then echo "needs Linux and two cores"; exit 77; fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "openvino==2026.4.0"
cat > "$folder/ask.py" <<'PY'
import os
import sys
import time
from collections import Counter

import numpy as np
import openvino
from openvino import opset13 as ops

x = ops.parameter([1, 64, 64, 64], np.float32)
y = x
for seed in range(6):
    weight = np.random.default_rng(seed).normal(0, 0.05, (64, 64, 3, 3)).astype(np.float32)
    y = ops.relu(ops.convolution(y, weight, [1, 1], [1, 1], [1, 1], [1, 1]))
options = {"INFERENCE_NUM_THREADS": 1} | ({"ENABLE_CPU_PINNING": False} if "free" in sys.argv else {})
compiled = openvino.Core().compile_model(openvino.Model([y], [x], "six"), "CPU", options)
request, photo = compiled.create_infer_request(), np.zeros((1, 64, 64, 64), np.float32)
end, asked, cores = time.monotonic() + 8, 0, Counter()
while time.monotonic() < end:
    request.infer([photo])
    asked += 1
    with open("/proc/self/stat") as stat:  # the core on which this thread last ran
        cores[int(stat.read().rsplit(")", 1)[1].split()[36])] += 1
print(f"{os.getpid()} {asked} {cores.most_common(1)[0][0]}")
PY
run() {  # how many answers two programs gave together, and on which cores
    "$folder/venv/bin/python" "$folder/ask.py" "$1" > "$folder/one" &
    "$folder/venv/bin/python" "$folder/ask.py" "$1" > "$folder/two"
    wait
    cat "$folder/one" "$folder/two" | awk '{sum += $2; cores = cores " " $3} END {print sum "; mostly on cores" cores}'
}
echo "openvino 2026.4.0, $(nproc) cores; answers of two programs with a thread each, in 8 s:"
bound=$(run bound)
free=$(run free)
echo "as it is: $bound"
echo "without pinning: $free"
[ "${bound##*cores }" = "0 0" ]
