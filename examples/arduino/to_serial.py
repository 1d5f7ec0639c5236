"""Send each count to an Arduino: python -m fingercount watch --camera 0 | python to_serial.py PORT

PORT is such as /dev/ttyACM0 or COM3. Needs pyserial (pip install pyserial). A count goes out as
its digit and a line end; what is no count as "-".
"""

import json
import sys

import serial  # type: ignore[import-not-found, import-untyped, unused-ignore]

with serial.Serial(sys.argv[1], 9600, timeout=1) as arduino:
    for line in sys.stdin:
        count = json.loads(line)["count"]
        arduino.write(b"-\n" if count is None else f"{count}\n".encode())
