"""python -m fingercount COMMAND"""

import sys

from fingercount.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
