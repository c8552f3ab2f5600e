"""``audiogan run``: trains and scores every experiment of a file and prints the table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audiogan.cli.text_table import TextTable
    from audiogan.report import Report

_EXIT_FAILED = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "run",
        help="train and score every experiment of a file, and print the table",
        description="Trains and scores every experiment of a file and prints the table. Run the same command again to "
        "go on after a stop; finished experiments are skipped.",
    )
    add_file_arguments(parser)
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="run this experiment (repeatable)")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        help="the run folder; default runs/FILE, or runs/FILE-PROFILE with a profile",
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, measure a step, and stop there")
    parser.add_argument(
        "--allow-changed-code",
        action="store_true",
        help="go on with experiments although the code of their plugins has changed; both are recorded",
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but warnings and the table")
    parser.set_defaults(run=run)


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what says which experiment file is meant."""
    parser.add_argument("file", type=Path, metavar="FILE", help="an experiment file (TOML)")
    parser.add_argument("--profile", metavar="NAME", help="apply [profile.NAME] of the file")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        dest="overrides",
        action="append",
        default=[],
        help="override one key, such as training.batch_size=16 (repeatable)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs the file; returns 0, 1 if an experiment failed, 130 if Ctrl-C and 143 if SIGTERM stopped it.

    :raises AudioganError: there is something to fix before anything can run.
    :raises Interrupted: it was stopped where nothing was unsaved.
    """
    from audiogan.cli.display import choose_display
    from audiogan.cli.text_table import print_tables
    from audiogan.run.file import dry_run, run_file
    from audiogan.run.folder import RunFolder
    from audiogan.spec import read_experiments
    from audiogan.training.stop import StopSignal

    file = read_experiments(arguments.file, profile=arguments.profile, overrides=arguments.overrides)
    folder = RunFolder(arguments.output or default_output(arguments.file, arguments.profile))
    stop = StopSignal()
    with stop.listening(), choose_display(quiet=arguments.quiet) as display:
        if arguments.dry_run:
            dry_run(
                file,
                folder,
                registry=file.registry,
                observer=display,
                stop=stop,
                only=arguments.only,
                allow_changed_code=arguments.allow_changed_code,
            )
            return 0
        outcome = run_file(
            file,
            folder,
            registry=file.registry,
            observer=display,
            stop=stop,
            only=arguments.only,
            allow_changed_code=arguments.allow_changed_code,
        )
    print_tables(report_tables(outcome.report))
    print(f"report: {outcome.report.paths['report.html']}")
    if outcome.stopped:
        print("stopped; everything is saved: run the same command to go on")
        return stop.exit_status
    return _EXIT_FAILED if outcome.failed else 0


def report_tables(report: Report) -> list[TextTable]:
    """The report for the terminal, in 80 columns: caption, tables, notes."""
    import textwrap

    from audiogan.cli.text_table import TextTable
    from audiogan.report.tables import TITLE_WIDTH

    tables = [TextTable("\n".join(textwrap.wrap(report.caption, 80)))]
    for part in report.tables.parts():
        headings = tuple("\n".join(texts) for texts in zip(*part.heading_rows, strict=True))
        rows = []
        for line in part.lines:
            cells = (cell.text if cell.interval is None else f"{cell.text}\n{cell.interval}" for cell in line.cells)
            rows.append((textwrap.fill(line.title, TITLE_WIDTH), *cells))
        tables.append(TextTable("", ("experiment", *headings), rows, numeric=True))
    notes = [textwrap.fill(note, 80, initial_indent="- ", subsequent_indent="  ") for note in report.notes]
    return [*tables, TextTable("\n".join(notes))]


def default_output(file: Path, profile: str | None) -> Path:
    """``runs/table1`` for ``configs/table1.toml``, ``runs/table1-quick`` under the profile ``quick``."""
    return Path("runs") / (f"{file.stem}-{profile}" if profile else file.stem)
