"""``audiogan doctor``: what this machine computes with, and why not with something faster."""

from __future__ import annotations

import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command; it has no options."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what this machine computes with, and why not faster",
        description="Says which implementation of the LSTM runs here on which device and why not a faster one, and "
        "what else decides how fast a training runs: torch, threads, huge pages.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Prints the tables; returns 1 if a setting keeps the LSTM from running."""
    from audiogan.cli.diagnosis import lstm_table, machine_table, select_all
    from audiogan.cli.text_table import print_tables

    selections = select_all()
    print_tables([machine_table(), lstm_table(selections)])
    return 1 if any(selection.name is None for selection in selections) else 0
