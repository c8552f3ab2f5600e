"""``python -m audiogan``."""

import sys

from audiogan.cli import main

if __name__ == "__main__":
    sys.exit(main())
