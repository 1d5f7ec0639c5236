#!/usr/bin/env bash
# Streamlit stops a button's callback halfway, without a word, when the next request comes.
#
# Surprising: Streamlit says that a callback runs before the script does, and that a new request ends
# the run of the script before. One would guess that this begins with the script, and that a callback
# which has begun runs to its end. But each use of st.session_state inside of it is a place where the
# run may be ended: what stands before is done, what stands after is not, no error is shown, and the
# press is not delivered again. It takes no second click. A component that reports by itself, such as
# a camera that has stopped, sends such a request too.
#
# Exits 0 while that holds, 1 once it has changed. All traffic is on loopback.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "streamlit==1.67.0" "websockets==16.0"
cat > "$folder/page.py" <<'PY'
import time

import streamlit as st


def move():
    st.session_state.taken += 1
    time.sleep(1)
    st.session_state.put += 1


st.session_state.setdefault("taken", 0)
st.session_state.setdefault("put", 0)
st.button("Move one", on_click=move)
st.text(f"taken {st.session_state.taken}, put {st.session_state.put}")
PY
cat > "$folder/browser.py" <<'PY'
# Asks as a browser does: for the page, with the button pressed, and for the page again.
import socket
import subprocess
import sys
import time

import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
options = ("headless=true", "address=127.0.0.1", f"port={port}", "fileWatcherType=none")
server = subprocess.Popen(
    [sys.executable, "-m", "streamlit", "run", sys.argv[1], "--browser.gatherUsageStats=false"]
    + [f"--server.{option}" for option in options],
    stdout=subprocess.DEVNULL,
)
button, shown = None, None


def ask(page, pressed=None):
    message = BackMsg()
    message.rerun_script.query_string = ""
    if pressed:
        message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
    page.send(message.SerializeToString())


def look(page, seconds):
    global button, shown
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            message = ForwardMsg.FromString(page.recv(timeout=left))
        except TimeoutError:
            return
        element = message.delta.new_element
        button = element.button.id or button
        shown = element.text.body or shown


try:
    for _ in range(60):
        try:
            page = connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"])
            break
        except OSError:
            time.sleep(0.5)
    ask(page)
    look(page, 3)
    print(f"streamlit {streamlit.__version__}, before: {shown}")
    ask(page, pressed=button)
    look(page, 0.5)
    ask(page)
    look(page, 4)
    print(f"pressed once, and half a second later the page was asked for again: {shown}")
finally:
    server.terminate()
    server.wait()
raise SystemExit(0 if shown == "taken 1, put 0" else 1)
PY
"$folder/venv/bin/python" "$folder/browser.py" "$folder/page.py" 2> "$folder/log.txt" ||
    { status=$?; tail -3 "$folder/log.txt"; exit "$status"; }
