"""The command line: finds the command, runs it, prints what the user has to fix.

Nothing slow is imported here or at the top of a command's module, so that ``audiogan --help`` answers at once; what is
imported at all waits until Ctrl-C is taken care of. Commands of plugins are in :mod:`audiogan.cli.plugin_commands`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiogan.cli.leaving import leaving_at_once

if TYPE_CHECKING:
    import argparse

COMMANDS = ("run", "generate", "evaluate", "train-classifier", "describe", "doctor")
"""The core's commands in the order in which help lists them; ``train-classifier`` lives in ``train_classifier.py``.

Each module has ``add_parser(subparsers) -> None`` and ``run(arguments) -> int``.
"""

USER_MISTAKE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name and returns the exit status.

    That is 0, 1 for a command that did not succeed, 2 for a mistake to fix, 130 if Ctrl-C and 143 if SIGTERM stopped
    it. Until a command listens to these itself, they end the process at once. Arguments that cannot be parsed,
    ``--help`` and ``--version`` leave through ``SystemExit``, as argparse does.
    """
    with leaving_at_once():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    import io
    import os

    from audiogan.cli.logs import show_logs
    from audiogan.cli.printable import printable_lines
    from audiogan.errors import AudioganError

    # a name or a value that the terminal's encoding lacks is shown as far as it goes
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")
    # torch asks for huge pages only if told before it is loaded; docs/lstm.md has what they bring.
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        parsed = parser_for(given).parse_args(given)
        show_logs(quiet=getattr(parsed, "quiet", False))
        return _status(parsed)
    except AudioganError as error:
        print(f"audiogan: {printable_lines(str(error))}", file=sys.stderr)
        return USER_MISTAKE
    except KeyboardInterrupt as interrupt:
        print("audiogan: stopped", file=sys.stderr)
        return getattr(interrupt, "exit_status", INTERRUPTED)
    except BrokenPipeError:
        # the reader, such as `head`, has left; without this the interpreter complains once more while closing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _status(parsed: argparse.Namespace) -> int:
    from importlib import import_module

    command = getattr(parsed, "plugin_command", None)
    if command is None:
        status: int = import_module(_module_of(parsed.command)).run(parsed)
        return status
    from audiogan.training.stop import StopSignal

    stop = StopSignal()
    with stop.listening(), stop.interruptible():
        status = command.run(parsed)
    return int(status)


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the core's commands, and of the plugins' commands that begin with the first of ``arguments``.

    Where that names none, the plugins' commands are listed without their arguments.

    :raises PluginError: there is no such command, or its plugin cannot be loaded.
    """
    import argparse
    from importlib import import_module

    from audiogan import __version__

    parser = argparse.ArgumentParser(prog="audiogan", description="Adversarial training on raw audio.")
    parser.add_argument("--version", action="version", version=f"audiogan {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        import_module(_module_of(command)).add_parser(subparsers)
    if not arguments or arguments[0] not in COMMANDS:
        from audiogan.cli.plugin_commands import add_commands, list_commands

        if not arguments or arguments[0].startswith("-"):
            list_commands(subparsers)
        else:
            add_commands(subparsers, arguments, COMMANDS)
    return parser


def _module_of(command: str) -> str:
    return f"audiogan.cli.{command.replace('-', '_')}"
