"""python -m fingercount COMMAND"""

import sys


def start() -> int:
    """Run the command line; Ctrl-C is told as such from the first moment on."""
    try:
        from fingercount.cli.main import main
        from fingercount.telemetry import leave_out_conversion

        leave_out_conversion()
        return main()
    except KeyboardInterrupt:
        print("fingercount: stopped; nothing was half-written.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(start())
