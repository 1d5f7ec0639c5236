#!/usr/bin/env bash
# A frame of PyAV that was asked for its side data is not freed when it goes out of use.
#
# Surprising: VideoFrame.side_data is a property that one reads to see whether a phone's clip must be
# turned. One would guess that reading it leaves the frame as it was. But the frame keeps what it gave,
# and that keeps the frame: a cycle, which only Python's garbage collector takes apart. It counts
# objects, not bytes, and a loop over frames makes few objects, so whole pictures pile up: reading a
# clip of 640x480 that way took 300 MB more than reading it without, and larger frames take more.
# VideoFrame.rotation gives the angle without that.
#
# Exits 0 while that holds, 1 once it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "av==18.1.0" "numpy==2.2.6"
cat > "$folder/look.py" <<'PY'
import gc
import sys

import av
import numpy as np

path = sys.argv[1]
with av.open(path, "w") as container:
    stream = container.add_stream("mpeg4", rate=30)
    stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
    for n in range(120):
        picture = np.full((480, 640, 3), n, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
    container.mux(stream.encode(None))


def most_alive(look) -> int:
    """Return how many frames were in memory at once, with the collector off."""
    most = 0
    with av.open(path) as container:
        for frame in container.decode(video=0):
            look(frame)
            most = max(most, sum(isinstance(one, av.VideoFrame) for one in gc.get_objects()))
    del frame
    gc.collect()
    return most


gc.disable()
by_rotation = most_alive(lambda frame: frame.rotation)
by_side_data = most_alive(lambda frame: frame.side_data.get("DISPLAYMATRIX"))
print(f"PyAV {av.__version__}, a clip of 120 frames")
print(f"asked for their rotation:  at most {by_rotation} frames in memory")
print(f"asked for their side data: at most {by_side_data} frames in memory")
raise SystemExit(0 if by_rotation < 20 and by_side_data >= 120 else 1)
PY
"$folder/venv/bin/python" "$folder/look.py" "$folder/clip.mp4"
