"""``audiogan data``: what is done to recordings before anything is trained on them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

COMMANDS: tuple[str, ...] = ("inspect", "pack", "bach")
"""The commands of the group in the order in which help lists them; each has a module here.

Each module has ``add_parser(subparsers) -> None`` and ``run(arguments) -> int``.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group and its commands."""
    parser = subparsers.add_parser(
        "data",
        help="look into, pack or make recordings to train on",
        description="Looks into, packs or makes recordings to train on.",
    )
    commands = parser.add_subparsers(dest="data_command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        import_module(f"{__name__}.{command}").add_parser(commands)


def run(arguments: argparse.Namespace) -> int:
    """Runs the command of the group that the arguments name."""
    status: int = import_module(f"{__name__}.{arguments.data_command}").run(arguments)
    return status
