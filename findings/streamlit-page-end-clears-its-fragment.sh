#!/usr/bin/env bash
# Streamlit tells the browser that a page is complete, and keeps back a part of it.
#
# Surprising: a fragment that is asked for while the page is drawn waits until the page is done. One
# would guess that the browser then gets the whole page, and after it the fragment once more. But as
# the fragment begins, Streamlit drops what has not been sent yet of the fragment as the page drew it
# ("it is drawn again anyway"), and still sends that the page ended well. At that the browser removes
# what the page did not bring, with the values of its widgets: a box that was just ticked comes back
# without its tick, and what stood behind the fragment moves into its place and is overwritten.
#
# Exits 0 while that is seen in some of 40 tries, 1 otherwise. All traffic is on loopback.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "streamlit==1.67.0" "websockets==16.0"
cat > "$folder/page.py" <<'PY'
import time

import streamlit as st


@st.fragment
def choose():
    st.checkbox("Tick me", key="box")


time.sleep(0.3)
choose()
PY
cat > "$folder/browser.py" <<'PY'
# Asks as a browser does: for the page, and while it is drawn for its fragment with the box ticked.
import socket
import subprocess
import sys
import time

import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

TRIES = 40
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
options = ("headless=true", "address=127.0.0.1", f"port={port}", "fileWatcherType=none")
server = subprocess.Popen(
    [sys.executable, "-m", "streamlit", "run", sys.argv[1], "--browser.gatherUsageStats=false"]
    + [f"--server.{option}" for option in options],
    stdout=subprocess.DEVNULL,
)


def ask(page, fragment="", box="", ticked=False):
    message = BackMsg()
    message.rerun_script.fragment_id = fragment
    if box:
        message.rerun_script.widget_states.widgets.add(id=box, bool_value=ticked)
    page.send(message.SerializeToString())


def until(page, status):
    """Return the boxes that are drawn until a run ends: [(fragment, id)]."""
    drawn = []
    while True:
        message = ForwardMsg.FromString(page.recv(timeout=30))
        if message.delta.new_element.checkbox.id:
            drawn.append((message.delta.fragment_id, message.delta.new_element.checkbox.id))
        if message.WhichOneof("type") == "script_finished" and message.script_finished == status:
            return drawn


try:
    for _ in range(60):
        try:
            page = connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"])
            break
        except OSError:
            time.sleep(0.5)
    ask(page)
    ((fragment, box),) = until(page, ForwardMsg.FINISHED_SUCCESSFULLY)
    lacking = 0
    for n in range(TRIES):
        ask(page, box=box, ticked=n % 2 == 1)
        time.sleep(0.15)
        ask(page, fragment, box, ticked=n % 2 == 0)
        lacking += not until(page, ForwardMsg.FINISHED_SUCCESSFULLY)
        assert until(page, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
finally:
    server.terminate()
    server.wait()
print(f"streamlit {streamlit.__version__}: {lacking} of {TRIES} pages ended well without their box")
raise SystemExit(0 if lacking else 1)
PY
"$folder/venv/bin/python" "$folder/browser.py" "$folder/page.py" 2> "$folder/log.txt" ||
    { status=$?; tail -3 "$folder/log.txt"; exit "$status"; }
