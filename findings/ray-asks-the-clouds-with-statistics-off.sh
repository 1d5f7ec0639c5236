#!/usr/bin/env bash
# Ray asks three clouds where it runs, also with its usage statistics switched off.
#
# Surprising: Ray documents that RAY_USAGE_STATS_ENABLED=0 switches its usage statistics off, and
# `include_dashboard=False` its dashboard. One would guess that a cluster on one machine then speaks
# to itself alone. But the process that would send the statistics is started all the same and first
# finds out what it would have to report: it turns to the addresses at which Azure, Google Cloud and
# AWS tell a machine about itself. For that a host name is looked up, too. Only then it sees that
# reporting is off.
#
# Exits 0 while that holds, 1 once it has changed. Nothing is sent: each look-up is answered with an error.
set -euo pipefail
folder=$(mktemp -d /tmp/ray-XXXXXX) # short: its sockets lie in it
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "ray==2.60.0"
mkdir "$folder/watch"
cat > "$folder/watch/sitecustomize.py" <<'PY'
# In each of Ray's Python processes: write down which hosts are asked for, and refuse them.
import os
import socket

look_up = socket.getaddrinfo


def refuse(host, *rest, **options):
    if str(host) in ("169.254.169.254", "metadata.google.internal"):
        with open(os.environ["ASKED"], "a") as log:
            log.write(f"{host}\n")
        raise socket.gaierror(socket.EAI_NONAME, "not asked in this script")
    return look_up(host, *rest, **options)


socket.getaddrinfo = refuse
PY
cat > "$folder/start.py" <<'PY'
import os
import time
from pathlib import Path

import ray

ray.init(address="local", include_dashboard=False, log_to_driver=False, num_cpus=1)
log = Path(os.environ["ASKED"])
for _ in range(60):  # it asks beside the program
    if len(log.read_text().split()) > 2:
        break
    time.sleep(0.5)
asked = log.read_text().split()
print(f"ray {ray.__version__}, statistics off, no dashboard: asked {asked}")
ray.shutdown()
raise SystemExit(0 if asked else 1)
PY
touch "$folder/asked.txt"
ASKED="$folder/asked.txt" PYTHONPATH="$folder/watch" RAY_TMPDIR="$folder" RAY_USAGE_STATS_ENABLED=0 \
    "$folder/venv/bin/python" "$folder/start.py" 2> "$folder/log.txt" || { tail -3 "$folder/log.txt"; exit 1; }
