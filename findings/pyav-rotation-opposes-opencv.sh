#!/usr/bin/env bash
# PyAV and OpenCV give the turn of a clip with opposite signs, and PyAV does not turn its frames.
#
# Surprising: a phone's portrait clip is stored lying down, with a display matrix that says how to turn
# it. OpenCV turns frames by itself and gives the turn as CAP_PROP_ORIENTATION_META; PyAV leaves frames
# as they are stored and gives VideoFrame.rotation. One would guess that 90 means the same in both. It
# is the other way round: who takes the number from the one and turns by the rule of the other sees
# every portrait clip upside down.
#
# Exits 0 while that holds, 1 once it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "av==16.0.1" "opencv-python-headless==4.12.0.88" "numpy==2.2.6"
cat > "$folder/look.py" <<'PY'
import sys

import av
import cv2
import numpy as np

path = sys.argv[1]
with av.open(path, "w") as container:
    stream = container.add_stream("mpeg4", rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
    try:
        stream.set_display_matrix  # not in every version
    except AttributeError:
        pass
    for _ in range(5):
        picture = np.zeros((32, 64, 3), np.uint8)
        picture[:, :32, 0] = 255  # red on the left
        for packet in stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")):
            container.mux(packet)
    for packet in stream.encode(None):
        container.mux(packet)
# The display matrix stands in the track header; a quarter turn is written into it by hand.
data = bytearray(open(path, "rb").read())
at = data.index(b"tkhd") + 4
matrix = at + 4 + (32 if data[at] else 20) + 16
turn = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000]
data[matrix : matrix + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in turn)
open(path, "wb").write(data)

with av.open(path) as container:
    frame = next(container.decode(video=0))
    pyav, shape = round(frame.rotation), frame.to_ndarray(format="rgb24").shape[:2]
capture = cv2.VideoCapture(path)
opencv = round(capture.get(cv2.CAP_PROP_ORIENTATION_META))
ok, turned = capture.read()
print(f"PyAV {av.__version__}: rotation {pyav}, frame of {shape}")
print(f"OpenCV {cv2.__version__}: orientation {opencv}, frame of {turned.shape[:2] if ok else None}")
opposite = (pyav + opencv) % 360 == 0 and pyav % 180 == 90
raise SystemExit(0 if opposite and shape == (32, 64) and ok and turned.shape[:2] == (64, 32) else 1)
PY
"$folder/venv/bin/python" "$folder/look.py" "$folder/clip.mp4"
