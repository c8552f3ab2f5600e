"""What the library logs, told to whoever sits at the terminal."""

from __future__ import annotations

import logging
import sys
from typing import final

from audiogan.cli.printable import printable_lines


@final
class _TerminalHandler(logging.Handler):
    """Prints information to standard output and warnings to standard error, whatever these are at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        serious = record.levelno >= logging.WARNING
        prefix = "warning: " if serious else ""
        message = printable_lines(record.getMessage())
        print(f"{prefix}{message}", file=sys.stderr if serious else sys.stdout, flush=True)


def show_logs(*, quiet: bool = False) -> None:
    """Shows the messages of the logger ``audiogan``: all from information on, or warnings alone with ``quiet``."""
    logger = logging.getLogger("audiogan")
    logger.handlers = [_TerminalHandler()]
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
