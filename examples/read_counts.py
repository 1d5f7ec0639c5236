"""Another program that listens to the counts: python examples/read_counts.py --camera 0

Whatever follows is passed on to `python -m fingercount watch`; try `--video clip.mp4`.
"""

import json
import subprocess
import sys

command = [sys.executable, "-m", "fingercount", "watch", *sys.argv[1:]]
with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as watching:
    for line in watching.stdout:
        held = json.loads(line)
        if held["count"] is None:
            print(f"{held['time']:6.1f} s  {held['label']}")
        else:
            bar = "#" * held["count"]
            print(f"{held['time']:6.1f} s  {held['count']} {bar} ({held['confidence']:.0%} sure)")
sys.exit(watching.returncode)
