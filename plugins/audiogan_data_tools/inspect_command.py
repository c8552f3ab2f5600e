"""``audiogan data inspect``: what recordings or TFRecord files hold, and what is wrong with them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import final

from audiogan import Command

_FAULTS_FOUND = 1


@final
class InspectCommand(Command):
    """``audiogan data inspect``."""

    help = "say what recordings or TFRecord files hold, and what is wrong with them"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the command's options."""
        parser.description = (
            "Decodes every recording, or reads every record, once: rates, channels, lengths, loudness; silent, "
            "clipped, broken and duplicate recordings; features, counts and damaged records of TFRecord files. "
            "The exit status is 1 where something is broken."
        )
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a folder of recordings, a recording, a TFRecord file, or a pattern",
        )
        parser.add_argument(
            "--jobs", type=int, metavar="N", help="processes that decode recordings (default: all cores)"
        )
        parser.add_argument("--list", action="store_true", help="list every recording, not only those with a fault")
        parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything found to this file")

    def run(self, arguments: Namespace) -> int:
        """Prints tables; returns 1 where a recording or a record is broken, else 0.

        :raises DataError: a path is not there or holds neither, or the JSON file cannot be written.
        :raises Interrupted: it was stopped.
        """
        import os

        from audiogan.cli.text_table import print_tables
        from audiogan.errors import DataError
        from audiogan.files import check_writable, write_json
        from audiogan_data_tools.findings import folder_tables, folder_values, record_tables, record_values
        from audiogan_data_tools.inspection.paths import sort_paths
        from audiogan_data_tools.inspection.recordings import hear_folder
        from audiogan_data_tools.inspection.records import inspect_records

        if arguments.jobs is not None and arguments.jobs < 1:
            raise DataError(f"--jobs {arguments.jobs}: must be at least 1")
        if arguments.json is not None:
            if arguments.json.is_dir():
                raise DataError(f"{arguments.json}: cannot be written (it is a folder); name another file")
            check_writable(arguments.json)
        recordings, shards = sort_paths(arguments.paths)
        tables, values, broken = [], {}, False
        if recordings:
            folder = hear_folder(recordings, jobs=arguments.jobs or os.cpu_count() or 1, tell=_tell)
            tables += folder_tables(folder, every=arguments.list)
            values["recordings"] = folder_values(folder)
            broken = bool(folder.broken)
        if shards:
            records = inspect_records(shards, tell=_tell)
            tables += record_tables(records)
            values["tfrecord"] = record_values(records)
            broken = broken or bool(records.faults())
        print_tables(tables)
        if arguments.json is not None:
            write_json(arguments.json, values)
        return _FAULTS_FOUND if broken else 0


def _tell(line: str) -> None:
    from audiogan.cli.printable import printable

    print(printable(line), flush=True)
