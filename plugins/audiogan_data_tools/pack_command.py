"""``audiogan data pack``: recordings as TFRecord shards in the schema of the original WaveGAN."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, final

from audiogan import Command

if TYPE_CHECKING:
    from audiogan_data_tools.packing.manifest import Manifest

_NAMED = 10


@final
class PackCommand(Command):
    """``audiogan data pack``."""

    help = "pack recordings into TFRecord shards"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the command's options."""
        parser.description = (
            "Packs recordings of any format, rate and length into TFRecord shards that the dataset 'tfrecord' "
            "and the original WaveGAN read. Run the same command again to go on after a stop."
        )
        parser.add_argument("recordings", metavar="FOLDER", help="a folder with all below it, or a pattern")
        parser.add_argument("output", type=Path, metavar="OUT", help="the folder to write to")
        parser.add_argument("--sample-rate", type=int, default=16_000, metavar="HZ", help="default: 16000")
        parser.add_argument(
            "--channels", type=int, default=1, metavar="N", help="1 mixes down to the mean (default: 1)"
        )
        parser.add_argument("--repeat-mono", action="store_true", help="with more channels, repeat recordings of one")
        parser.add_argument(
            "--clip-seconds",
            default="1.5",
            metavar="S",
            help="cut longer recordings into clips of this length; 'whole' keeps them (default: 1.5, the original's)",
        )
        labels = parser.add_mutually_exclusive_group()
        labels.add_argument("--label-folder", action="store_true", help="the class is the name of the folder")
        labels.add_argument(
            "--label-pattern", metavar="REGEX", help="the class is its group 'label', found in the name"
        )
        labels.add_argument("--label-table", type=Path, metavar="CSV", help="the class stands in this table")
        parser.add_argument("--file-column", default="file", metavar="NAME", help="of the table (default: file)")
        parser.add_argument("--label-column", default="label", metavar="NAME", help="of the table (default: label)")
        held_out = parser.add_mutually_exclusive_group()
        held_out.add_argument("--held-out-pattern", metavar="REGEX", help="recordings whose names match go to test-*")
        held_out.add_argument(
            "--held-out-share", type=float, metavar="SHARE", help="share of the recordings for test-*"
        )
        parser.add_argument("--out-of-range", choices=("stop", "clip"), default="stop", help="of floats beyond [-1, 1]")
        parser.add_argument("--on-error", choices=("stop", "skip"), default="stop", help="of damaged recordings")
        parser.add_argument("--compression", choices=("none", "gzip", "zlib"), default="none")
        parser.add_argument(
            "--shard-mib", type=int, default=64, metavar="MIB", help="about the size of a shard (default: 64)"
        )
        parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: all cores)")

    def run(self, arguments: Namespace) -> int:
        """Packs, and says what was packed and what was passed over.

        :raises DataError: an option cannot be used, a recording is damaged or does not fit, a split is empty,
            or OUT holds something else.
        :raises Interrupted: it was stopped; the shards that are done stay.
        """
        import os

        from audiogan_data_tools.pack_plan import planned
        from audiogan_data_tools.packing.packing import pack

        shards, options = planned(arguments)
        jobs = arguments.jobs or os.cpu_count() or 1
        manifest = pack(shards, arguments.output, options, jobs=jobs, tell=_tell)
        _print_outcome(manifest, arguments.output)
        return 0


def _print_outcome(manifest: Manifest, folder: Path) -> None:
    from audiogan.errors import DataError

    skipped = [fault for shard in manifest.packed.values() for fault in shard.skipped]
    if skipped:
        print(f"passed over {len(skipped)} damaged clips:")
        for fault in skipped[:_NAMED]:
            _tell(f"  {fault}")
        if len(skipped) > _NAMED:
            print(f"  and {len(skipped) - _NAMED} more, in {folder / 'pack.json'}")
    for split in sorted({name.split("-", 1)[0] for name in manifest.packed}):
        shards = [shard for name, shard in manifest.packed.items() if name.startswith(f"{split}-")]
        records = sum(shard.records for shard in shards)
        if not records:
            raise DataError(
                f"{folder}: there is no clip in {split}-*, since all of them are damaged; mend or replace the "
                "recordings, and remove this folder"
            )
        print(f"{split}: {records:,} clips in {len(shards)} shards, {folder}/{split}-*")


def _tell(line: str) -> None:
    from audiogan.cli.printable import printable

    print(printable(line), flush=True)
