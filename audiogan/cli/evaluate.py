"""``audiogan evaluate``: every metric of a run's generators, or of any folder of audio."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from audiogan.cli.describe import add_plugin_argument

if TYPE_CHECKING:
    from audiogan.run.evaluation.result import Evaluation

_EXIT_FAILED = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="compare a run's generators, or any folder of audio, with a dataset",
        description="Compares what the generators of a run make, or any folder of audio, with a dataset by every "
        "metric that applies; prints a table and writes evaluation.json and evaluation.md.",
    )
    parser.add_argument(
        "path", type=Path, metavar="RUN_OR_FOLDER", help="a run's folder, an experiment's, or a folder of audio"
    )
    parser.add_argument(
        "--against",
        metavar="DATASET",
        help="a dataset by name, an experiment file, or a folder of recordings; default: the run's own dataset",
    )
    parser.add_argument(
        "--set",
        dest="options",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set an option of the dataset, such as window_length=16384 (repeatable)",
    )
    parser.add_argument(
        "--metric",
        dest="metrics",
        action="append",
        default=[],
        metavar="NAME",
        help="use this metric (repeatable); default: those of the experiment file --against, else every installed one "
        "that applies",
    )
    parser.add_argument(
        "--metric-set",
        dest="metric_options",
        action="append",
        default=[],
        metavar="NAME.KEY=VALUE",
        help="set an option of a metric, such as inception-score.splits=5 (repeatable)",
    )
    parser.add_argument(
        "--classifier", type=Path, metavar="DIR", help="a folder that 'audiogan train-classifier' wrote"
    )
    parser.add_argument(
        "--samples",
        type=_positive,
        metavar="N",
        help="windows to evaluate; default: the run's evaluation.final_samples, or all files of a folder",
    )
    parser.add_argument("--seed", type=_seed, default=0, help="seed of latents and choices (default: 0)")
    parser.add_argument(
        "--checkpoint", default="best", choices=("best", "latest"), help="which one generates (default: best)"
    )
    parser.add_argument(
        "--on-error",
        default="stop",
        choices=("stop", "skip"),
        help="what to do about damaged files in a folder of audio (default: stop); skipped ones are counted",
    )
    parser.add_argument(
        "--out-of-range",
        default="stop",
        choices=("stop", "clip"),
        help="what to do about files of a folder that go beyond [-1, 1] (default: stop)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where to write, over what is there; default: the run's or experiment's own folder, or "
        "evaluations/FOLDER-against-DATASET, where another evaluation's result is left alone",
    )
    add_plugin_argument(parser)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluates, prints the tables and writes both files; returns 1 if an experiment or a metric failed.

    :raises AudioganError: there is something to fix.
    :raises Interrupted: it was stopped; no file is left half written.
    """
    from audiogan.cli.progress_display import progress_display
    from audiogan.run.evaluation.evaluate import evaluate
    from audiogan.run.evaluation.finding import find_subjects
    from audiogan.run.evaluation.tasks import Request, described
    from audiogan.run.evaluation.write import check_replaceable, make_folder, write_evaluation
    from audiogan.run.identity import registry_for
    from audiogan.training.device import resolve_device
    from audiogan.training.stop import StopSignal

    registry = registry_for([arguments.path], arguments.plugins)
    request = Request(
        against=arguments.against,
        options=tuple(arguments.options),
        metrics=tuple(arguments.metrics),
        metric_options=tuple(arguments.metric_options),
        classifier=arguments.classifier,
        seed=arguments.seed,
        device=resolve_device(arguments.device),
    )
    stop = StopSignal()
    with stop.listening(), stop.interruptible():
        with progress_display() as display:
            found = find_subjects(
                arguments.path,
                samples=arguments.samples,
                seed=arguments.seed,
                checkpoint=arguments.checkpoint,
                on_error=arguments.on_error,
                out_of_range=arguments.out_of_range,
                device=request.device,
                registry=registry,
            )
            subject = described(request, found, registry=registry)
            recorded = found.subjects[0].experiment is None
            folder = arguments.output or default_output(arguments.path, arguments.against, recorded=recorded)
            if arguments.output is None:
                check_replaceable(folder, subject)
            make_folder(folder)
            evaluation = evaluate(request, found, registry=registry, listener=display)
        paths = write_evaluation(evaluation, folder)
    _print_tables(evaluation)
    print(f"written: {', '.join(map(str, paths.values()))}")
    return 0 if all(comparison.complete for comparison in evaluation.comparisons) else _EXIT_FAILED


def default_output(path: Path, against: str | None, *, recorded: bool) -> Path:
    """The folder of the run or the experiment; nothing is written into a folder of audio.

    >>> default_output(Path("made/gen"), "data/digits.toml", recorded=True).as_posix()
    'evaluations/gen-against-digits'
    """
    if not recorded:
        return path
    named = Path(against or "").expanduser().resolve()
    dataset = named.stem if named.suffix == ".toml" else named.name
    return Path("evaluations") / f"{path.resolve().name}-against-{dataset}"


def _print_tables(evaluation: Evaluation) -> None:
    from audiogan.cli.text_table import TextTable, print_tables
    from audiogan.run.evaluation.table import COLUMNS, figure_tables

    print_tables([TextTable(table.title, COLUMNS, table.rows, table.notes) for table in figure_tables(evaluation)])


def _positive(text: str) -> int:
    return _whole(text, least=1)


def _seed(text: str) -> int:
    return _whole(text, least=0)


def _whole(text: str, *, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if not least <= number < 2**63:
        raise argparse.ArgumentTypeError(f"must be from {least} to {2**63 - 1}, not {number}")
    return number
