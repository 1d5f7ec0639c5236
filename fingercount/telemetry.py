"""Keep the libraries we use from reporting to their makers.

Must run before any of them is imported, so `import fingercount` does it. Measured: openvino 2026.4
asks for an analytics host as soon as it is imported, and keeps an id in ~/intel; onnxruntime 1.32
keeps a device id in ~/.cache and queues an event. Reading and running networks needs neither.
"""

import os
import sys


def leave_out_conversion() -> None:
    """Let OpenVINO start without its tools for converting models, which nothing here needs.

    They are a third of its import. Only for processes of our own: in others someone may convert.
    """
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]


def switch_off() -> None:
    """Let no library of this process, or of those that it starts, send usage data."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
    # OpenVINO works without this package, and asks for nothing where it cannot be imported.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None says: not there
