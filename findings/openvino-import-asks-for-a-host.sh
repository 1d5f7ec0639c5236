#!/usr/bin/env bash
# `import openvino` looks up the host of an analytics service, before anything is done with it.
#
# Surprising: OpenVINO documents that its conversion tools send anonymous usage data. A program that
# only reads a finished network and runs it would be guessed to send nothing. But the package imports
# its converter with everything else, and that starts the telemetry: a host name is asked for as soon
# as the module is imported, and a file with an id is kept in ~/intel.
#
# Exits 0 while that holds, 1 once it has changed. Nothing is sent: the look-up is answered with an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "openvino==2026.4.0"
cat > "$folder/look.py" <<'PY'
import importlib.metadata
import socket
import sys
import time
from pathlib import Path

LOG = Path(sys.argv[1])
LOG.touch()


def refuse(host, *rest, **options):
    with LOG.open("a") as log:  # it may ask in a process of its own
        log.write(f"{host}\n")
    raise socket.gaierror(socket.EAI_NONAME, "not asked in this script")


socket.getaddrinfo = refuse
import openvino  # noqa: E402, F401

for _ in range(60):  # it asks beside the program
    if LOG.read_text():
        break
    time.sleep(0.5)
asked = LOG.read_text().split()
kept = sorted(p.name for p in Path.home().rglob("*") if p.is_file())
print(f"openvino {importlib.metadata.version('openvino')}: asked for {sorted(set(asked))}; kept {kept}")
raise SystemExit(0 if asked else 1)
PY
mkdir "$folder/home"
HOME="$folder/home" "$folder/venv/bin/python" "$folder/look.py" "$folder/asked.txt"
