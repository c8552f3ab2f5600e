"""``audiogan generate``: WAV files from a trained experiment."""

from __future__ import annotations

import argparse
from pathlib import Path

from audiogan.cli.describe import add_plugin_argument


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "generate",
        help="write WAV files made by a trained experiment",
        description="Writes WAV files made by the generator of a trained experiment.",
    )
    parser.add_argument(
        "experiment", type=Path, metavar="EXPERIMENT", help="an experiment's folder, such as runs/table1/NAME"
    )
    parser.add_argument("output", type=Path, metavar="OUT", help="the folder to write to")
    parser.add_argument("-n", "--count", type=int, default=16, metavar="N", help="how many files (default: 16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the latents (default: 0)")
    parser.add_argument(
        "--checkpoint",
        default="best",
        help="best, latest, or the path of a checkpoint file (default: best)",
    )
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")
    add_plugin_argument(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes ``0000.wav``, ``0001.wav``, … to the output folder.

    :raises AudioganError: the experiment cannot be used, or the folder cannot be written.
    :raises Interrupted: it was stopped; no file is left half written.
    """
    from audiogan.run.generation import generate_files
    from audiogan.run.identity import registry_for
    from audiogan.training.stop import StopSignal

    registry = registry_for([arguments.experiment], arguments.plugins)
    stop = StopSignal()
    with stop.listening(), stop.interruptible():
        paths = generate_files(
            arguments.experiment,
            arguments.output,
            count=arguments.count,
            seed=arguments.seed,
            checkpoint=arguments.checkpoint,
            device_name=arguments.device,
            registry=registry,
            warn=lambda line: print(f"warning: {line}"),
        )
    print(f"{len(paths)} {'file' if len(paths) == 1 else 'files'} in {arguments.output}")
    return 0
