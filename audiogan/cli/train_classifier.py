"""``audiogan train-classifier``: the inception score's classifier, trained on a labelled dataset."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "train-classifier",
        help="train the inception score's classifier on a labelled dataset",
        description="Trains the classifier of the inception score on a labelled dataset, states its held-out accuracy, "
        "and writes it to a folder that the metric's option 'classifier_path' takes.",
    )
    parser.add_argument("dataset", metavar="DATASET", help="a dataset by name, such as bach-piano")
    parser.add_argument(
        "--set",
        dest="options",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set an option of the dataset, such as window_length=16384 (repeatable)",
    )
    parser.add_argument(
        "--classifier",
        dest="classifier_options",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set an option of the classifier, such as dim=32 or epochs=20 (repeatable)",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the folder to write to")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the classifier that the folder holds; refused otherwise"
    )
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="default: auto")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Trains, saves, and says how good the classifier is and where.

    :raises PluginError: no dataset of that name is installed.
    :raises SpecError: an option behind ``--set`` or ``--classifier`` is wrong.
    :raises DataError: the dataset cannot train a classifier, the folder holds another one, or cannot be written: if
        only after the training, the text says where the classifier is instead.
    :raises Interrupted: it was stopped; no file is left half written.
    """
    from audiogan.build import create
    from audiogan.cli.classifier_tables import classifier_tables
    from audiogan.cli.progress_display import progress_display
    from audiogan.cli.text_table import print_tables
    from audiogan.evaluation.classifier import ClassifierOptions, train_classifier
    from audiogan.evaluation.classifier.output import check_vacant, make_room, save_or_keep
    from audiogan.spec.layers import read_options
    from audiogan.spec.structure import structure_options
    from audiogan.training.device import resolve_device
    from audiogan.training.stop import StopSignal

    options = structure_options(
        ClassifierOptions, read_options(arguments.classifier_options), where="the classifier's options"
    )
    stop = StopSignal()
    with stop.listening(), stop.interruptible():
        if not arguments.overwrite:
            check_vacant(arguments.output)
        dataset = create("dataset", arguments.dataset, read_options(arguments.options))
        make_room(arguments.output, dataset, options)
        device = str(resolve_device(arguments.device))
        with progress_display() as display:
            classifier = train_classifier(dataset, options, device=device, tell=display.tell, watch=display.watch)
        try:
            save_or_keep(classifier, arguments.output, dataset)
        finally:
            print_tables(classifier_tables(classifier))
    print(f"the classifier is in {arguments.output}; use it with the metric's option classifier_path")
    return 0
